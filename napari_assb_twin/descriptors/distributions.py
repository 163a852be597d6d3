"""Distributions behind the descriptors, as points of a curve: for plots and tables."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.csv_file import write_csv
from napari_assb_twin.descriptors.chords import Chords
from napari_assb_twin.descriptors.definition import Group
from napari_assb_twin.descriptors.geodesic import Geodesic
from napari_assb_twin.descriptors.sizes import PhaseSizes
from napari_assb_twin.twin.phases import Phase

Kind = Literal["chord_length", "lineal_path", "phase_size", "intruded_size", "geodesic_tortuosity"]
Floats = NDArray[np.float64]

WITH_DISTRIBUTIONS: tuple[Group, ...] = ("chords", "geodesic", "sizes")
"""Groups of descriptors that have distributions behind them."""

BINS = 40
"""Of the geodesic tortuosities, between the least and the greatest."""

COLUMNS = ("distribution", "phase", "axis", "x", "unit", "y")


@dataclass(frozen=True)
class Words:
    """What a distribution is called, and what its axes hold.

    Attributes
    ----------
    title, x, y
        On screen.
    unit
        Of x; empty for a ratio.
    text
        What it is.
    """

    title: str
    x: str
    unit: str
    y: str
    text: str


WORDS: Mapping[Kind, Words] = {
    "chord_length": Words(
        "Chord lengths",
        "chord",
        "µm",
        "share of chords",
        "Share of the chords by length, of those with both ends inside the box: its faces cut off "
        "long chords more often than short ones.",
    ),
    "lineal_path": Words(
        "Lineal path",
        "length",
        "µm",
        "probability",
        "Probability that a segment along the axis lies wholly in the phase, of those that lie "
        "wholly in the box.",
    ),
    "phase_size": Words(
        "Phase sizes",
        "radius",
        "µm",
        "share covered",
        "Share of the phase's volume that is covered by balls of at least that radius which lie "
        "within it (continuous phase size distribution).",
    ),
    "intruded_size": Words(
        "Intruded sizes",
        "radius",
        "µm",
        "share covered",
        "Share covered by balls of at least that radius which came in from the first layer along "
        "the axis (simulated mercury intrusion).",
    ),
    "geodesic_tortuosity": Words(
        "Geodesic tortuosities",
        "geodesic tortuosity",
        "",
        "share of voxels",
        f"Share of the reached voxels of the last layer by the length of their shortest path over "
        f"the distance of the two layers, in {BINS} equal bins.",
    ),
}


@dataclass(frozen=True, eq=False, kw_only=True)
class Distribution:
    """One curve: of a phase, along an axis or (axis None) in all directions alike."""

    kind: Kind
    phase: Phase
    axis: str | None
    x: Floats
    y: Floats


def of_chords(found: Chords, phase: Phase, axis: str) -> tuple[Distribution, Distribution]:
    """Chord lengths and lineal path, as far as there are any."""
    last = int(np.flatnonzero(found.density)[-1]) if found.density.any() else 0
    known = np.flatnonzero(np.nan_to_num(found.lineal_path) > 0)
    end = int(known[-1]) + 1 if known.size else 1
    return (
        Distribution(
            kind="chord_length",
            phase=phase,
            axis=axis,
            x=found.lengths_um[: last + 1],
            y=found.density[: last + 1],
        ),
        Distribution(
            kind="lineal_path",
            phase=phase,
            axis=axis,
            x=found.lengths_um[:end],
            y=found.lineal_path[:end],
        ),
    )


def of_sizes(found: PhaseSizes, phase: Phase) -> Iterable[Distribution]:
    """Phase sizes, and those of intrusion along each axis."""
    yield Distribution(kind="phase_size", phase=phase, axis=None, x=found.radii_um, y=found.filled)
    for axis, entered in found.entered.items():
        yield Distribution(
            kind="intruded_size", phase=phase, axis=axis, x=found.radii_um, y=entered
        )


def of_geodesic(found: Geodesic, phase: Phase, axis: str) -> Distribution:
    """Shares of the lengths of shortest paths; x is the middle of each bin."""
    counts, edges = np.histogram(found.ratios, bins=BINS)
    return Distribution(
        kind="geodesic_tortuosity",
        phase=phase,
        axis=axis,
        x=(edges[:-1] + edges[1:]) / 2,
        y=counts / counts.sum(),
    )


def write_distributions_csv(
    path: str | os.PathLike[str], distributions: Iterable[Distribution]
) -> Path:
    """Write distributions as CSV (UTF-8), one point a row; returns the path.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    rows = (
        (one.kind, one.phase, one.axis, x, WORDS[one.kind].unit, y)
        for one in distributions
        for x, y in zip(one.x.tolist(), one.y.tolist(), strict=True)
    )
    return write_csv(path, COLUMNS, rows)
