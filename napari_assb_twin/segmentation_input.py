"""The options of the command that say how the values of images become phases."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from napari_assb_twin.commands.output import ProgressBar
from napari_assb_twin.errors import InputError
from napari_assb_twin.images.draft import Draft, Segmentation
from napari_assb_twin.images.image import AnyArray, Image
from napari_assb_twin.images.labels import parse_phases
from napari_assb_twin.images.planes import Selection
from napari_assb_twin.images.reading import read_image
from napari_assb_twin.images.scribbles import Scribbles
from napari_assb_twin.images.segmentation import GreySegmentation
from napari_assb_twin.images.thresholds import DARK_TO_BRIGHT, parse_order, parse_thresholds
from napari_assb_twin.images.trained_segmentation import (
    ForestOptions,
    TrainedSegmentation,
    train,
)
from napari_assb_twin.images.treatment import Treatment, parse_contrast, parse_denoising

AUTO = "auto"
ABOUT_THRESHOLDS = ("dark_to_bright", "threshold_doubt")
ABOUT_GREYS = ("contrast", "flatten", "denoise", "min_object_px")


@dataclass(frozen=True)
class Untrained:
    """Scribbles that a forest is to learn from, and how."""

    scribbles: tuple[Path, ...]
    options: ForestOptions

    def trained(self, drafts: Sequence[Draft]) -> TrainedSegmentation:
        """What the forest makes of all images.

        Raises
        ------
        InputError
            If the scribbles do not suit the images, or these hold no grey values.
        """
        images = [image for draft in drafts for image in draft.images]
        arrays, sources = [i.array for i in images], [i.source for i in images]
        painted = [
            _painted(path, images[i] if i < len(images) else None)
            for i, path in enumerate(self.scribbles)
        ]
        source = sources[0] if len(sources) == 1 else "the sections together"
        run = train(arrays, Scribbles.of(painted, arrays, sources), self.options, source=source)
        with ProgressBar() as bar:
            while True:
                try:
                    bar(next(run))
                except StopIteration as end:
                    trained: TrainedSegmentation = end.value
                    return trained


def _painted(path: Path, image: Image | None) -> AnyArray:
    """Scribbles over a whole file, where a part of it is used."""
    scribbles = read_image(path)
    if image is None or scribbles.array.shape == image.array.shape or not image.crop.ranges:
        return scribbles.array
    return Selection(crop=image.crop).of(scribbles, 0).array


def segmentation_from(options: Namespace) -> Segmentation | Untrained:
    """How values become phases, after options that do not go together are refused.

    Raises
    ------
    InputError
        If an option cannot be used, alone or with the others.
    """
    ways = {"phases": "labels", "thresholds": "grey values", "scribbles": "learning from examples"}
    given = [way for way in ways if getattr(options, way)]
    if len(given) > 1:
        told = ", ".join(f"--{way} is for {ways[way]}" for way in given)
        raise InputError(f"{told}; give one of them.")
    way = given[0] if given else None
    if way != "thresholds":
        _refuse(options, ABOUT_THRESHOLDS, "--thresholds 90,160 or --thresholds auto")
    if way in (None, "phases"):
        _refuse(options, ABOUT_GREYS, "--thresholds auto, --thresholds 90,160 or --scribbles")
    if way == "phases":
        return parse_phases(options.phases)
    if way == "scribbles":
        return Untrained(tuple(options.scribbles), ForestOptions(**_around(options)))
    if way == "thresholds":
        return GreySegmentation(**_thresholds(options), **_around(options))
    return None


def _refuse(options: Namespace, names: Sequence[str], wanted: str) -> None:
    for name in names:
        if getattr(options, name, None) not in (None, False):
            raise InputError(
                f"--{name.replace('_', '-')} is about grey values; it goes with {wanted}."
            )


def _thresholds(options: Namespace) -> dict[str, Any]:
    order = DARK_TO_BRIGHT
    if options.dark_to_bright is not None:
        order = parse_order(options.dark_to_bright)
    if options.thresholds.strip() == AUTO:
        return {"dark_to_bright": order}
    cut = parse_thresholds(options.thresholds)
    return {"thresholds": (cut.low, cut.high), "dark_to_bright": order}


def _around(options: Namespace) -> dict[str, Any]:
    """What is done before the phases are told apart, and after."""
    treatment = Treatment(
        contrast=None if options.contrast is None else parse_contrast(options.contrast),
        flatten=options.flatten,
        denoise=None if options.denoise is None else parse_denoising(options.denoise),
    )
    return {"treatment": treatment, "min_object_px": options.min_object_px or 0}
