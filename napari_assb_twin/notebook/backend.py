"""Building magicgui's fields as ipywidgets, without choosing them for the rest of the process."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager

from magicgui.application import Application

from napari_assb_twin.errors import InputError

BACKEND = "ipynb"


def check_ipywidgets() -> None:
    """Refuse, in one sentence, where there are no ipywidgets."""
    try:
        importlib.import_module("ipywidgets")
    except ImportError as error:
        raise InputError(
            "The panel needs ipywidgets in the notebook; install them with pip install "
            f"'napari-assb-twin[notebook]' ({error})."
        ) from error


@contextmanager
def fields_of_the_notebook() -> Iterator[None]:
    """Within the block magicgui builds ipywidgets; after it, what it built before.

    ``magicgui.application.use_app`` chooses for the whole process, and napari's own widgets would
    become ipywidgets from then on; magicgui has no public way back to *not chosen yet*.

    Raises
    ------
    InputError
        If there are no ipywidgets.
    """
    check_ipywidgets()
    before = Application._instance
    Application._instance = Application(BACKEND)
    try:
        yield
    finally:
        Application._instance = before
