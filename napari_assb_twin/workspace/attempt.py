"""What the user tries may be refused: the sentence is shown, the widgets show the state again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from napari_assb_twin.errors import InputError
from napari_assb_twin.workspace.controller import Controller


@contextmanager
def attempt(controller: Controller) -> Iterator[None]:
    """Turn an `InputError` into a notification and put the widgets back."""
    try:
        yield
    except InputError as error:
        controller.refuse(error)
        controller.twin_changed.emit(controller.twin)
