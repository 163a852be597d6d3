"""Sections and tomography in: reading, phase mapping, axes."""
