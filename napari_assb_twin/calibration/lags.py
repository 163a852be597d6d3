"""The lags at which a twin is compared with data, and the measured curves there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.coverage import merged, rings
from napari_assb_twin.measure.pair_counts import pooled_counts, probabilities, section_counts
from napari_assb_twin.measure.section_statistics import grouped, plane_kind
from napari_assb_twin.measure.sections import Labels, Measured, SectionStack, Volume
from napari_assb_twin.measure.sections import volume_fractions as fractions_of
from napari_assb_twin.twin.phases import OUTSIDE, PAIRS, Phase

Floats = NDArray[np.float64]

ANGLES = 7
"""Directions of the lags in a cross-section, from in-plane (0) to through-plane (90 degrees)."""

SHORT_RADII = 8
RADII_GROWTH = 1.22
LONGEST_RADIUS = 40
PIXELS_PER_PLANE_SET = 16 * 256 * 256


@dataclass(frozen=True, eq=False)
class LagData:
    """Measured two-point coverage at chosen lags.

    Attributes
    ----------
    h_r_um, h_z_um
        Lags, in-plane and through-plane length in micrometres, shape (n,).
    values
        C_ij, shape (6, n).
    weights
        Weight of each lag in the sum of squares, shape (n,).
    volume_fractions
        Shares of the phases in the data.  A phase that they do not hold counts as half a pixel: a
        simulated data set may lack one that is scarce in the measured one, and every twin has all.
    pixel_um
        The smallest pixel edge.
    """

    h_r_um: Floats
    h_z_um: Floats
    values: Floats
    weights: Floats
    volume_fractions: dict[Phase, float]
    pixel_um: float


def section_stacks(measured: Measured) -> tuple[SectionStack, ...]:
    """The sections to compare: those given, or evenly spaced planes of a volume.

    Of a volume each of the three planes gives as many sections as hold about a million pixels.

    Raises
    ------
    InputError
        If sections that were given have different pixel sizes in one kind of plane.
    """
    if not isinstance(measured, Volume):
        for kind in ("plan view", "cross-section"):
            alike = [stack for stack in measured if plane_kind(stack) == kind]
            if alike:
                merged(alike)
        return measured
    z, y, x = measured.labels.shape
    areas = {"xy": y * x, "xz": z * x, "yz": z * y}
    return tuple(
        measured.planes(plane, max(8, round(PIXELS_PER_PLANE_SET / areas[plane])))
        for plane in ("xy", "xz", "yz")
    )


def lag_data(stacks: Sequence[SectionStack]) -> LagData:
    """Measured curves of all sections: rings in plan views, a fan of lags in cross-sections.

    Plan views and cross-sections never hold quite the same fractions.  Left as they are, their
    curves would pull on the anisotropy; so both are brought to the fractions of all sections
    together, see `at_fractions`.

    A volume whose voxels have unequal edges in the plane has cross-sections of two pixel sizes:
    each has its own lags, and both together weigh as much as one fan.
    """
    common = fractions_of([image for stack in stacks for image in stack.images])
    groups = grouped(stacks)
    parts = []
    for (kind, _), alike in groups.items():
        stack = merged(alike)
        lags_of = _plan_lags if kind == "plan view" else _cross_lags
        h_r, h_z, values, weights = lags_of(stack)
        values = at_fractions(values, fractions_of(stack.images), common)
        rivals = sum(of == kind for of, _ in groups)
        parts.append((h_r, h_z, values, weights / rivals))
    h_r, h_z, values, weights = (np.concatenate(p, axis=-1) for p in zip(*parts, strict=True))
    spanned = np.isfinite(values).all(axis=0)  # lags that fit into the window
    if not spanned.any():
        raise InputError("The measured window holds no two pixels to compare; give a larger one.")
    return LagData(
        h_r_um=h_r[spanned],
        h_z_um=h_z[spanned],
        values=values[:, spanned],
        weights=weights[spanned],
        volume_fractions=_at_least_half_a_pixel(common, stacks),
        pixel_um=min(min(stack.pixel_size_um) for stack in stacks),
    )


def _at_least_half_a_pixel(
    fractions: Mapping[Phase, float], stacks: Sequence[SectionStack]
) -> dict[Phase, float]:
    inside = sum(int((im != OUTSIDE).sum()) for stack in stacks for im in stack.images)
    raised = {phase: share or 0.5 / inside for phase, share in fractions.items()}
    total = 1.0 if all(fractions.values()) else sum(raised.values())
    return {phase: share / total for phase, share in raised.items()}


def at_fractions(
    values: Floats, own: Mapping[Phase, float], common: Mapping[Phase, float]
) -> Floats:
    """Curves C_ij (6, n) of sections with their own fractions, as they are at the common ones.

    phi_i phi_j + (C_ij - phi'_i phi'_j) v / v' with phi' the own fractions, phi the common ones and
    v = phi_i (delta_ij - phi_j) the value of the covariance at lag 0: the normalised covariances
    stay.  Curves of a phase that the sections do not hold stay as they are.
    """
    moved = values.copy()
    for row, (i, j) in enumerate(PAIRS):
        before, after = (phi[i] * ((i == j) - phi[j]) for phi in (own, common))
        if before:
            excess = values[row] - own[i] * own[j]
            moved[row] = common[i] * common[j] + excess * (after / before)
    return moved


_Part = tuple[Floats, Floats, Floats, Floats]


def _plan_lags(stack: SectionStack) -> _Part:
    radii, counts = _counts(stack)
    ring, h = rings(counts.shape[1:], stack.pixel_size_um)
    members = [ring == radius for radius in radii]
    lags = np.array([h[inside].mean() for inside in members])
    summed = np.stack([counts[:, inside].sum(axis=1) for inside in members], axis=1)
    return lags, np.zeros_like(lags), probabilities(summed), np.full(lags.size, float(ANGLES))


def _cross_lags(stack: SectionStack) -> _Part:
    radii, counts = _counts(stack)
    middle = counts.shape[2] // 2
    pixel = min(stack.pixel_size_um)
    offsets = {
        (
            round(radius * math.sin(angle) * pixel / stack.pixel_size_um[0]),
            round(radius * math.cos(angle) * pixel / stack.pixel_size_um[1]),
        )
        for radius in radii
        for angle in np.linspace(0.0, 0.5 * math.pi, ANGLES)
    }
    rows, columns = np.array(sorted(offsets - {(0, 0)})).T
    summed = counts[:, rows, middle + columns] + counts[:, rows, middle - columns]
    lags = rows * stack.pixel_size_um[0], columns * stack.pixel_size_um[1]
    return lags[1], lags[0], probabilities(summed), np.ones(rows.size)


def _counts(stack: SectionStack) -> tuple[list[int], Floats]:
    """Radii in pixels, and the pair counts summed over the sections of a stack."""
    pixel = min(stack.pixel_size_um)
    sides = [
        [n * d / pixel for n, d in zip(image.shape, stack.pixel_size_um, strict=True)]
        for image in stack.images
    ]
    limit = int(min(min(side) for side in sides) / 4)
    longest = min(limit, max(LONGEST_RADIUS, 4 * _decay_radius(stack)))
    radii = _radii(longest)
    rows, columns = (
        min(math.ceil(longest * pixel / d), min(image.shape[axis] for image in stack.images) - 1)
        for axis, d in enumerate(stack.pixel_size_um)
    )
    return radii, pooled_counts(stack.images, (rows, columns))


def _radii(longest: int) -> list[int]:
    radii = list(range(1, min(SHORT_RADII, longest) + 1))
    while radii[-1] < longest:
        radii.append(min(longest, max(radii[-1] + 1, round(radii[-1] * RADII_GROWTH))))
    return radii


def _decay_radius(stack: SectionStack) -> int:
    """Lag in pixels at which the slowest curve has lost half of its excess, in rows or columns."""
    image = max(stack.images, key=lambda image: image.size)
    return max(_half_decay(image), _half_decay(image.T))


def _half_decay(image: Labels) -> int:
    reach = image.shape[1] // 4
    values = probabilities(section_counts(image, (0, reach))[:, 0, reach:])
    slowest = 1
    for row in (0, 3, 5):
        phi = values[row, 0]
        excess = np.nan_to_num(values[row] - phi**2)
        if not excess[0] > 0:
            continue
        below = np.flatnonzero(excess < 0.5 * excess[0])
        slowest = max(slowest, int(below[0]) if below.size else reach)
    return slowest
