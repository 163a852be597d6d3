"""A zip of texts and label arrays that is read with suspicion: bounded, in memory, by name."""

from __future__ import annotations

import math
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray

from napari_assb_twin.atomic import whole_file
from napari_assb_twin.errors import InputError
from napari_assb_twin.images.damage import DAMAGE

Labels = NDArray[np.uint8]

LARGEST_TEXT = 4 << 20
"""Bytes of a text before compression; those that the program writes have some thousand."""

LARGEST_LABELS = 8 << 30
"""Bytes of all label arrays together before compression: a volume of 2048^3 voxels."""

MOST_MEMBERS = 10_000
SHARE_OF_MEMORY = 0.9

_ENCRYPTED = 0x1
_CHUNK = 1 << 24


def write_archive(
    path: str | os.PathLike[str], texts: Mapping[str, str], arrays: Mapping[str, Labels]
) -> None:
    """Write texts (UTF-8) and uint8 arrays (NPY) by name, deflated, whole or not at all.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    with (
        whole_file(path) as aside,
        zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
    ):
        # opened by name, members get the same date each time: equal content gives equal bytes
        for name, text in texts.items():
            with archive.open(name, "w") as member:
                member.write(text.encode())
        for name, labels in arrays.items():
            large = labels.nbytes >= 1 << 31
            with archive.open(name, "w", force_zip64=large) as member:
                whole = np.ascontiguousarray(labels)
                np.lib.format.write_array(member, whole, version=(1, 0), allow_pickle=False)


class Archive:
    """The members of an opened archive; nothing is ever extracted to the disk."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        self._members: dict[str, zipfile.ZipInfo] = {}
        for info in file.infolist():
            if info.filename in self._members:
                raise InputError(f"it holds {info.filename!r} twice.")
            self._members[info.filename] = _checked(info)

    @property
    def names(self) -> frozenset[str]:
        """Names of the members."""
        return frozenset(self._members)

    def text(self, name: str) -> str:
        """A member as text."""
        info = self._info(name)
        if info.file_size > LARGEST_TEXT:
            raise InputError(
                f"{name} would have {info.file_size / 2**20:.0f} MiB; more than "
                f"{LARGEST_TEXT >> 20} MiB are not read."
            )
        with self._file.open(info) as member:
            content = member.read(info.file_size + 1)
        if len(content) != info.file_size:
            raise InputError(f"{name} has not the size that the file states.")
        return content.decode()

    def require_room(self, names: frozenset[str]) -> None:
        """Refuse arrays that are too large together, before any of them is unpacked."""
        size = sum(self._info(name).file_size for name in names)
        free = psutil.virtual_memory().available
        if size > LARGEST_LABELS:
            raise InputError(
                f"its data would have {size / 2**30:.1f} GiB; more than "
                f"{LARGEST_LABELS >> 30} GiB are not read."
            )
        if size > SHARE_OF_MEMORY * free:
            raise InputError(
                f"its data need {size / 2**30:.2g} GiB, but {free / 2**30:.2g} GiB of memory are "
                "free; close other programs."
            )

    def labels(self, name: str) -> Labels:
        """A member as uint8 array; its NPY header must agree with the size of the member."""
        info = self._info(name)
        with self._file.open(info) as member:
            if np.lib.format.read_magic(member) != (1, 0):
                raise InputError(f"{name} is no NPY array of version 1.0.")
            shape, fortran, dtype = np.lib.format.read_array_header_1_0(member)
            if dtype != np.uint8 or fortran or not 1 <= len(shape) <= 3:
                raise InputError(f"{name} holds {dtype} in an order that is not used here.")
            if math.prod(shape) != info.file_size - member.tell():
                raise InputError(f"{name} has not the size that its header states.")
            labels = np.empty(shape, np.uint8)
            flat, done = labels.reshape(-1), 0
            while chunk := member.read(_CHUNK):
                flat[done : done + len(chunk)] = np.frombuffer(chunk, np.uint8)
                done += len(chunk)
        if done != labels.size:
            raise InputError(f"{name} ends early.")
        return labels

    def _info(self, name: str) -> zipfile.ZipInfo:
        if name not in self._members:
            raise InputError(f"{name} is missing in it.")
        return self._members[name]


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open an archive to read; what goes wrong inside is said in one sentence with its name.

    Raises
    ------
    InputError
        If the file is missing, no zip file, damaged, or holds what `Archive` refuses.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if len(archive.infolist()) > MOST_MEMBERS:
                raise InputError(f"it holds more than {MOST_MEMBERS} files.")
            yield Archive(archive)
    except FileNotFoundError:
        raise InputError(f"There is no file {path}; check the name of the session file.") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder; give the session file itself.") from None
    except PermissionError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None
    except InputError as error:
        raise InputError(f"{path.name} is no session that can be opened: {error}") from None
    except MemoryError as error:
        raise InputError(f"{path.name} does not fit into the memory; crop its data.") from error
    except (zipfile.BadZipFile, zlib.error, *DAMAGE) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:120]
        raise InputError(
            f"{path.name} is no session file, or damaged or cut short ({reason}); copy or save it "
            "again."
        ) from error


def _checked(info: zipfile.ZipInfo) -> zipfile.ZipInfo:
    if info.flag_bits & _ENCRYPTED:
        raise InputError(f"{info.filename!r} in it is encrypted; save it without a password.")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InputError(f"{info.filename!r} in it is packed in a way that is not used here.")
    return info
