"""The Morphology panel inline in Jupyter: ipywidgets and pictures, no Qt and no napari."""
