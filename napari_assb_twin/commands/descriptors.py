"""Descriptors of a volume or of sections, or of a realisation of a twin beside its exact means."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from napari_assb_twin.atomic import check_writable
from napari_assb_twin.commands import arguments
from napari_assb_twin.commands.arguments import AddCommand
from napari_assb_twin.commands.choice_options import choice_of, choice_options
from napari_assb_twin.commands.generation import realise
from napari_assb_twin.commands.image_options import image_options
from napari_assb_twin.commands.output import ProgressBar, print_json
from napari_assb_twin.descriptors.bulk import Bulk
from napari_assb_twin.descriptors.definitions import said, unit_of
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import PLANES

if TYPE_CHECKING:
    from napari_assb_twin.descriptors.describe import Choice, Described


def add_parsers(command: AddCommand) -> None:
    """The subcommands of this file."""
    sub = command(
        "describe",
        describe,
        "descriptors of a volume, or of a realisation of a twin: interfaces, tortuosity, transport",
    )
    sub.add_argument("source", type=Path, metavar="V.tif|S.tif|A.twin.json")
    choice_options(sub, axes="zyx")
    sub.add_argument(
        "--distributions",
        type=Path,
        metavar="CURVES.csv",
        help="write chord lengths, lineal paths, phase sizes and geodesic tortuosities",
    )
    sub.add_argument(
        "--plane",
        choices=PLANES,
        help="the images are sections of this plane, and not a volume: what they hold is measured",
    )
    image_options(sub)
    arguments.device(sub)
    sub.add_argument("-o", "--output", type=Path, metavar="TABLE.csv", help="write a table")


def describe(options: Namespace) -> None:
    """Measure and print descriptors."""
    from napari_assb_twin.steps import finished

    for path in (options.output, options.distributions):
        if path is not None:
            check_writable(path)  # rather than after what may take long
    choice = choice_of(options, torch_device(options) if options.plane is None else "cpu")
    if options.distributions is not None:
        _check_distributions(choice)
    if options.plane is None:
        measuring, exact = _of_volume(options, choice)
    else:
        measuring, exact = _of_sections(options, choice), {}
    with ProgressBar() as bar:
        found = finished(measuring, bar)
    values = found.values
    if options.output is not None:
        from napari_assb_twin.descriptors.table import write_descriptors_csv

        write_descriptors_csv(options.output, values, exact, choice.bulk)
    if options.distributions is not None:
        from napari_assb_twin.descriptors.distributions import write_distributions_csv

        write_distributions_csv(options.distributions, found.distributions)
    if options.json:
        beside = {key: exact[key] for key in values if key in exact}
        print_json({"descriptors": values, "exact": beside, "choice": choice.document()})
        return
    _print(values, exact, choice.bulk)


def _check_distributions(choice: Choice) -> None:
    """Refuse to write distributions where none are measured."""
    from napari_assb_twin.descriptors.distributions import WITH_DISTRIBUTIONS

    if not {*WITH_DISTRIBUTIONS}.intersection(choice.groups):
        raise InputError(
            f"There are no distributions of {', '.join(choice.groups)}; measure "
            f"{', '.join(WITH_DISTRIBUTIONS)}, or leave --distributions out."
        )


def _of_volume(options: Namespace, choice: Choice) -> tuple[Described, Mapping[str, float | None]]:
    """What measures a volume or a realisation of a twin, and the exact means of a twin."""
    from napari_assb_twin.descriptors.describe import described, exact_values
    from napari_assb_twin.image_input import load_volume
    from napari_assb_twin.measure.sections import Volume

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
    choice = replace(choice, separator=options.separator_side or known or "first")
    return described(volume, choice), exact


def _of_sections(options: Namespace, choice: Choice) -> Described:
    """What measures the sections of ``--plane``."""
    from napari_assb_twin.descriptors.of_sections import check_section_groups, described_sections
    from napari_assb_twin.image_input import images_of
    from napari_assb_twin.measure.sections import Volume

    choice = replace(choice, groups=check_section_groups(choice.groups))
    images = images_of(options.plane, [options.source], options)
    images.tell()
    measured = images.measured()
    assert not isinstance(measured, Volume)  # it is of a plane
    return described_sections(measured, choice.groups, choice.axes)


def _print(
    values: Mapping[str, float | None], exact: Mapping[str, float | None], bulk: Bulk
) -> None:
    width = max(map(len, values))
    for key, value in values.items():
        beside = f"   (exact mean: {exact[key]:.5g})" if exact.get(key) is not None else ""
        unit = unit_of(key, bulk)
        print(f"{key:{width}} {said(key, value):>10} {unit}{beside}".rstrip())
    unsettled = [key for key, value in values.items() if key.startswith("converged.") and not value]
    if unsettled:
        where = ", ".join(key.removeprefix("converged.") for key in unsettled)
        print(
            f"assb-twin: warning: transport did not converge for {where}; these conductivities are "
            "not those of a steady state.",
            file=sys.stderr,
        )


def torch_device(options: Namespace) -> str:
    """Where transport is computed; torch is not imported where nobody asks for it."""
    if "transport" not in options.measure or options.device == "cpu":
        return "cpu"
    from napari_assb_twin.twin.device import choose_backend

    return choose_backend(options.device).name
