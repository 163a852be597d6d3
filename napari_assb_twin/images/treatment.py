"""What is done to grey values before they are parted: contrast, uneven light, noise.

The steps follow each other in this order.  Contrast looks at a whole file; all that follows works
on each slice of a stack or volume by itself (the first axis of the file), so that a slice comes out
the same whether it is seen alone or in its stack.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.thresholds import GreyValues

AnyArray = np.ndarray[Any, np.dtype[Any]]
Plane = NDArray[np.float32]
Method = Literal["median", "nlm"]

BRIGHTEST = 255.0
"""Contrast spreads grey values from 0 to here, whatever they were."""

LARGEST = {"median": 20.0, "nlm": 10.0}
"""Radius in pixels, and strength in standard deviations of the noise."""

LIGHT_SHARE = 1 / 8
"""Standard deviation of the window that sees uneven light, in the shorter edge of a slice: wider
than any structure that a fit could be made to."""

PATCH_PX, REACH_PX = 5, 6
"""Edge of the patches that non-local means compares, and how far apart they lie."""

_LIGHT_PIXELS = 128
"""Uneven light is smooth: so many pixels along the shorter edge show it."""


@dataclass(frozen=True)
class Denoising:
    """How noise is taken out of a slice.

    Attributes
    ----------
    method
        ``"median"``: the median of a disk.  ``"nlm"``: non-local means (Buades, Coll, Morel, 2005,
        doi:10.1109/CVPR.2005.38), which averages pixels with like surroundings and keeps edges.
    amount
        The radius of the disk, a whole number of pixels; or the strength of non-local means in
        standard deviations of the noise, which is estimated for each slice.  0.8 is usual.

    Raises
    ------
    InputError
        If the amount is not positive, too large, or no whole number for the median.
    """

    method: Method
    amount: float

    def __post_init__(self) -> None:
        most = LARGEST[self.method]
        if not 0 < self.amount <= most or (self.method == "median" and self.amount % 1):
            wanted = (
                f"a radius of 1 to {most:g} whole pixels, as median:1"
                if self.method == "median"
                else f"a strength above 0 and up to {most:g}, as nlm:0.8"
            )
            raise InputError(f"The denoising is {self}; give {wanted}.")

    def __str__(self) -> str:
        return f"{self.method}:{self.amount:g}"

    def applied(self, plane: AnyArray) -> AnyArray:
        """The slice without noise; the median keeps its type."""
        if self.method == "median":
            return np.asarray(ndimage.median_filter(plane, footprint=_disk(int(self.amount))))
        from skimage.restoration import denoise_nl_means

        sigma = noise_of(plane)
        if sigma == 0:
            return plane
        return np.asarray(
            denoise_nl_means(
                plane.astype(np.float32),
                patch_size=PATCH_PX,
                patch_distance=REACH_PX,
                h=self.amount * sigma,
                sigma=sigma,
                fast_mode=True,
            )
        )


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """Steps before the thresholds; none of them by default.

    Attributes
    ----------
    contrast
        Percentiles of the grey values of a file that become 0 and 255; what lies outside is
        clipped.  Files of different brightness come to one scale so.  None leaves them as they are.
    flatten
        Whether uneven light is taken away: the mean under a Gaussian window of an eighth of the
        shorter edge is subtracted, and the mean of the slice added.  A true gradient of the
        fractions goes as well.
    denoise
        How noise is taken out, or None.

    Raises
    ------
    InputError
        If the percentiles do not rise from 0 to 100.
    """

    contrast: tuple[float, float] | None = None
    flatten: bool = False
    denoise: Denoising | None = None

    def __post_init__(self) -> None:
        if self.contrast is not None:
            low, high = self.contrast
            if not 0 <= low < high <= 100:
                raise InputError(
                    f"The contrast is {low:g},{high:g}; give two percentiles from 0 to 100, the "
                    "lower first, as 1,99."
                )

    @property
    def nothing(self) -> bool:
        """Whether grey values stay as they are."""
        return self == UNTREATED

    def applied(self, array: AnyArray, *, source: str = "the image") -> AnyArray:
        """The treated image of a file, rows and columns or slices of them.

        Whole grey values stay whole under a median alone; all else gives 32-bit floats.

        Raises
        ------
        InputError
            If the file holds no grey values, or its percentiles are one grey value.
        """
        if self.nothing:
            return array
        limits = self.limits(array, source=source)
        if array.ndim == 2:
            return self.plane(array, limits)
        first = self.plane(array[0], limits)
        treated = np.empty((len(array), *first.shape), first.dtype)
        treated[0] = first
        for number in range(1, len(array)):
            treated[number] = self.plane(array[number], limits)
        return treated

    def limits(self, array: AnyArray, *, source: str = "the image") -> tuple[float, float] | None:
        """The grey values of a file that become 0 and 255; None where they stay.

        Raises
        ------
        InputError
            If it holds no grey values, or the percentiles are one grey value.
        """
        greys = GreyValues.of(array, source=source)
        if self.contrast is None:
            return None
        low, high = (greys.percentile(percent) for percent in self.contrast)
        if not low < high:
            raise InputError(
                f"The percentiles {self.contrast[0]:g} and {self.contrast[1]:g} of {source} are "
                f"one grey value, {low:g}; take percentiles that lie further apart."
            )
        return low, high

    def plane(self, plane: AnyArray, limits: tuple[float, float] | None) -> AnyArray:
        """One slice, treated; ``limits`` are those of its file."""
        if limits is not None:
            low, high = limits
            scaled = (plane.astype(np.float64) - low) * (BRIGHTEST / (high - low))
            plane = np.clip(scaled, 0, BRIGHTEST).astype(np.float32)
        if self.flatten:
            plane = plane.astype(np.float32)
            plane = plane - light_of(plane) + plane.mean()
        if self.denoise is not None:
            plane = self.denoise.applied(plane)
            if self.denoise.method == "nlm":
                plane = plane.astype(np.float32)
        return plane

    def record(self) -> dict[str, Any]:
        """What a provenance says of the steps that are taken."""
        steps: dict[str, Any] = {}
        if self.contrast is not None:
            steps["contrast"] = list(self.contrast)
        if self.flatten:
            steps["flatten"] = True
        if self.denoise is not None:
            steps["denoise"] = str(self.denoise)
        return steps


UNTREATED = Treatment()


def parse_denoising(text: str) -> Denoising:
    """``"median:1"`` or ``"nlm:0.8"``.

    Raises
    ------
    InputError
        If it is neither, or the amount cannot be.
    """
    name, _, amount = (piece.strip() for piece in text.partition(":"))
    method = next((one for one in get_args(Method) if one == name), None)
    try:
        value = float(amount)
    except ValueError:
        method = None
    if method is None:
        raise InputError(
            f"--denoise is {text!r}; give median with a radius in pixels, as median:1, or nlm with "
            "a strength, as nlm:0.8."
        )
    return Denoising(method, value)


def parse_contrast(text: str) -> tuple[float, float]:
    """Two percentiles from ``"1,99"``; `Treatment` checks whether they can be.

    Raises
    ------
    InputError
        If these are no two numbers.
    """
    try:
        low, high = (float(piece) for piece in text.split(","))
    except ValueError:
        raise InputError(
            f"--contrast is {text!r}; give two percentiles from 0 to 100, as 1,99."
        ) from None
    return low, high


def noise_of(plane: AnyArray) -> float:
    """Standard deviation of the noise of a slice, robust against its structure.

    Differences of 2 x 2 pixels along both diagonals cancel whatever is flat or a slope; their
    median absolute value belongs to the noise as long as most pixels lie off the edges (Donoho and
    Johnstone, 1994, doi:10.1093/biomet/81.3.425).
    """
    if min(plane.shape) < 2:
        return 0.0
    values = plane.astype(np.float32)
    crossed = values[:-1, :-1] - values[:-1, 1:] - values[1:, :-1] + values[1:, 1:]
    return float(np.median(np.abs(crossed))) / (2 * 0.6745)


def light_of(plane: Plane) -> Plane:
    """The mean of a slice under a window as wide as `LIGHT_SHARE` says, around each pixel."""
    thinned = max(1, min(plane.shape) // _LIGHT_PIXELS)
    small = _block_means(plane, thinned)
    smooth = ndimage.gaussian_filter(small, LIGHT_SHARE * min(plane.shape) / thinned)
    if thinned == 1:
        return np.asarray(smooth)
    rows, columns = (
        _between(n, thinned, many) for n, many in zip(plane.shape, smooth.shape, strict=True)
    )
    return np.asarray(rows @ smooth @ columns.T, np.float32)


def _between(count: int, edge: int, blocks: int) -> Plane:
    """Weights (count, blocks) that interpolate between the middles of blocks, linearly."""
    places, each = (np.arange(count) + 0.5) / edge - 0.5, np.eye(blocks)
    weights = [np.interp(places, np.arange(blocks), one) for one in each]
    return np.stack(weights, axis=1).astype(np.float32)


def _block_means(plane: Plane, edge: int) -> Plane:
    """Means of squares of pixels; those at the far edges are filled up by their mirror."""
    if edge == 1:
        return plane
    padded = np.pad(plane, [(0, -n % edge) for n in plane.shape], mode="symmetric")
    rows, columns = (n // edge for n in padded.shape)
    means: Plane = padded.reshape(rows, edge, columns, edge).mean(axis=(1, 3))
    return means


def _disk(radius: int) -> NDArray[np.bool_]:
    reach = np.arange(-radius, radius + 1)
    disk: NDArray[np.bool_] = np.hypot(*np.meshgrid(reach, reach)) <= radius + 1e-9
    return disk
