"""Options of every subcommand that measures descriptors: which, and how."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, get_args

from napari_assb_twin.commands import arguments
from napari_assb_twin.descriptors.bulk import WORDS, Bulk, parse_bulk
from napari_assb_twin.descriptors.definitions import GROUPS, check_groups
from napari_assb_twin.descriptors.sides import Sides
from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.gradient import SeparatorSide
from napari_assb_twin.twin.phases import PHASES, Phase, full_key

if TYPE_CHECKING:
    from napari_assb_twin.descriptors.describe import Choice


def choice_options(sub: ArgumentParser, *, axes: str) -> None:
    """Which descriptors, along which axes (default: ``axes``), of which phases."""
    groups_option(sub)
    sub.add_argument(
        "--along",
        type=arguments.axes,
        default=list(axes),
        metavar="AXES",
        help=f"of chords, paths, bottlenecks and transport; default: {','.join(axes)}",
    )
    sub.add_argument(
        "--of",
        type=arguments.names,
        default=list(PHASES),
        metavar="PHASE,...",
        help="whose paths, sizes and transport are measured; default: all",
    )
    separator_side_option(sub, "volume or twin say")
    group = sub.add_argument_group(
        "transport",
        "Relative to the bulk, and in the unit of the bulk value where one is given.",
    )
    for name, words in WORDS.items():
        group.add_argument(f"--{name}", metavar="VALUE", help=f"{words.help}, as {words.example}")
    group.add_argument(
        "--sides",
        choices=get_args(Sides),
        default="open",
        help="whether the four sides along the flow are insulating or periodic; default: open",
    )


def groups_option(sub: ArgumentParser, note: str = "") -> None:
    """Which groups of descriptors are measured; ``note`` is added to the help."""
    sub.add_argument(
        "--measure",
        type=arguments.names,
        default=list(GROUPS),
        metavar="GROUP,...",
        help=f"default: all of {', '.join(GROUPS)}{note}",
    )


def separator_side_option(sub: ArgumentParser, told_by: str) -> None:
    """Where the separator is, if it is not as ``told_by``, such as ``"the volume says"``."""
    sub.add_argument(
        "--separator-side",
        choices=get_args(SeparatorSide),
        help=f"end of z that faces the separator; default: as {told_by}, else first",
    )


def choice_of(options: Namespace, device: str) -> Choice:
    """What these options chose.

    Raises
    ------
    InputError
        If there is no such group, phase or unit, or a bulk value of what is not measured.
    """
    from napari_assb_twin.descriptors.describe import Choice

    typed = {name: getattr(options, name) for name in WORDS}
    return Choice(
        groups=check_groups(options.measure),
        axes=tuple(options.along),
        phases=_phases(options.of),
        separator=options.separator_side or "first",
        device=device,
        sides=options.sides,
        bulk=Bulk(**{name: parse_bulk(name, text) for name, text in typed.items() if text}),
    )


def _phases(names: Sequence[str]) -> tuple[Phase, ...]:
    asked = [full_key(name) for name in names]
    for name in asked:
        if name not in PHASES:
            raise InputError(f"There is no phase {name!r}; choose among {', '.join(PHASES)}.")
    return tuple(phase for phase in PHASES if phase in asked)
