"""The options of the command that say how the values of images become phases."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.draft import Segmentation
from napari_assb_twin.images.labels import parse_phases
from napari_assb_twin.images.segmentation import GreySegmentation
from napari_assb_twin.images.thresholds import parse_order, parse_thresholds
from napari_assb_twin.images.treatment import Treatment, parse_contrast, parse_denoising

AUTO = "auto"
ABOUT_GREYS = (
    *("dark_to_bright", "threshold_doubt"),
    *("contrast", "flatten", "denoise", "min_object_px"),
)
"""Options that mean something for grey values only."""


def segmentation_from(options: Namespace) -> Segmentation:
    """How values become phases, after options that do not go together are refused.

    Raises
    ------
    InputError
        If an option cannot be used, alone or with the others.
    """
    if options.thresholds is None:
        for name in ABOUT_GREYS:
            if getattr(options, name, None) not in (None, False):
                raise InputError(
                    f"--{name.replace('_', '-')} is about grey values that thresholds part; give "
                    "them as --thresholds 90,160, or let them be chosen with --thresholds auto."
                )
        return None if options.phases is None else parse_phases(options.phases)
    if options.phases is not None:
        raise InputError(
            "--phases is for images of labels, --thresholds for grey values; give one of them."
        )
    given: dict[str, Any] = {}
    if options.dark_to_bright is not None:
        given["dark_to_bright"] = parse_order(options.dark_to_bright)
    if options.thresholds.strip() != AUTO:
        cut = parse_thresholds(options.thresholds)
        given["thresholds"] = (cut.low, cut.high)
    if options.min_object_px is not None:
        given["min_object_px"] = options.min_object_px
    return GreySegmentation(treatment=_treatment(options), **given)


def _treatment(options: Namespace) -> Treatment:
    return Treatment(
        contrast=None if options.contrast is None else parse_contrast(options.contrast),
        flatten=options.flatten,
        denoise=None if options.denoise is None else parse_denoising(options.denoise),
    )
