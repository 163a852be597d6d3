"""Refusing what does not fit into memory before any of it is loaded."""

from __future__ import annotations

import psutil

from napari_assb_twin.errors import InputError

SHARE_OF_MEMORY = 0.9


def require_room(needed: int, source: str) -> None:
    """Refuse an image of more bytes than nine tenths of the free memory.

    Raises
    ------
    InputError
        With both sizes.
    """
    free = psutil.virtual_memory().available
    if needed > SHARE_OF_MEMORY * free:
        raise InputError(
            f"{source} needs {needed / 2**30:.3g} GiB, but {free / 2**30:.2g} GiB of memory are "
            "free; read a part of it (--crop Z0:Z1,Y0:Y1,X0:X1)."
        )
