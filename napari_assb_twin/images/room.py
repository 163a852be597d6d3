"""Refusing what does not fit into memory before any of it is loaded."""

from __future__ import annotations

import psutil

from napari_assb_twin.errors import InputError

SHARE_OF_MEMORY = 0.9

READ_A_PART = "read a part of it (--crop Z0:Z1,Y0:Y1,X0:X1; the Data panel asks which)"


def free_bytes() -> int:
    """Bytes of memory that are free."""
    return int(psutil.virtual_memory().available)


def fits(needed: int) -> bool:
    """Whether so many bytes are no more than nine tenths of the free memory."""
    return needed <= SHARE_OF_MEMORY * free_bytes()


def in_words(size: int) -> str:
    """Bytes as one writes them."""
    for unit, bits in (("GiB", 30), ("MiB", 20)):
        if size >= 1 << bits:
            return f"{size / 2**bits:.3g} {unit}"
    return f"{size / 2**10:.3g} KiB"


def require_room(needed: int, source: str, mend: str = READ_A_PART) -> None:
    """Refuse an image of more bytes than nine tenths of the free memory.

    ``mend`` is what the user may do about it.

    Raises
    ------
    InputError
        With both sizes.
    """
    if not fits(needed):
        raise InputError(
            f"{source} needs {needed / 2**30:.3g} GiB, but {free_bytes() / 2**30:.2g} GiB of "
            f"memory are free; {mend}."
        )
