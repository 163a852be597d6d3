"""What a cathode twin is: parameters, formulas and synthesis."""
