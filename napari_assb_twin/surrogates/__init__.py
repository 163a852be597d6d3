"""What a table of scenarios says: surrogates, sensitivities, regressions, designs."""
