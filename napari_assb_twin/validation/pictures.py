"""Which figures there are of a validation, with their titles and what they show in words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from napari_assb_twin.report.pictures import Picture
from napari_assb_twin.validation.figures import (
    curves_figure,
    distributions_figure,
    scores_figure,
    sections_figure,
)
from napari_assb_twin.validation.run import Validation

LINES = (
    "Broad blue: the other half; thin blue: the half that was calibrated on; dashed: "
    "low-parametric twin; dotted: high-parametric twin (means of realisations)."
)


def pictures(validation: Validation) -> Iterator[Picture]:
    """The figures, in their order."""
    yield Picture(
        "sections",
        "Sections",
        "The middle plan view and cross-section of the other half of the data, and of one "
        "realisation of each twin, in the colours of the phases.",
        "One realisation of each twin, in a window of the size and the voxels of the other half. "
        "A twin has the statistics of the data, not its grains in their places.",
        partial(sections_figure, validation),
        "png",
    )
    if any(one.z is not None for row in validation.rows for one in row.twins.values()):
        yield Picture(
            "scores",
            "Differences in standard errors",
            "A mark for each number and twin: its difference from the other half in standard "
            "errors; the table above holds the same numbers.",
            "Twin less other half, in standard errors of the difference: those of two halves of "
            "the data, and of the mean of the realisations. Arrows lie beyond the edge.",
            partial(scores_figure, validation),
        )
    for along_z, name in ((False, "in-plane"), (True, "through-plane")):
        yield Picture(
            f"curves_{name}",
            f"Two-point coverage, {name}",
            f"Six plots of {name} two-point coverage over the lag, one for each pair of phases: "
            "both halves of the data and both twins over each other.",
            LINES,
            partial(curves_figure, validation, along_z),
        )
    for kind, title in (("chords", "Chord lengths"), ("sizes", "Continuous phase sizes")):
        if kind in validation.options.groups:
            yield Picture(
                kind,
                title,
                f"Distribution functions of {title.lower()}, phase by phase: both halves of the "
                "data and both twins over each other.",
                LINES,
                partial(distributions_figure, validation, kind),
            )
