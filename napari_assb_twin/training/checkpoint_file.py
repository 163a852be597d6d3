"""What can be told of a checkpoint without torch."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

from napari_assb_twin.atomic import check_writable
from napari_assb_twin.errors import InputError


def check_place(path: str | os.PathLike[str]) -> None:
    """Refuse a file that cannot be written, or that is there and surely no checkpoint.

    Raises
    ------
    InputError
        If it is so.
    """
    check_writable(path)
    try:
        with Path(path).open("rb") as file:
            whole = zipfile.is_zipfile(file)
    except FileNotFoundError:
        return
    except OSError as error:
        raise unreadable(path, error) from error
    if not whole:
        raise broken(path)


def broken(path: str | os.PathLike[str]) -> InputError:
    """What is said of a file that is not a whole checkpoint."""
    return InputError(
        f"{Path(path).name} is no checkpoint of a training, or a damaged one; give another file "
        "name to begin anew."
    )


def unreadable(path: str | os.PathLike[str], error: OSError) -> InputError:
    """What is said of a file that cannot be opened."""
    return InputError(f"{path} cannot be read ({(error.strerror or str(error)).lower()}).")
