"""The window: napari and Qt, and nothing else; every computation is called from below."""
