"""A figure as a file, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from napari_assb_twin.atomic import whole_file
from napari_assb_twin.errors import InputError


def write_figure(path: Path, write: Callable[[Path, str], None]) -> None:
    """Have ``write(path, kind)`` write a figure; the ending chooses the kind, such as ``"pdf"``.

    Raises
    ------
    InputError
        If the name has no ending or one of no figure, or the file cannot be written.
    """
    kind = path.suffix[1:].lower()
    if not kind:
        raise InputError(
            f"{path.name} has no ending; add .pdf, .svg or .png for the figure, or .csv for a "
            "table."
        )
    with whole_file(path) as aside:
        try:
            write(aside, kind)
        except ValueError as error:  # matplotlib names the kinds that it knows
            raise InputError(f"The figure cannot be written: {error}.") from error
