"""Comparing samples: differences of twins, with their errors."""
