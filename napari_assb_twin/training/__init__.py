"""Calibration by simulation: sections that are differentiable in the numbers of a twin (torch)."""
