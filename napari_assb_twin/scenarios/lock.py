"""One sweep at a time in a results folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from napari_assb_twin.errors import InputError
from napari_assb_twin.scenarios.folder import LOCK


class FolderHeldError(InputError):
    """Another sweep is writing to the folder."""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a results folder that exists; whoever only reads it takes no notice.

    Raises
    ------
    FolderHeldError
        If another sweep holds it, in this process or in another one.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK, timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise FolderHeldError(
            f"Another sweep is writing to {folder}; wait for its end or choose another folder."
        ) from None
    except NotImplementedError:
        raise InputError(
            f"{folder} lies on a disk on which files cannot be locked, so that two sweeps might "
            "write there at once; choose a folder on another disk."
        ) from None
    try:
        yield
    finally:
        lock.release()
