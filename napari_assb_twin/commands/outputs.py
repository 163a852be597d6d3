"""What a command writes must not take the place of what it reads, nor of a sweep's results."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from contextlib import suppress
from itertools import combinations
from pathlib import Path

from napari_assb_twin.errors import InputError
from napari_assb_twin.scenarios.folder import OWN, holds_results, is_of_results

OUTPUTS = {
    "checkpoint": "--checkpoint",
    "distributions": "--distributions",
    "screenshot": "--screenshot",
    "output": "-o",
}
"""Options with a path that is written to, by where their value is; every other path is read."""


def check_outputs(options: Namespace, *, goes_on: bool = False) -> None:
    """Refuse to write over what the same command reads, or among the results of a sweep.

    An older file that is neither of these may be replaced.

    Parameters
    ----------
    goes_on
        Whether the command writes to the results of a sweep, to go on with them.

    Raises
    ------
    InputError
        If two outputs are one file, an output is an input or a file that an input consists of, or
        an output is a folder of results or a file that a sweep keeps there.
    """
    written = {said: getattr(options, name, None) for name, said in OUTPUTS.items()}
    outputs = {said: path.resolve() for said, path in written.items() if path is not None}
    for one, other in combinations(outputs, 2):
        if _same(outputs[one], outputs[other]):
            raise InputError(
                f"{one} and {other} both name {written[other]}; give each a file of its own."
            )
    for said, path in outputs.items():
        if not goes_on and holds_results(path):
            raise InputError(
                f"{written[said]} is the folder of a sweep's results; choose another place."
            )
        if is_of_results(path):
            raise InputError(
                f"{written[said]} belongs to the results of a sweep; choose another name."
            )
        if path.exists() and any(_same(path, part) for part in _read_by(options, path)):
            raise InputError(
                f"{said} names {written[said]}, which this command reads; choose another name."
            )


def parts_of(path: Path) -> list[Path]:
    """An input, and the files that it consists of if it is an image of several."""
    from napari_assb_twin.images.reading import files_of

    parts = [path]
    with suppress(InputError, OSError):  # no image; whoever reads it says what it is
        parts += files_of(path)
    return parts


def _read_by(options: Namespace, output: Path) -> Iterator[Path]:
    """Inputs, and those of their parts that may be this output."""
    for name, value in vars(options).items():
        if name in OUTPUTS:
            continue
        for path in value if isinstance(value, list) else [value]:
            if isinstance(path, Path):
                yield path
                if output.is_file():
                    yield from parts_of(path)
                    yield from (path / name for name in OWN)  # a table without rows beside


def _same(one: Path, other: Path) -> bool:
    """Whether two paths lead to one place, which may be still to be made."""
    with suppress(OSError):
        return one.samefile(other)
    return one.resolve() == other.resolve()
