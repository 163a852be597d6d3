"""Files and folders that appear whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from napari_assb_twin.errors import InputError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Write a file aside, and put it in place when the block ends.

    Yields the path, with the same suffix and in the same folder, of an empty file to write to.
    If the block raises or writes nothing there, what stood at ``path`` is untouched and nothing is
    left behind.

    Raises
    ------
    InputError
        If the folder does not exist or cannot be written to, ``path`` is no regular file, or
        writing fails or leaves the file empty.
    """
    target = _target(path)
    aside = _aside(target)
    try:
        aside.open("xb").close()
        yield aside
        if not aside.stat().st_size:
            raise InputError(f"nothing was written to {path}; it is left as it was.")
        aside.replace(target)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


def check_writable(path: str | os.PathLike[str]) -> None:
    """Refuse what `whole_file` would refuse, before there is something to write.

    Raises
    ------
    InputError
        As `whole_file`.
    """
    aside = _aside(_target(path))
    try:
        aside.open("xb").close()
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


def _target(path: str | os.PathLike[str]) -> Path:
    """Where a file is to be written."""
    target = Path(path).resolve()
    if target.is_dir():
        raise InputError(f"{path} is a folder; add the name of the file to write.")
    if not target.parent.is_dir():
        raise InputError(f"the folder {target.parent} does not exist; create it first.")
    if target.exists() and not target.is_file():
        raise InputError(f"{path} is not a regular file; choose another name.")
    return target


def _aside(target: Path) -> Path:
    return target.with_name(f".part-{secrets.token_hex(4)}{target.suffix}")


@contextmanager
def whole_folder(
    path: str | os.PathLike[str], *, stale: Collection[str] = (), kept: Collection[Path] = ()
) -> Iterator[Path]:
    """Fill a folder aside, and move its entries into ``path`` when the block ends.

    ``path`` and its parents are created where missing; entries of the same name are replaced,
    files named in ``stale`` that are not written again are removed, others stay, and those in
    ``kept`` are never replaced.  If the block or
    the moving fails, ``path`` is as it was before: not there, if it was not.  The folder yielded
    lies inside ``path``, so that a mount point can be filled too.

    Raises
    ------
    InputError
        If ``path`` is a file or cannot be written to, a file would replace a folder or the other
        way round, or what is in ``kept``, or writing fails.
    """
    folder = Path(path).resolve()
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{path} is a file; give the name of a folder to write to.")
    aside = folder / f".part-{secrets.token_hex(4)}"
    filled, replaced = aside / "filled", aside / "replaced"
    created: list[Path] = []
    try:
        created = [each for each in (folder, *folder.parents) if not each.exists()]
        filled.mkdir(parents=True)
        replaced.mkdir()
        yield filled
        _keep(kept, [folder / entry.name for entry in filled.iterdir()])
        _move_entries(filled, folder, replaced, stale)
        created = []
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        for each in created:
            with suppress(OSError):
                each.rmdir()


def check_store(path: str | os.PathLike[str], known: Callable[[Path], bool]) -> Path:
    """The resolved path, where a folder may be made or replaced; else `InputError`."""
    target = Path(path).resolve()
    if not target.parent.is_dir():
        raise InputError(f"the folder {target.parent} does not exist; create it first.")
    empty = target.is_dir() and not any(target.iterdir())
    if target.exists() and not empty and not (target.is_dir() and known(target)):
        raise InputError(f"{path} is something else already; choose another name.")
    return target


def put_in_place(aside: Path, target: Path) -> None:
    """Rename a file or folder that is whole, over an older one of its kind if there is one.

    If it fails or is interrupted, the older one stands where it was.

    Raises
    ------
    InputError
        If a file would replace a folder, or a folder a file.
    """
    _same_kind(aside, target)
    if not target.is_dir():
        aside.replace(target)
        return
    old = target.with_name(f".part-{secrets.token_hex(4)}{target.suffix}")
    try:
        target.replace(old)
        aside.replace(target)
    except BaseException:
        if not target.exists():
            old.replace(target)
        raise
    finally:
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)


def _same_kind(new: Path, old: Path) -> None:
    """Refuse a file in the place of a folder, and a folder in the place of a file."""
    if old.exists() and old.is_dir() != new.is_dir():
        kind = "folder" if old.is_dir() else "file"
        raise InputError(f"{old} is a {kind} in the way; move it away or choose another name.")


def _keep(kept: Collection[Path], targets: Collection[Path]) -> None:
    """Refuse to replace files and folders, or folders that they lie in."""
    for target in targets:
        for each in kept:
            around = (each.resolve(), *each.resolve().parents)
            if target.exists() and any(one.exists() and one.samefile(target) for one in around):
                raise InputError(
                    f"{each} would be written over, which is read here; choose another folder."
                )


def _move_entries(filled: Path, folder: Path, replaced: Path, stale: Collection[str]) -> None:
    """Move entries into a folder, those they replace to another; undo all if one fails."""
    names = sorted(entry.name for entry in filled.iterdir())
    gone = sorted(name for name in {*stale}.difference(names) if (folder / name).is_file())
    for name in names:
        _same_kind(filled / name, folder / name)
    moves = [(folder / name, replaced / name) for name in gone]
    for name in names:
        if (folder / name).exists():
            moves.append((folder / name, replaced / name))
        moves.append((filled / name, folder / name))
    begun: list[tuple[Path, Path]] = []
    try:
        for source, target in moves:
            begun.append((source, target))  # before: an interrupt may come right after a move
            source.replace(target)
    except BaseException:
        for source, target in reversed(begun):
            if not source.exists():
                target.replace(source)
        raise


def unwritable(path: str | os.PathLike[str], error: OSError) -> InputError:
    """What a user must know of a file or folder that could not be written."""
    # numpy reports a write that was cut short without an error number
    reason = (error.strerror or f"write cut short, {error}").lower()
    advice = "choose another folder"
    if error.errno in _FULL or error.errno is None:
        advice = "free some space or choose another folder"
    elif error.errno in _FORBIDDEN:
        advice = "choose a folder that you may write to"
    return InputError(f"{path} cannot be written ({reason}); {advice}.")
