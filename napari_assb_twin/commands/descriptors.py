"""Descriptors of a volume, or of a realisation of a twin with the exact means beside."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import get_args

from napari_assb_twin.commands import arguments
from napari_assb_twin.commands.arguments import AddCommand
from napari_assb_twin.commands.generation import realise
from napari_assb_twin.commands.image_options import image_options
from napari_assb_twin.commands.output import ProgressBar, print_json
from napari_assb_twin.descriptors.definitions import GROUPS
from napari_assb_twin.twin.gradient import SeparatorSide


def add_parsers(command: AddCommand) -> None:
    """The subcommands of this file."""
    sub = command(
        "describe",
        describe,
        "descriptors of a volume, or of a realisation of a twin: interfaces, tortuosity, transport",
    )
    sub.add_argument("source", type=Path, metavar="V.tif|A.twin.json")
    sub.add_argument(
        "--measure",
        type=arguments.names,
        default=list(GROUPS),
        metavar="GROUP,...",
        help=f"default: all of {', '.join(GROUPS)}",
    )
    sub.add_argument(
        "--along",
        type=arguments.axes,
        default=["z", "y", "x"],
        metavar="AXES",
        help="as z,x; default: all",
    )
    sub.add_argument(
        "--separator-side",
        choices=get_args(SeparatorSide),
        help="end of z that faces the separator; default: as the volume says, else first",
    )
    image_options(sub)
    arguments.device(sub)
    sub.add_argument("-o", "--output", type=Path, metavar="TABLE.csv", help="write a table")


def describe(options: Namespace) -> None:
    """Measure and print descriptors."""
    from napari_assb_twin.descriptors.definitions import check_groups, definition
    from napari_assb_twin.descriptors.describe import Choice, describe, exact_values
    from napari_assb_twin.image_input import load_volume
    from napari_assb_twin.measure.sections import Volume
    from napari_assb_twin.steps import finished

    groups, device = check_groups(options.measure), torch_device(options)
    exact: dict[str, float | None] = {}
    if options.source.suffix == ".json":
        from napari_assb_twin.twin.twin_file import load_twin

        twin = load_twin(options.source)
        realisation = realise(twin, options.device)
        volume = Volume(realisation.labels, realisation.voxel_size_um)
        known = None if twin.gradient is None else twin.gradient.separator_side
        exact = exact_values(twin)
    else:
        read = load_volume(options.source, options)
        volume = Volume(read.phases, read.voxel_size_um)
        known = None if read.note is None else read.note.separator_side
    choice = Choice(
        groups=groups,
        axes=tuple(options.along),
        separator=options.separator_side or known or "first",
        device=device,
    )
    with ProgressBar() as bar:
        values = finished(describe(volume, choice), bar)
    if options.output is not None:
        from napari_assb_twin.descriptors.table import write_descriptors_csv

        write_descriptors_csv(options.output, values, exact)
    if options.json:
        print_json({"descriptors": values, "exact": {k: exact[k] for k in values if k in exact}})
        return
    width = max(map(len, values))
    for key, value in values.items():
        unit = definition(key).unit
        beside = f"   (exact mean: {exact[key]:.5g})" if exact.get(key) is not None else ""
        shown = "-" if value is None else f"{value:.5g}"
        print(f"{key:{width}} {shown:>10} {unit}{beside}".rstrip())


def torch_device(options: Namespace) -> str:
    """Where transport is computed; torch is not imported where nobody asks for it."""
    if "transport" not in options.measure or options.device == "cpu":
        return "cpu"
    from napari_assb_twin.twin.device import choose_backend

    return choose_backend(options.device).name
