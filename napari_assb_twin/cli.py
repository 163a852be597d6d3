"""The command ``assb-twin``: options and exit codes; what it does is in ``commands``."""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TextIO

from napari_assb_twin.commands import (
    box,
    calibration,
    descriptors,
    design,
    generation,
    learn,
    scenarios,
    twins,
    validation,
    volumes,
)
from napari_assb_twin.commands.outputs import check_outputs
from napari_assb_twin.errors import NO_MEMORY, InputError, TwinWarning

USER_ERROR = 2
STOPPED = 130
"""As shells tell of a program that was interrupted."""


class _Parser(argparse.ArgumentParser):
    """Errors in one line, as everywhere in this command."""

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}; see '{self.prog} --help'.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0 when done and 2 when the user's input is at fault."""
    warnings.showwarning = _warn
    try:
        options = parser().parse_args(arguments)
        run: Callable[[argparse.Namespace], int | None] = options.run
        check_outputs(options, goes_on=run is scenarios.sweep)
        return run(options) or 0
    except InputError as error:
        print(f"assb-twin: {' '.join(str(error).split())}", file=sys.stderr)
        return USER_ERROR
    except MemoryError:
        print(f"assb-twin: {NO_MEMORY}", file=sys.stderr)
        return USER_ERROR
    except KeyboardInterrupt:
        print("assb-twin: stopped", file=sys.stderr)
        return STOPPED


def _warn(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Reservations about the user's twin; those of libraries only with ``python -W``."""
    if issubclass(category, TwinWarning) or sys.warnoptions:
        print(f"assb-twin: warning: {message}", file=sys.stderr)


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command."""
    top = _Parser(prog="assb-twin", description="Digital twins of solid-state battery cathodes.")
    top.set_defaults(run=twins.view, files=[], screenshot=None)
    add = top.add_subparsers(metavar="COMMAND", parser_class=_Parser).add_parser

    def command(name: str, run: Callable[[Any], int | None], text: str) -> argparse.ArgumentParser:
        sub = add(name, help=text, description=text)
        sub.add_argument("--json", action="store_true", help="print one JSON object on stdout")
        sub.set_defaults(run=run)
        return sub

    rooms = (
        *(twins, generation, volumes, calibration, validation),
        *(descriptors, box, scenarios, learn, design),
    )
    for room in rooms:
        room.add_parsers(command)
    return top
