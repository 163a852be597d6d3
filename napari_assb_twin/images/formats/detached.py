"""Data that a header keeps in a file of its own: only one beside it is opened."""

from __future__ import annotations

from pathlib import Path

from napari_assb_twin.errors import InputError


def file_beside(header: Path, name: str) -> Path:
    """The file of that name in the folder of a header.

    Raises
    ------
    InputError
        If the name leads out of the folder, or there is no such file.
    """
    name = name.strip().replace("\\", "/")
    name = name.removeprefix("./")
    if not name or "/" in name or "\0" in name or name in (".", ".."):
        raise InputError(
            f"{header.name} names its data as {name[:60]!r}; only a file in the same folder is "
            "opened: put both into one folder and correct the name in the header."
        )
    path = header.parent / name
    if not path.is_file():
        raise InputError(
            f"{header.name} keeps its data in {name[:60]!r}, which is not beside it; copy both "
            "files."
        )
    if path.resolve() == header.resolve():
        raise InputError(f"{header.name} names itself as its data; export it again.")
    return path
