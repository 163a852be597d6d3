"""Validation against 3D: a twin from sections of one half of a volume, beside its other half."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from napari_assb_twin.commands import arguments
from napari_assb_twin.commands.arguments import AddCommand
from napari_assb_twin.commands.choice_options import groups_option, separator_side_option
from napari_assb_twin.commands.image_options import image_options
from napari_assb_twin.commands.output import ProgressBar, print_json
from napari_assb_twin.errors import InputError
from napari_assb_twin.validation.options import ValidationOptions


def add_parsers(command: AddCommand) -> None:
    """The subcommands of this file."""
    sub = command(
        "validate",
        validate,
        "a twin from sections of one half of a volume, compared with its other half",
    )
    image_options(sub, planes=False)
    sub.set_defaults(planes=[], xy=[], xz=[], yz=[])
    sub.add_argument("--volume", type=Path, required=True, metavar="V.tif")
    arguments.fields_of(sub, ValidationOptions)
    groups_option(sub, "; without transport it takes half the time")
    separator_side_option(sub, "the volume says")
    arguments.device(sub)
    arguments.output(sub, "DIR")


def validate(options: Namespace) -> None:
    """Calibrate, compare, and write table, figures, page and twins into a folder."""
    from napari_assb_twin.atomic import whole_folder
    from napari_assb_twin.commands.descriptors import torch_device
    from napari_assb_twin.image_input import images_of
    from napari_assb_twin.measure.sections import Volume
    from napari_assb_twin.steps import finished
    from napari_assb_twin.validation.page import SOMETIMES, fill_folder
    from napari_assb_twin.validation.run import TWINS, validation
    from napari_assb_twin.validation.table import document
    from napari_assb_twin.validation.verdict import verdict

    device = torch_device(options)
    with whole_folder(options.output, stale=SOMETIMES) as aside:
        images = images_of("volume", [options.volume], options)
        volume = images.measured()
        if not isinstance(volume, Volume):
            raise InputError(f"{options.volume} is no volume; give a file with three axes.")
        images.tell()
        note = images.opened[0].draft.single_volume.note if options.pressing_axis == 0 else None
        known = None if note is None else note.separator_side
        chosen = ValidationOptions(
            groups=tuple(options.measure),
            separator=options.separator_side or known or "first",
            **arguments.given(options, ValidationOptions),
        )
        run = validation(
            volume, chosen, sources=images.sources, reading=[images.reading()], device=device
        )
        with ProgressBar() as bar:
            found = finished(run, bar)
        fill_folder(aside, found)
    if options.json:
        print_json({"folder": str(options.output), **document(found)})
        return
    print(options.output / "validation.html")
    for name in TWINS:
        said = verdict(found.rows, name)
        print(f"{name} twin: {said.word}. {said.sentence}")
