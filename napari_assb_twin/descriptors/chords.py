"""Chord lengths and lineal paths of the phases along an axis of a volume."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from napari_assb_twin.measure.runs import WINDOW, run_lengths
from napari_assb_twin.measure.sections import Labels
from napari_assb_twin.twin.phases import OUTSIDE, PHASES, Phase, code

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Chords:
    """Pieces of parallel lines that lie in one phase.

    Attributes
    ----------
    lengths_um
        0, d, 2 d, ... for voxels with the edge d along the lines.
    density
        Share of chords by length, of those with both ends inside the window.  Its faces cut off
        long chords more often than short ones, so that this share is biased towards short ones.
    lineal_path
        Probability that a segment of that length lies wholly in the phase, among the segments that
        lie wholly in the window; nan where there are none.
    mean_um
        Length of the lines in the phase over half the number of its ends: without that bias.
    """

    lengths_um: Floats
    density: Floats
    lineal_path: Floats
    mean_um: float


def chords(labels: Labels, axis: int, voxel_um: float) -> dict[Phase, Chords | None]:
    """Chords of each phase along an axis; None for a phase that has no end along it.

    Parameters
    ----------
    labels
        Phases (z, y, x) of a volume; 255 is outside the window.
    axis
        0, 1, 2: the direction of the lines.
    voxel_um
        Edge of a voxel along them.
    """
    lines = np.ascontiguousarray(np.moveaxis(labels, axis, -1).reshape(-1, labels.shape[axis]))
    _, runs = run_lengths(lines)
    complete = np.zeros((len(PHASES), lines.shape[1] + 1), dtype=np.int64)
    ends = np.zeros(len(PHASES), dtype=np.int64)
    _count(complete, ends, lines)
    window = _segments(runs[WINDOW])
    number = np.arange(lines.shape[1] + 1)
    found: dict[Phase, Chords | None] = dict.fromkeys(PHASES)
    for phase in PHASES:
        row = code(phase)
        if ends[row]:
            with np.errstate(invalid="ignore"):
                path = np.where(window > 0, _segments(runs[row]) / window, np.nan)
            found[phase] = Chords(
                lengths_um=number * voxel_um,
                density=complete[row] / max(1, complete[row].sum()),
                lineal_path=path,
                mean_um=2.0 * voxel_um * float(runs[row] @ number) / float(ends[row]),
            )
    return found


def _segments(runs: NDArray[np.int64]) -> Floats:
    """Segments from one voxel to the n-th after it that lie in runs: a run of m holds m - n."""
    longer = np.cumsum(runs[::-1])[::-1].astype(float)
    return np.append(np.cumsum(longer[::-1])[::-1][1:], 0.0)


@njit(cache=True, nogil=True)
def _count(complete: Any, ends: Any, lines: Any) -> None:
    """Runs between two measured voxels of other phases, by length; and ends of all runs."""
    for i in range(lines.shape[0]):
        start = 0
        for j in range(1, lines.shape[1] + 1):
            last = j == lines.shape[1]
            if not last and lines[i, j] == lines[i, start]:
                continue
            phase = lines[i, start]
            if phase != OUTSIDE:
                before = start > 0 and lines[i, start - 1] != OUTSIDE
                after = not last and lines[i, j] != OUTSIDE
                ends[phase] += before + after
                if before and after:
                    complete[phase, j - start] += 1
            start = j
