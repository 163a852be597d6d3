"""What the morphology of a volume is, in numbers that specialists use."""
