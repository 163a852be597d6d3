"""What the morphology does: plans of varied twins, run to a table of descriptors."""
