"""The user's own presets: twin files in the configuration folder, beside the built-in ones."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.presets import PRESETS, preset
from napari_assb_twin.twin.twin_file import SUFFIX, load_twin, save_twin

FOLDER_VARIABLE = "ASSB_TWIN_PRESETS"
"""Environment variable that names another folder, for example one that a group shares."""

LONGEST_NAME = 40
LARGEST_FILE = 4 << 20
_PUNCTUATION = " -_.,+()"
_DEVICES = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{n}" for port in ("com", "lpt") for n in "123456789"),
}
"""Names that Windows keeps for itself."""


@dataclass(frozen=True)
class OwnPresets:
    """The twins that could be read, and one sentence for each file that could not, by name."""

    twins: dict[str, Twin]
    unreadable: dict[str, str]


def presets_folder() -> Path:
    """Where own presets lie; it is made when the first one is saved."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named)
    return Path(platformdirs.user_config_dir("napari-assb-twin", appauthor=False)) / "presets"


def own_presets() -> OwnPresets:
    """All own presets in the order of their names; a damaged file hinders none of the others."""
    twins: dict[str, Twin] = {}
    unreadable: dict[str, str] = {}
    for path in _files():
        name = path.name.removesuffix(SUFFIX)
        try:
            twins[name] = _load(path)
        except InputError as error:
            unreadable[name] = str(error)
    return OwnPresets(twins, unreadable)


def find_preset(name: str) -> Twin:
    """The built-in twin or the own preset of a name.

    Raises
    ------
    InputError
        If there is none, or its file cannot be read.
    """
    if name in PRESETS:
        return preset(name)
    path = _file_of(name)
    if path is None:
        names = [*PRESETS, *(own.name.removesuffix(SUFFIX) for own in _files())]
        raise InputError(f"There is no preset {name!r}; choose from {', '.join(names)}.")
    return _load(path)


def is_own(name: str) -> bool:
    """Whether an own preset has this name; upper and lower case are not told apart."""
    return _file_of(name) is not None


def save_preset(twin: Twin, name: str, *, overwrite: bool = False) -> str:
    """Save a twin as an own preset; returns its name as it is listed.

    Raises
    ------
    InputError
        If the name cannot be one, exists already (without ``overwrite``), or the file cannot be
        written.
    """
    name = checked_name(name)
    before = _file_of(name)
    if before is not None and not overwrite:
        raise InputError(f"There is a preset {name!r} already; choose another name.")
    path = before or presets_folder() / f"{name}{SUFFIX}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"The folder {path.parent} of the presets cannot be made ({error.strerror}); name "
            f"another one in the environment variable {FOLDER_VARIABLE}."
        ) from error
    save_twin(twin, path)
    return path.name.removesuffix(SUFFIX)


def delete_preset(name: str) -> None:
    """Delete an own preset, readable or not.

    Raises
    ------
    InputError
        If there is none of this name, or it cannot be deleted.
    """
    path = _file_of(name)
    if path is None:
        raise InputError(f"{name!r} is no preset of your own; only those can be deleted.")
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"{path} cannot be deleted ({error.strerror}).") from error


def checked_name(name: str) -> str:
    """A name that every file system takes, without blanks at its ends.

    Raises
    ------
    InputError
        If it cannot be one, or a built-in preset has it.
    """
    name = " ".join(name.split())
    strange = sorted({letter for letter in name if not letter.isalnum()} - set(_PUNCTUATION))
    if not 0 < len(name) <= LONGEST_NAME:
        raise InputError(f"The name of a preset has between 1 and {LONGEST_NAME} letters.")
    if strange:
        raise InputError(
            f"A preset cannot be called {name!r}: {' '.join(strange)} may not stand in its name; "
            f"use letters, digits, blanks and {_PUNCTUATION.strip()}."
        )
    if not name[0].isalnum() or name.endswith(".") or name.split(".")[0].casefold() in _DEVICES:
        raise InputError(f"A preset cannot be called {name!r}; begin with another word.")
    if name.casefold() in {one.casefold() for one in PRESETS}:
        raise InputError(f"{name!r} is a built-in preset; choose another name.")
    return name


def _files() -> list[Path]:
    try:
        found = [path for path in presets_folder().iterdir() if path.name.endswith(SUFFIX)]
    except OSError:
        return []
    hidden = [path for path in found if path.name.startswith(".") or path.name == SUFFIX]
    return sorted(set(found) - set(hidden), key=lambda path: path.name.casefold())


def _file_of(name: str) -> Path | None:
    wanted = f"{name}{SUFFIX}".casefold()
    return next((path for path in _files() if path.name.casefold() == wanted), None)


def _load(path: Path) -> Twin:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise InputError(f"The preset {path} cannot be read: {error.strerror}.") from None
    if size > LARGEST_FILE:
        raise InputError(f"The preset {path} has {size / 2**20:.0f} MiB; it is no twin file.")
    try:
        return load_twin(path)
    except InputError as error:
        raise InputError(f"The preset {path} cannot be used: {error}") from None
