"""The session file, ``*.assb-session``: writing and reading; nothing in it is ever executed."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from napari_assb_twin.errors import InputError
from napari_assb_twin.session.archive import Archive, open_archive, write_archive
from napari_assb_twin.session.data_members import data_of, members_of, named_members
from napari_assb_twin.session.document import document_of, read_document
from napari_assb_twin.session.state import Session
from napari_assb_twin.twin.json_file import to_text
from napari_assb_twin.twin.json_object import parse
from napari_assb_twin.twin.twin_file import twin_from_text, twin_to_text

SUFFIX = ".assb-session"
SESSION = "session.json"
TWIN = "twin.twin.json"


def save_session(session: Session, path: str | PathLike[str]) -> Path:
    """Write a session whole or not at all; returns its path.

    Raises
    ------
    InputError
        If the folder does not exist or the file cannot be written.
    """
    description, arrays = members_of(session.data)
    text = to_text(document_of(session, description), indent=1)
    write_archive(path, {SESSION: text, TWIN: twin_to_text(session.twin)}, arrays)
    return Path(path)


def load_session(path: str | PathLike[str]) -> Session:
    """Read a session file.

    Sizes are checked before anything is unpacked, and nothing is written to the disk.

    Raises
    ------
    InputError
        If the file cannot be read, is damaged, or holds a wrong member, key or value.
    """
    with open_archive(Path(path)) as archive:
        return _session(archive)


def _session(archive: Archive) -> Session:
    given, description = read_document(parse(archive.text(SESSION), SESSION))
    arrays = named_members(description)
    unknown = sorted(archive.names - {SESSION, TWIN, *arrays})
    if unknown:
        raise InputError(f"it holds {unknown[0]!r:.60}, which belongs to no session.")
    archive.require_room(frozenset(arrays))
    twin = twin_from_text(archive.text(TWIN), TWIN)
    data = None if description is None else data_of(description, archive.labels)
    return Session(twin=twin, data=data, **given)
