"""One export from beginning to end: a generator of progress that leaves all files or none."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from napari_assb_twin.atomic import unwritable, whole_folder
from napari_assb_twin.errors import InputError
from napari_assb_twin.export.facts import Export, count_phases
from napari_assb_twin.export.formats import format_named
from napari_assb_twin.export.options import ExportOptions
from napari_assb_twin.export.progress import Steps, within
from napari_assb_twin.export.source import Source
from napari_assb_twin.export.volume import prepare

_STEM = re.compile(r'[^<>:"/\\|?*\x00-\x1f]+')
_COUNTED = 0.1
"""Share of the time that counting the phases takes, roughly."""


@dataclass(frozen=True, kw_only=True)
class Exported:
    """What an export left.

    Attributes
    ----------
    folder, entries
        Where the files are, and the names of files and sub-folders that were written there.
    bytes
        Of all files together.
    reservations
        Sentences on what is to be minded.
    """

    folder: Path
    entries: tuple[str, ...]
    bytes: int
    reservations: tuple[str, ...]


def export(
    source: Source,
    folder: str | os.PathLike[str],
    *,
    to: str,
    options: ExportOptions | None = None,
    stem: str = "cathode",
    kept: Collection[Path] = (),
) -> Steps[Exported]:
    """Write a volume for another program, with a README beside it.

    Parameters
    ----------
    source
        The volume and what is known of it.
    folder
        Where the files go; created if missing.  Closing the generator leaves it as it was.
    to
        Name of a format, see `napari_assb_twin.export.formats`.
    options
        How the volume is laid out; default: as it is.
    stem
        First part of the file names.
    kept
        Files that must not be replaced, such as those that the volume is read from.

    Raises
    ------
    InputError
        If the volume or an option cannot be used, there is no room for the files, or they cannot
        be written, or one of them would replace what is to be kept.
    """
    kind, options = format_named(to), options or ExportOptions()
    if not _STEM.fullmatch(stem) or stem.startswith("."):
        raise InputError(
            f"{stem!r} cannot begin file names; use letters, digits, - and _, without a folder."
        )
    volume = prepare(source, options)
    _require_room(Path(folder), kind.estimated_bytes(volume))
    with whole_folder(folder, kept=kept) as aside:
        counts = yield from within(count_phases(volume), 0.0, _COUNTED)
        one = Export(
            volume=volume,
            options=options,
            folder=Path(folder),
            stem=stem,
            counts=counts,
            expected_fractions=source.expected_fractions,
            verdict_lines=source.verdict_lines,
        )
        reservations = yield from within(kind.write(aside, one), _COUNTED, 1.0)
        entries = tuple(sorted(entry.name for entry in aside.iterdir()))
        size = sum(file.stat().st_size for file in aside.rglob("*") if file.is_file())
    return Exported(folder=Path(folder), entries=entries, bytes=size, reservations=reservations)


def _require_room(folder: Path, needed: float) -> None:
    """Refuse files that the disk has no room for, before the first is written."""
    try:
        resolved = folder.resolve()
        there = next(each for each in (resolved, *resolved.parents) if each.exists())
        free = shutil.disk_usage(there).free
    except OSError as error:
        raise unwritable(folder, error) from error
    if needed > free:
        raise InputError(
            f"the export needs about {needed / 1e9:.3g} GB, but {free / 1e9:.3g} GB are free in "
            f"{there}; free some space or choose another folder."
        )
