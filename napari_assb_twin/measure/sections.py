"""What was measured: plane sections and volumes of phases with their sizes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.phases import LONG_NAMES, OUTSIDE, PHASES, Phase

Labels = NDArray[np.uint8]
Plane = Literal["xy", "xz", "yz"]
PLANES: tuple[Plane, ...] = get_args(Plane)
SMALLEST_SIDE = 32


@dataclass(frozen=True, eq=False)
class SectionStack:
    """Sections of one plane with the same pixel size.

    Attributes
    ----------
    plane
        ``"xy"`` is perpendicular to the pressing direction; ``"xz"`` and ``"yz"`` contain it.
    images
        uint8 images with the codes of the phases and 255 outside; those of xz and yz have the
        pressing direction z along their rows (axis 0).
    pixel_size_um
        Edges of a pixel (rows, columns) in micrometres.
    spacing_um
        Distance of neighbouring sections of a stack; None where they are independent.

    Raises
    ------
    InputError
        If an image is no section of three phases that can be measured.
    """

    plane: Plane
    images: tuple[Labels, ...]
    pixel_size_um: tuple[float, float]
    spacing_um: float | None = None

    def __post_init__(self) -> None:
        if self.plane not in PLANES:
            raise InputError(f"The plane is {self.plane!r}; it must be xy, xz or yz.")
        if not self.images:
            raise InputError(f"There is no section of the plane {self.plane}; give at least one.")
        for image in self.images:
            check_labels(image, dimensions=2)
        check_sizes(self.pixel_size_um, "pixel size")
        if self.spacing_um is not None:
            check_sizes([self.spacing_um], "spacing of the sections")


@dataclass(frozen=True, eq=False)
class Volume:
    """A measured volume, uint8 (z, y, x), codes 0, 1, 2 and 255 outside, and its voxel edges."""

    labels: Labels
    voxel_size_um: tuple[float, float, float]

    def __post_init__(self) -> None:
        check_labels(self.labels, dimensions=3)
        check_sizes(self.voxel_size_um, "voxel size")

    def planes(self, plane: Plane, count: int) -> SectionStack:
        """Up to ``count`` evenly spaced planes of the volume."""
        axis = {"xy": 0, "xz": 1, "yz": 2}[plane]
        n = self.labels.shape[axis]
        positions = plane_positions(n, count)
        images = tuple(np.take(self.labels, i, axis=axis) for i in positions)
        rows, columns = (d for i, d in enumerate(self.voxel_size_um) if i != axis)
        step = int(positions[1] - positions[0]) if positions.size > 1 else 1
        return SectionStack(plane, images, (rows, columns), step * self.voxel_size_um[axis])


Measured = Volume | tuple[SectionStack, ...]
"""What a twin is calibrated from."""


def plane_positions(n: int, count: int) -> NDArray[np.int64]:
    """Up to ``count`` evenly spaced indices out of ``n``, symmetric about the middle."""
    step = max(1, n // min(count, n))
    used = min(count, -(-n // step))
    first = (n - 1 - (used - 1) * step) // 2
    return first + step * np.arange(used)


def labels_sha256(labels: Labels) -> str:
    """SHA-256 of the phases of a section or volume as they are used, 64 hexadecimal digits."""
    return hashlib.sha256(np.ascontiguousarray(labels).data).hexdigest()


def coded(labels: NDArray[Any], codes: Mapping[int, int] | None) -> Labels:
    """Labels as the codes that they stand for, all of them in ``codes``; None: they are codes."""
    if codes is None:
        return np.asarray(labels, np.uint8)
    known = sorted(codes)
    return np.array([codes[label] for label in known], np.uint8)[np.searchsorted(known, labels)]


def volume_fractions(images: Sequence[Labels]) -> dict[Phase, float]:
    """Shares of the phases among the measured pixels of all images."""
    inside = np.array(
        [sum(np.count_nonzero(image == i) for image in images) for i in range(len(PHASES))]
    )
    return dict(zip(PHASES, (inside / max(1, inside.sum())).tolist(), strict=True))


def check_labels(labels: Labels, *, dimensions: int) -> None:
    """Refuse arrays that are not phases or are too small to measure."""
    what = "section" if dimensions == 2 else "volume"
    if labels.ndim != dimensions:
        raise InputError(
            f"A {what} has {dimensions} axes, but this array has {labels.ndim}; choose a plane for "
            "sections and none for a volume."
        )
    if labels.dtype != np.uint8:
        raise InputError(
            f"The {what} holds {labels.dtype} numbers; phases must be uint8 codes 0 (pore), 1 "
            "(active material), 2 (solid electrolyte) and 255 (outside): map its labels first."
        )
    if min(labels.shape) < SMALLEST_SIDE:
        raise InputError(
            f"The {what} of {' x '.join(map(str, labels.shape))} is too small; every side needs at "
            f"least {SMALLEST_SIDE} pixels."
        )
    present = np.bincount(labels.reshape(-1), minlength=256)
    wrong = [i for i in range(len(PHASES), OUTSIDE) if present[i]]
    if wrong:
        raise InputError(
            f"The {what} holds the label {wrong[0]}, which is no phase; map it to pore, active "
            "material or solid electrolyte."
        )


def check_complete(measured: Measured) -> None:
    """Refuse data in which one of the three phases does not occur at all."""
    if isinstance(measured, Volume):
        what, images = "volume", [measured.labels]
    else:
        what, images = "sections", [image for stack in measured for image in stack.images]
    fractions = volume_fractions(images)
    missing = [LONG_NAMES[phase] for phase, share in fractions.items() if not share > 0]
    if missing:
        raise InputError(
            f"There is no {' and no '.join(missing)} in the {what}; a twin needs all three phases."
        )


def check_sizes(sizes: Sequence[float], what: str) -> None:
    """Refuse sizes that are not positive finite lengths."""
    if not all(np.isfinite(size) and size > 0 for size in sizes):
        raise InputError(f"The {what} must be a positive number of micrometres.")
