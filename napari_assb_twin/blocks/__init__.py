"""Volumes larger than memory: made tile by tile, written as they come, resumable."""
