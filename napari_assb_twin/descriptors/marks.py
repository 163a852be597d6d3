"""Parts of a volume to look at: what percolates, what hangs on nothing, what is utilised, paths."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_assb_twin.descriptors.networks import connected
from napari_assb_twin.descriptors.paths import paths_from_first
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.percolation import AXES
from napari_assb_twin.measure.sections import Volume
from napari_assb_twin.twin.gradient import SeparatorSide
from napari_assb_twin.twin.phases import LONG_NAMES, Phase, code

MarkKind = Literal["percolating", "disconnected", "utilised", "paths"]

PATHS = 24
"""Shortest paths that are marked, to ends that are spread over the last layer."""

MOST_CLUSTERS = 65_534
"""Disconnected clusters with a number of their own; smaller ones share the last."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Marks:
    """Numbers for the voxels of a volume.

    Attributes
    ----------
    labels
        (z, y, x), uint8 or uint16; 0 is not marked.
    meanings
        What the numbers stand for; empty where each is a cluster of its own.
    told
        One sentence on all of it.
    """

    labels: NDArray[Any]
    meanings: Mapping[int, str]
    told: str


@dataclass(frozen=True, kw_only=True)
class MarkChoice:
    """What is marked: the kind, whose (not of ``"utilised"``), and along which axis."""

    kind: MarkKind
    phase: Phase = "solid_electrolyte"
    axis: str = "z"
    separator: SeparatorSide = "first"


def mark(volume: Volume, choice: MarkChoice) -> Generator[None, None, Marks]:
    """Mark a part of a volume, in one step.

    Raises
    ------
    InputError
        If there is nothing of it in the volume.
    """
    yield
    if choice.kind != "utilised" and not (volume.labels == code(choice.phase)).any():
        raise InputError(f"There is no {LONG_NAMES[choice.phase]} in this volume.")
    return _MARKS[choice.kind](volume, choice)


def _percolating(volume: Volume, choice: MarkChoice) -> Marks:
    inside = volume.labels == code(choice.phase)
    found, count = _clusters(inside)
    axis = AXES.index(choice.axis)
    first, last = (np.unique(np.take(found, i, axis)) for i in (0, -1))
    through = np.zeros(count + 1, dtype=bool)
    through[np.intersect1d(first, last)] = True
    through[0] = False
    marks = np.where(inside, np.uint8(2), np.uint8(0))
    marks[through[found]] = 1
    share = (marks == 1).sum() / inside.sum()
    return Marks(
        labels=marks,
        meanings={1: f"reaches along {choice.axis}", 2: "does not"},
        told=f"{100 * share:.3g} % of {LONG_NAMES[choice.phase]} percolates along {choice.axis}.",
    )


def _disconnected(volume: Volume, choice: MarkChoice) -> Marks:
    """All clusters but the largest, numbered from the largest to the smallest."""
    inside = volume.labels == code(choice.phase)
    found, count = _clusters(inside)
    sizes = np.bincount(found.ravel(), minlength=count + 1)
    sizes[0] = 0
    order = np.argsort(-sizes[1:], kind="stable") + 1
    number = np.zeros(count + 1, dtype=np.uint16)
    number[order[1:]] = np.minimum(np.arange(1, count), MOST_CLUSTERS)
    rest = 1 - sizes[order[0]] / sizes.sum()
    return Marks(
        labels=number[found],
        meanings={},
        told=f"{count - 1} clusters of {LONG_NAMES[choice.phase]} apart from the largest one: "
        f"{100 * rest:.3g} % of the phase.",
    )


def _utilised(volume: Volume, choice: MarkChoice) -> Marks:
    active = volume.labels == code("active_material")
    if not active.any():
        raise InputError(f"There is no {LONG_NAMES['active_material']} in this volume.")
    _, electrons, utilised = connected(volume.labels, choice.separator)
    marks = np.where(active, np.uint8(3), np.uint8(0))
    marks[electrons] = 2
    marks[utilised] = 1
    share = utilised.sum() / active.sum()
    return Marks(
        labels=marks,
        meanings={
            1: "utilised",
            2: "at the collector, but touches no electrolyte that is connected to the separator",
            3: "not connected to the collector",
        },
        told=f"{100 * share:.3g} % of the CAM is utilised.",
    )


def _paths(volume: Volume, choice: MarkChoice) -> Marks:
    axis = AXES.index(choice.axis)
    turned = np.moveaxis(volume.labels == code(choice.phase), axis, 0)
    sizes = [volume.voxel_size_um[axis]]
    sizes += [d for i, d in enumerate(volume.voxel_size_um) if i != axis]
    paths = paths_from_first(turned, sizes)
    ends = np.argwhere(np.isfinite(paths.lengths[-1]))
    if not len(ends):
        raise InputError(
            f"No path leads through {LONG_NAMES[choice.phase]} along {choice.axis} in this volume."
        )
    marks = np.zeros(turned.shape, dtype=np.uint8)
    chosen = ends[np.linspace(0, len(ends) - 1, min(PATHS, len(ends))).astype(int)]
    for y, x in chosen.tolist():
        marks[tuple(paths.to((len(marks) - 1, y, x)).T)] = 1
    return Marks(
        labels=np.ascontiguousarray(np.moveaxis(marks, 0, axis)),
        meanings={1: "shortest path"},
        told=f"The shortest paths to {len(chosen)} of the {len(ends)} voxels of the last layer "
        f"along {choice.axis} that are reached through {LONG_NAMES[choice.phase]}.",
    )


def _clusters(inside: NDArray[np.bool_]) -> tuple[NDArray[Any], int]:
    labelled: Any = ndimage.label(inside)
    found, count = labelled
    return found, int(count)


_MARKS: Mapping[MarkKind, Callable[[Volume, MarkChoice], Marks]] = {
    "percolating": _percolating,
    "disconnected": _disconnected,
    "utilised": _utilised,
    "paths": _paths,
}
