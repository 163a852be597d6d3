"""What the options of subcommands have in common: how their values are read."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from napari_assb_twin.export.options import SMALLEST
from napari_assb_twin.images.units import parse_length
from napari_assb_twin.option_words import option_of, words_of


class AddCommand(Protocol):
    """Adds a subcommand, which runs a function of its options and has ``--json``."""

    def __call__(
        self, name: str, run: Callable[[argparse.Namespace], int | None], text: str
    ) -> argparse.ArgumentParser:
        """The parser of the subcommand, for its own options."""


def output(sub: argparse.ArgumentParser, metavar: str) -> None:
    """Where the result goes; must be given."""
    sub.add_argument("-o", "--output", type=Path, required=True, metavar=metavar)


def fields_of(sub: argparse.ArgumentParser, options: Any) -> None:
    """An option for each field of a class of options that has words; `given` reads them."""
    for name, told in words_of(options).items():
        default = getattr(options(), name)
        how: dict[str, Any] = {"choices": told.values}
        if not told.choices:
            how = {"type": whole, "metavar": "N"}
        text = told.help_with(default)
        sub.add_argument(option_of(name), dest=f"of_{name}", default=default, help=text, **how)


def given(parsed: argparse.Namespace, options: Any) -> dict[str, Any]:
    """What was said of the fields of a class of options, or their defaults."""
    return {name: getattr(parsed, f"of_{name}") for name in words_of(options)}


def device(sub: argparse.ArgumentParser) -> None:
    """Where is computed."""
    sub.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")


def shape(text: str) -> tuple[int, int, int]:
    """Voxels along z, y, x."""
    parts = text.split(",")
    if len(parts) != 3 or not all(part.strip().isdecimal() and int(part) > 0 for part in parts):
        raise argparse.ArgumentTypeError(
            f"--shape is {text!r}; give three whole numbers of voxels, as 128,128,128."
        )
    z, y, x = (int(part) for part in parts)
    return z, y, x


def names(text: str) -> list[str]:
    """Words between commas."""
    return [part.strip() for part in text.split(",")]


def axes(text: str) -> list[str]:
    """Letters of axes between commas."""
    found = names(text)
    if not found or any(name not in ("z", "y", "x") for name in found):
        raise argparse.ArgumentTypeError(f"{text!r} are no axes; write them as z,y,x.")
    return found


def whole(text: str) -> int:
    """A whole number of 0 or more."""
    if not text.strip().isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of 0 or more.")
    return int(text)


def number(text: str) -> float:
    """One number."""
    found = numbers(text)
    if len(found) != 1:
        raise argparse.ArgumentTypeError(f"{text!r} is more than one number; give one.")
    return found[0]


def edge(text: str) -> float | str:
    """Edge of a voxel in micrometres, or the word for the smallest."""
    length = text if text == SMALLEST else parse_length(text)
    if length is None:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no length; give it as 0.1 (micrometres) or 50nm."
        )
    return length


def numbers(text: str) -> list[float]:
    """Numbers between commas."""
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no list of numbers; write them as 0.1,0.2,0.5."
        ) from None
