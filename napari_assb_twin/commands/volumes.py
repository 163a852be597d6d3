"""Curves, and files for other programs."""

from __future__ import annotations

import argparse
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari_assb_twin.commands import arguments
from napari_assb_twin.commands.arguments import AddCommand
from napari_assb_twin.commands.generation import realise
from napari_assb_twin.commands.image_options import image_options
from napari_assb_twin.commands.output import ProgressBar, print_json, tell
from napari_assb_twin.commands.outputs import parts_of
from napari_assb_twin.errors import InputError
from napari_assb_twin.export.formats import FORMATS
from napari_assb_twin.export.options import OPTIONS, SMALLEST, WORDS, ExportOptions, option_of
from napari_assb_twin.twin.phases import PAIRS, SHORT_NAMES

if TYPE_CHECKING:
    from napari_assb_twin.export.source import Source


def add_parsers(command: AddCommand) -> None:
    """The subcommands of this file."""
    sub = command(
        "coverage",
        coverage,
        "two-point coverage: exact curves of a twin, or estimated ones of an image",
    )
    sub.add_argument("source", type=Path, metavar="A.twin.json|IMAGE")
    sub.add_argument("--lags-um", type=arguments.numbers, metavar="H,H,...")
    sub.add_argument("--direction", choices=("in-plane", "through-plane"), default="in-plane")
    sub.add_argument("--plane", choices=("xy", "xz", "yz"), help="of a section")
    sub.add_argument(
        "-o", "--output", type=Path, metavar="CURVES.csv", help="write a table instead of printing"
    )
    image_options(sub)

    sub = command("export", export, "files for other programs")
    sub.epilog = "Formats: " + "; ".join(f"{one.name}: {one.files}" for one in FORMATS.values())
    sub.add_argument("source", type=Path, metavar="V.tif|A.twin.json")
    sub.add_argument("--to", choices=tuple(FORMATS), required=True)
    _export_options(sub)
    image_options(sub)
    arguments.device(sub)
    arguments.output(sub, "DIR")


def _export_options(sub: argparse.ArgumentParser) -> None:
    for name in OPTIONS:
        told = WORDS[name]
        text = told.help_with(getattr(ExportOptions(), name))
        how: dict[str, Any] = {"type": arguments.number}
        if told.choices:
            how = {"choices": told.values}
        elif name == "resample_um":
            how = {"type": arguments.edge, "nargs": "?", "const": SMALLEST, "metavar": "D"}
            text += " or with a unit, as 50nm; without D the smallest edge"
        else:
            how |= {"metavar": "D"}
        sub.add_argument(option_of(name), dest=name, help=text, **how)


def coverage(options: Namespace) -> None:
    """Print exact or estimated curves."""
    if options.source.suffix == ".json":
        from napari_assb_twin.twin import exact
        from napari_assb_twin.twin.twin_file import load_twin

        twin = load_twin(options.source)
        if options.plane is not None:
            raise InputError("--plane is for images; a twin has --direction only.")
        if options.lags_um is None:
            raise InputError("The exact curves need lags; give them as --lags-um 0.1,0.2,0.5.")
        kind, curves = "model", exact.coverage(twin, options.lags_um, direction=options.direction)
    else:
        from napari_assb_twin.image_input import images_of
        from napari_assb_twin.measure.coverage import at_lags, measured_coverage

        images = images_of(options.plane or "volume", [options.source], options)
        estimated = measured_coverage(images.measured(), options.direction)
        if estimated is None:
            raise InputError(
                "Plan views (xy) do not contain the pressing direction; use --plane xz or yz, or "
                "--direction in-plane."
            )
        images.tell()
        kind = "measured"
        curves = estimated if options.lags_um is None else at_lags(estimated, options.lags_um)
    if options.output is not None:
        from napari_assb_twin.export.curves_csv import write_curves_csv

        write_curves_csv(options.output, {kind: curves})
    if options.json:
        print_json(curves.document())
        return
    if options.output is not None:
        print(options.output)
        return
    names = [f"{SHORT_NAMES[i]}-{SHORT_NAMES[j]}" for i, j in PAIRS]
    print("lag_um  " + "  ".join(f"{name:>9}" for name in names))
    for lag, row in zip(curves.lags_um, curves.values.T, strict=True):
        print(f"{lag:<7.4g} " + "  ".join(f"{value:9.6f}" for value in row))


def export(options: Namespace) -> None:
    """Write files for other programs."""
    import warnings

    from napari_assb_twin.errors import TwinWarning
    from napari_assb_twin.export.formats import check_belongs
    from napari_assb_twin.export.options import OPTIONS, ExportOptions
    from napari_assb_twin.export.run import export as steps_of_export
    from napari_assb_twin.steps import finished

    given = {name: getattr(options, name) for name in OPTIONS}
    given = {name: value for name, value in given.items() if value is not None}
    for name in given:
        check_belongs(options.to, name)
    steps = steps_of_export(
        _source(options),
        options.output,
        to=options.to,
        options=ExportOptions(**given),
        stem=_stem(options.source),
        kept=parts_of(options.source),
    )
    with ProgressBar() as bar:
        done = finished(steps, bar)
    for sentence in done.reservations:
        warnings.warn(sentence, TwinWarning, stacklevel=1)
    document = {
        "folder": str(options.output),
        "entries": list(done.entries),
        "bytes": done.bytes,
        "reservations": list(done.reservations),
    }
    tell(options, document, options.output)


def _stem(path: Path) -> str:
    """What files made from this one are called: its name without what says the format."""
    path = path.resolve()
    if path.is_dir() and path.suffix != ".zarr":
        return path.name  # a folder of slices
    return path.stem.removesuffix(".twin").removesuffix(".ome")


def _source(options: Namespace) -> Source:
    """The volume of a file, or a realisation of a twin."""
    from napari_assb_twin.export.source import Source

    if options.source.suffix == ".json":
        from napari_assb_twin.calibration.verdict_lines import verdict_lines
        from napari_assb_twin.twin.twin_file import load_twin

        twin = load_twin(options.source)
        return Source.of(realise(twin, options.device), verdict_lines(twin))
    from napari_assb_twin.image_input import load_volume

    volume = load_volume(options.source, options)
    return Source(
        labels=volume.labels,
        codes=volume.codes,
        voxel_size_um=volume.voxel_size_um,
        separator_side=None if volume.note is None else volume.note.separator_side,
        graded=volume.note is not None and volume.note.graded,
    )
