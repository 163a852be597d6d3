"""Two-point coverage functions estimated from sections and volumes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.pair_counts import probabilities, section_counts, window_counts
from napari_assb_twin.measure.sections import (
    Labels,
    Measured,
    Plane,
    SectionStack,
    Volume,
    check_complete,
    volume_fractions,
)
from napari_assb_twin.measure.volume_counts import line_counts, plane_counts
from napari_assb_twin.twin.curves import Curves
from napari_assb_twin.twin.exact import DIRECTIONS, Direction
from napari_assb_twin.twin.threads import run_all

Floats = NDArray[np.float64]

LONGEST_LAG = 128
"""Lags reach to a quarter of the shortest side, and at most this many pixels."""

VOLUME_BATCHES = 8


def estimate_coverage(
    labels: Labels | Sequence[Labels],
    *,
    voxel_size_um: float | Sequence[float],
    plane: Plane | None = None,
    direction: Direction = "in-plane",
    lags_um: ArrayLike | None = None,
) -> Curves:
    """Two-point coverage of a volume, a section or a stack of sections.

    C_ij(h) is the share of position pairs a lag h apart, both inside the window, that hold phases
    i and j (ratio of sums over all sections; nothing is periodic, 255 is outside).

    Parameters
    ----------
    labels
        uint8 codes 0, 1, 2, 255.  Without ``plane`` a volume (z, y, x); with it one section, a
        sequence of sections, or a stack with the sections along axis 0.
    voxel_size_um
        Edge of a voxel, or edges (z, y, x) of a volume and (rows, columns) of sections.
    plane
        ``"xy"``, ``"xz"`` or ``"yz"``; the latter two have z along their rows.
    direction
        In the plane, curves of xy planes are averaged over all directions in rings one pixel wide
        and stand at the mean lag of the ring; else they run along an axis of the image.
    lags_um
        Lags to interpolate to, linearly; default: every pixel up to a quarter of the shortest
        side.

    Returns
    -------
    Curves with standard errors by the jackknife over sections, over the quarters of a single
    section, or over eight slabs of a volume.  They take sections to be independent; for a stack
    of neighbours they are too small.

    Raises
    ------
    InputError
        If the array holds no three phases, or the sections do not contain the direction.
    """
    if direction not in DIRECTIONS:
        raise InputError(f"direction is {direction!r}; it must be in-plane or through-plane.")
    if plane is None:
        volume = Volume(np.asarray(labels), _sizes(voxel_size_um, 3))
        check_complete(volume)
        curves = measured_coverage(volume, direction)
    else:
        images = list(labels) if not _is_section(labels) else [np.asarray(labels)]
        stack = SectionStack(plane, tuple(images), _sizes(voxel_size_um, 2))
        check_complete((stack,))
        curves = measured_coverage((stack,), direction)
    if curves is None:
        raise InputError(
            "Plan views (xy) do not contain the pressing direction; through-plane curves need a "
            "cross-section (xz or yz) or a volume."
        )
    return curves if lags_um is None else at_lags(curves, lags_um)


def measured_coverage(
    measured: Measured, direction: Direction, *, periodic: bool = False
) -> Curves | None:
    """Curves of all measured data in one direction; None if they do not contain it.

    In the plane, plan views (xy) are preferred to the rows of cross-sections.  A ``periodic``
    volume has no edges: every voxel is counted at every lag.
    """
    if isinstance(measured, Volume):
        return _volume_curves(measured, direction, periodic)
    usable = [stack for stack in measured if direction == "in-plane" or stack.plane != "xy"]
    if direction == "in-plane" and any(stack.plane == "xy" for stack in usable):
        usable = [stack for stack in usable if stack.plane == "xy"]
    if not usable:
        return None
    stack = merged(usable)
    parts = [
        _section_profile(image, stack, direction, reach_of(image.shape)) for image in stack.images
    ]
    blocks = parts
    if len(parts) == 1:
        (image,) = stack.images
        reach = reach_of(image.shape)
        blocks = [_section_profile(q, stack, direction, reach) for q in _quarters(image)]
    return _curves(parts, blocks, volume_fractions(stack.images), direction)


def merged(stacks: Sequence[SectionStack]) -> SectionStack:
    """Stacks that can be measured as one; `InputError` if their pixel sizes differ."""
    first = stacks[0]
    for stack in stacks[1:]:
        if not np.allclose(stack.pixel_size_um, first.pixel_size_um, rtol=1e-6):
            raise InputError(
                "The sections have different pixel sizes ("
                + " and ".join("x".join(f"{d:g}" for d in s.pixel_size_um) for s in (first, stack))
                + " µm); rescale them to one pixel size first."
            )
    images = tuple(image for stack in stacks for image in stack.images)
    return SectionStack(first.plane, images, first.pixel_size_um, first.spacing_um)


def at_lags(curves: Curves, lags_um: ArrayLike) -> Curves:
    """Curves interpolated linearly to other lags; `InputError` beyond the measured ones."""
    lags = np.atleast_1d(np.asarray(lags_um, dtype=float))
    longest = float(curves.lags_um[-1])
    if not np.all(np.isfinite(lags)) or lags.min() < 0 or lags.max() > longest * (1 + 1e-9):
        raise InputError(
            f"The lags must lie between 0 and {longest:.4g} µm, a quarter of the shortest side of "
            "the image."
        )

    def interpolated(rows: Floats) -> Floats:
        return np.stack([np.interp(lags, curves.lags_um, row) for row in rows])

    errors = curves.standard_error
    return Curves(
        lags_um=lags,
        values=interpolated(curves.values),
        volume_fractions=curves.volume_fractions,
        direction=curves.direction,
        standard_error=None if errors is None else interpolated(errors),
    )


@dataclass(frozen=True, eq=False)
class _Profile:
    """Pair counts (6, n) of one part of the data along one direction, and their lags (n,)."""

    lags_um: Floats
    counts: Floats


def reach_of(shape: Sequence[int]) -> int:
    """Longest lag in pixels that an image of this shape can tell something of."""
    return min(LONGEST_LAG, min(shape) // 4)


def _quarters(image: Labels) -> list[Labels]:
    return [part for half in np.array_split(image, 2) for part in np.array_split(half, 2, axis=1)]


def _section_profile(
    image: Labels, stack: SectionStack, direction: Direction, reach: int
) -> _Profile:
    steps = np.arange(reach + 1, dtype=np.float64)
    rows, columns = stack.pixel_size_um
    if stack.plane == "xy":
        return ring_profile(section_counts(image, (reach, reach)), stack.pixel_size_um)
    if direction == "in-plane":
        return _Profile(columns * steps, section_counts(image, (0, reach))[:, 0, reach:])
    return _Profile(rows * steps, section_counts(image, (reach, 0))[:, :, 0])


def ring_profile(counts: Floats, pixel_size_um: tuple[float, float]) -> _Profile:
    """Counts summed over rings |h| in [n - 1/2, n + 1/2) pixels, at the mean |h| of the ring."""
    ring, h = rings(counts.shape[1:], pixel_size_um)
    reach = int(min(ring[-1, ring.shape[1] // 2], ring[0, -1]))
    inside = ring <= reach
    index = ring[inside]
    members = np.bincount(index)
    lags = np.bincount(index, weights=h[inside]) / members
    summed: Floats = np.stack(
        [np.bincount(index, weights=c[inside]).astype(np.float64) for c in counts]
    )
    return _Profile(lags, summed)


def rings(
    shape: Sequence[int], pixel_size_um: tuple[float, float]
) -> tuple[NDArray[np.int64], Floats]:
    """Ring number and length |h| in micrometres of every lag of a half plane of counts.

    Lags of row 0 left of the middle repeat those right of it and are put in no ring.
    """
    rows, width = shape
    columns = width // 2
    r = pixel_size_um[0] * np.arange(rows)[:, None]
    c = pixel_size_um[1] * np.arange(-columns, columns + 1)[None, :]
    h = np.hypot(r, c)
    ring = np.floor(h / min(pixel_size_um) + 0.5).astype(np.int64)
    ring[0, :columns] = np.iinfo(np.int64).max
    return ring, h


def _volume_curves(volume: Volume, direction: Direction, periodic: bool) -> Curves:
    """The parts are slabs: of z for planes, of y for lines, which a lag thus never leaves."""
    labels = volume.labels
    dz, dy, dx = volume.voxel_size_um
    in_plane = direction == "in-plane"
    reach = reach_of(labels.shape[1:] if in_plane else labels.shape[:1])
    slabs = np.array_split(labels, VOLUME_BATCHES, axis=0 if in_plane else 1)
    parts: list[_Profile | None] = [None] * len(slabs)

    def count(number: int) -> None:
        if in_plane:
            counts = plane_counts(slabs[number], (reach, reach), periodic=periodic)
            parts[number] = ring_profile(counts, (dy, dx))
        else:
            lags = dz * np.arange(reach + 1, dtype=np.float64)
            parts[number] = _Profile(lags, line_counts(slabs[number], reach, periodic=periodic))

    run_all(count, range(len(slabs)))
    found = [part for part in parts if part is not None]
    return _curves(found, found, volume_fractions([labels]), direction)


def _curves(
    parts: list[_Profile],
    blocks: list[_Profile],
    fractions: dict[Any, float],
    direction: Direction,
) -> Curves:
    """Curves of all parts together, with standard errors from the spread over blocks."""
    length = min(part.counts.shape[1] for part in parts)
    total = np.asarray(sum(part.counts[:, :length] for part in parts))
    spanned = window_counts(total) > 0
    total = total[:, spanned]
    spread = np.stack([block.counts[:, :length][:, spanned] for block in blocks])
    return Curves(
        lags_um=parts[0].lags_um[:length][spanned],
        values=probabilities(total),
        volume_fractions=fractions,
        direction=direction,
        standard_error=_jackknife(spread),
    )


def _jackknife(counts: Floats) -> Floats:
    """Standard error of the ratio of sums over blocks, counts (blocks, 6, n)."""
    total = counts.sum(axis=0)
    estimate = np.nan_to_num(probabilities(total))
    left_out = np.stack([probabilities(total - block) for block in counts])
    left_out = np.where(np.isnan(left_out), estimate, left_out)  # a lag that one block alone spans
    n = len(counts)
    return np.asarray(np.sqrt((n - 1) / n * ((left_out - left_out.mean(axis=0)) ** 2).sum(axis=0)))


def _is_section(labels: Labels | Sequence[Labels]) -> bool:
    return isinstance(labels, np.ndarray) and labels.ndim == 2


def _sizes(value: float | Sequence[float], count: int) -> Any:
    sizes = tuple(np.atleast_1d(np.asarray(value, dtype=float)).tolist())
    if len(sizes) == 1:
        return sizes * count
    if len(sizes) != count:
        raise InputError(
            f"voxel_size_um has {len(sizes)} values; give one, or one for each of the {count} axes."
        )
    return sizes
