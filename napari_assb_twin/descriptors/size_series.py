"""Descriptors in disjoint cubes of several sizes, cut from open realisations."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.descriptors.describe import Choice, Measured, Values, describe
from napari_assb_twin.descriptors.only import only
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import SMALLEST_SIDE, Volume
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.synthesis import generate

Floats = NDArray[np.float64]

PARTS = (4, 3, 2, 1)
"""Into how many parts each edge of a realisation is cut."""

MOST_BOXES = 8
"""Of one size in one realisation."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Series:
    """One descriptor in cubes of several sizes, small ones first.

    Attributes
    ----------
    edges_um
        Edges of the cubes, shape (n,).
    count, mean, deviation
        Cubes of each size, mean and standard deviation of the descriptor in them, shape (n,).
    """

    edges_um: Floats
    count: NDArray[np.int64]
    mean: Floats
    deviation: Floats


def size_series(
    twin: Twin,
    keys: Sequence[str],
    *,
    edge: int,
    realisations: int = 8,
    choice: Choice | None = None,
) -> Generator[Measured, None, dict[str, Series]]:
    """Descriptors of disjoint cubes cut from open realisations (see `representative_boxes`)."""
    parts = [one for one in PARTS if edge // one >= SMALLEST_SIDE]
    if len(parts) < 2:
        raise InputError(
            f"Realisations of {edge} voxels along an edge cannot be cut into boxes of "
            f"{SMALLEST_SIDE} and more; make them {2 * SMALLEST_SIDE} at least."
        )
    if realisations < 4:
        raise InputError(f"{realisations} realisations are too few for a variance; make 4 or more.")
    chosen = only(keys, choice or Choice())
    box = replace(twin.grid, shape=(edge,) * 3, window="open")
    size = (twin.grid.voxel_size_um,) * 3
    found: dict[int, list[Values]] = {one: [] for one in parts}
    per_volume = sum(min(one**3, MOST_BOXES) for one in parts)
    step, total = 0, per_volume * realisations
    for number in range(realisations):
        labels = generate(replace(twin, grid=box, seed=twin.seed + number), device=chosen.device)
        for one in parts:
            for corner in _corners(one, edge):
                yield Measured(step, total, f"Boxes of realisation {number + 1} of {realisations}")
                cut = labels[tuple(slice(start, start + edge // one) for start in corner)]
                measuring = describe(Volume(np.ascontiguousarray(cut), size), chosen)
                values = yield from _quietly(measuring, step, total)
                _check_keys(keys, values)
                found[one].append(values)
                step += 1
    return {
        key: _series(
            key,
            {edge // one * twin.grid.voxel_size_um: [v[key] for v in found[one]] for one in parts},
        )
        for key in keys
    }


def _series(key: str, by_edge: dict[float, list[float | None]]) -> Series:
    whole = {
        edge: np.array(values, dtype=float)
        for edge, values in by_edge.items()
        if all(value is not None for value in values)
    }
    if len(whole) < 2:
        raise InputError(
            f"{key} has no value in some boxes of nearly every size; make the realisations larger."
        )
    deviation = np.array([values.std(ddof=1) for values in whole.values()])
    if not np.all(deviation > 0):
        raise InputError(f"{key} is the same in all boxes of one size; every box is large enough.")
    return Series(
        edges_um=np.array(list(whole)),
        count=np.array([values.size for values in whole.values()]),
        mean=np.array([values.mean() for values in whole.values()]),
        deviation=deviation,
    )


def _check_keys(keys: Sequence[str], values: Values) -> None:
    for key in keys:
        if key not in values:
            name = key.split(".")[0]
            known = [one for one in values if one.split(".")[0] == name]
            raise InputError(
                f"There is no descriptor {key!r}; give phase and axis as in "
                f"{', '.join(known) or f'{name}.pore.z'}."
            )


def _corners(parts: int, edge: int) -> list[tuple[int, int, int]]:
    """First voxels of up to `MOST_BOXES` of the parts^3 disjoint cubes, spread over them."""
    starts = [edge // parts * i for i in range(parts)]
    number = min(parts**3, MOST_BOXES)
    chosen = np.unique(np.linspace(0, parts**3 - 1, number).round().astype(int))
    places = np.unravel_index(chosen, (parts,) * 3)
    return [(starts[z], starts[y], starts[x]) for z, y, x in zip(*places, strict=True)]


def _quietly(
    measuring: Generator[Measured, None, Values], step: int, total: int
) -> Generator[Measured, None, Values]:
    while True:
        try:
            inner = next(measuring)
        except StopIteration as end:
            values: Values = end.value
            return values
        yield Measured(step, total, inner.message)
