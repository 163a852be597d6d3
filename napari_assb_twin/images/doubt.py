"""Where the boundaries of the phases might as well lie: each phase grown and shrunk a little.

On a grid of labels the distance between the pixels of two phases is a whole pixel or more, so no
distance can move a boundary by a part of one.  Here the doubt times the length of the boundary says
how many pixels change hands, and the share of the phase around a pixel, under a narrow Gaussian
window, says which: it falls smoothly across a boundary and tells the pixels that lie close behind
it from those that lie further.  Where grey values were cut, the thresholds themselves are moved.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.segmentation import GreySegmentation
from napari_assb_twin.images.thresholds import Thresholds
from napari_assb_twin.measure.alternative import Alternative
from napari_assb_twin.measure.boundary import boundary
from napari_assb_twin.measure.sections import Measured, Volume, volume_fractions
from napari_assb_twin.twin.phases import OUTSIDE, PHASES, Phase, code

Labels = NDArray[np.uint8]
Shares = NDArray[np.float32]
Way = Literal["grown", "shrunk"]

LARGEST_PX = 3.0
"""A boundary that is more in doubt than this was not segmented."""
_WINDOW_PX = 0.8
"""Standard deviation of the window: tells corners of a staircase from its steps."""
_DECIMALS = 5
"""Shares that agree so far are one: of a row of equal pixels all change hands, or none."""


def moved_boundaries(measured: Measured, doubt_px: float) -> tuple[Alternative, ...]:
    """Other segmentations of the same data: every phase in turn grown, and shrunk, by the doubt.

    Parameters
    ----------
    measured
        Sections or a volume.  Outside stays outside and counts for no phase.
    doubt_px
        How far the boundaries of a phase move, in shortest edges of a pixel or voxel: the same
        length in µm in every direction.  Parts of a pixel are meant: 0.5 is a usual doubt.

    Returns
    -------
    Six alternatives.  A phase that grows takes from both others; what it gives up when it shrinks
    goes to that of the others which has the greater share around the pixel.

    Notes
    -----
    The doubt is the *mean* movement: the pixels that change hands per length (area) of boundary.
    What narrows from all sides gives up less, as disks (balls) do.  Disks with radii of 6 pixels
    and more move by the doubt within 15 % or 0.05 pixels.  A straight boundary along the rows of
    the grid, or along its diagonals, moves by a whole step or not at all.  Boundaries finer than a
    pixel cannot be moved: where a structure holds many, its fractions change less than they would
    in truth (by a tenth to a quarter where a built-in twin is seen at five pixels per correlation
    length).  Takes some 40 bytes of memory a voxel.

    Raises
    ------
    InputError
        If the doubt is not between 0 and `LARGEST_PX`, or a phase would vanish.
    """
    if not (math.isfinite(doubt_px) and 0 < doubt_px <= LARGEST_PX):
        raise InputError(
            f"The doubt of the boundaries is {doubt_px:g} px; give a part of a pixel such as 0.5, "
            f"and at most {LARGEST_PX:g}."
        )
    parts = [_Part(images, edges, doubt_px) for images, edges in _images(measured)]
    ways: tuple[Way, ...] = ("grown", "shrunk")
    alternatives = []
    for phase in PHASES:
        for way in ways:
            name = f"{phase.replace('_', ' ')} {way} by {doubt_px:g} px"
            moved = _with_images(measured, [part.moved(phase, way) for part in parts])
            _check_left(moved, name)
            alternatives.append(Alternative(name, moved))
    return tuple(alternatives)


Cut = TypeVar("Cut", Thresholds, GreySegmentation)


def moved_thresholds(
    segment: Callable[[Cut], Measured], thresholds: Cut, doubt: float
) -> tuple[Alternative, ...]:
    """Other segmentations of grey values: each threshold in turn moved up, and down, by the doubt.

    Parameters
    ----------
    segment
        Gives the measured data under thresholds.
    thresholds
        Alone or with what else makes phases of grey values; that stays as it is.
    doubt
        In grey values.

    Raises
    ------
    InputError
        If the doubt is not positive or as large as the distance of the thresholds, or data cannot
        be cut so.
    """
    return tuple(
        Alternative(name, segment(moved)) for name, moved in thresholds.moved(doubt).items()
    )


class _Part:
    """Images of one pixel size, with the shares of the phases around each of their pixels."""

    def __init__(
        self, images: Sequence[Labels], edges_um: Sequence[float], doubt_px: float
    ) -> None:
        self._images = images
        self._edges = [edge / min(edges_um) for edge in edges_um]
        self._doubt = doubt_px
        sigmas = [max(_WINDOW_PX, doubt_px) / edge for edge in self._edges]
        self._shares = [_shares(image, sigmas) for image in images]

    def moved(self, phase: Phase, way: Way) -> list[Labels]:
        """The images with the boundaries of one phase moved."""
        index, grows = code(phase), way == "grown"
        if grows:
            offered = [(image != index) & (image != OUTSIDE) for image in self._images]
        else:
            offered = [image == index for image in self._images]
        shares = [each[index] if grows else -each[index] for each in self._shares]
        level = _level(
            np.concatenate([s[free] for s, free in zip(shares, offered, strict=True)]),
            _taken(
                self._doubt * sum(boundary(image, index, self._edges) for image in self._images),
                sum(int(free.sum()) for free in offered),
                len(self._edges),
            ),
        )
        images = []
        for image, share, free, all_shares in zip(
            self._images, shares, offered, self._shares, strict=True
        ):
            taken = free & (share >= level)
            moved = image.copy()
            moved[taken] = index if grows else _strongest_other(all_shares, index)[taken]
            images.append(moved)
        return images


def _shares(image: Labels, sigmas: Sequence[float]) -> list[Shares]:
    """Share of each phase in what was measured around each pixel, under a Gaussian window."""

    def smooth(where: NDArray[np.bool_]) -> Shares:
        smoothed: Shares = ndimage.gaussian_filter(
            where.astype(np.float32), sigmas, mode="constant"
        )
        return smoothed

    window = np.maximum(smooth(image != OUTSIDE), np.float32(1e-6))
    return [np.round(smooth(image == code(phase)) / window, _DECIMALS) for phase in PHASES]


def _taken(strip: float, whole: int, dimensions: int) -> float:
    """How many of the ``whole`` pixels of a set lie within the doubt of its boundary.

    ``strip`` is the length of the boundary times the doubt.  What narrows from all sides has less:
    disks (n = 2) and balls (n = 3) of this boundary and size have 1 - (1 - strip / (n whole))^n.
    """
    left = max(0.0, 1.0 - strip / (dimensions * max(1, whole)))
    return float(whole * (1.0 - left**dimensions))


def _level(shares: Shares, amount: float) -> float:
    """The level that a number of the shares reaches which is as near to ``amount`` as may be."""
    values, counts = np.unique(shares, return_counts=True)
    reached = np.append(np.cumsum(counts[::-1])[::-1], 0)
    best = int(np.argmin(np.abs(reached - amount)))
    return float(values[best]) if best < len(values) else math.inf


def _strongest_other(shares: Sequence[Shares], index: int) -> Labels:
    first, second = (other for other in range(len(PHASES)) if other != index)
    return np.where(shares[first] >= shares[second], first, second).astype(np.uint8)


def _images(measured: Measured) -> Iterator[tuple[tuple[Labels, ...], Sequence[float]]]:
    if isinstance(measured, Volume):
        yield (measured.labels,), measured.voxel_size_um
    else:
        for stack in measured:
            yield stack.images, stack.pixel_size_um


def _with_images(measured: Measured, images: Sequence[Sequence[Labels]]) -> Measured:
    if isinstance(measured, Volume):
        return replace(measured, labels=images[0][0])
    return tuple(
        replace(stack, images=tuple(moved)) for stack, moved in zip(measured, images, strict=True)
    )


def _check_left(moved: Measured, name: str) -> None:
    every = [image for images, _ in _images(moved) for image in images]
    for phase, share in volume_fractions(every).items():
        if not share > 0:
            raise InputError(
                f"With {name} there would be no {phase.replace('_', ' ')} left; give a smaller "
                "doubt of the boundaries."
            )
