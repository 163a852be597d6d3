"""What an image says."""
