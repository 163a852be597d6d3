"""One reader per format: what its files hold, and what they say of the size of a voxel."""
