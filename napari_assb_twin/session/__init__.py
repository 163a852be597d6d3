"""A working session as one file: twin, measured data, view and window."""
