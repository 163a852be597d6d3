"""From grey values to phases by two thresholds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.phases import LONG_NAMES, PHASES, Phase, code, full_key

AnyArray = np.ndarray[Any, np.dtype[Any]]
Order = tuple[Phase, Phase, Phase]

DARK_TO_BRIGHT: Order = ("pore", "solid_electrolyte", "active_material")
"""As electrons see them: back-scattering grows with the atomic number."""
BINS = 1 << 16
"""Grey values that are not whole, or spread wider than 16 bit, are counted in so many bins."""

_CHUNK = 1 << 22


@dataclass(frozen=True)
class GreyValues:
    """How often each grey value occurs in an image.

    Attributes
    ----------
    lowest
        The smallest grey value.
    counts
        Numbers of pixels from ``lowest`` on; the last is not 0.
    source
        What messages call the image.
    step
        Distance of the values that are counted.  A value between two counts as the lower one.
    whole
        Whether all values are whole numbers and each has a count of its own.
    """

    lowest: float
    counts: NDArray[np.int64]
    source: str = "the image"
    step: float = 1
    whole: bool = True

    @classmethod
    def of(cls, *arrays: AnyArray, source: str = "the image") -> GreyValues:
        """Count the grey values of images together: integers or floats, of any shape.

        Raises
        ------
        InputError
            If there are no pixels, or values that are no finite numbers.
        """
        arrays = tuple(array for array in arrays if array.size)
        if not arrays:
            raise InputError(f"{source} holds no pixels; give an image of grey values.")
        kinds = {array.dtype.kind for array in arrays}
        if not kinds <= set("uif"):
            raise InputError(
                f"{source} holds {arrays[0].dtype}; thresholds cut grey values, so save it with 8 "
                "or 16 bit per pixel, or as 32-bit floats."
            )
        lowest = min(array.min() for array in arrays)
        highest = max(array.max() for array in arrays)
        if not (np.isfinite(lowest) and np.isfinite(highest)):
            raise InputError(
                f"{source} holds NaN or infinite grey values; crop what was not measured, or save "
                "it without them."
            )
        if kinds <= set("ui") and int(highest) - int(lowest) < BINS:
            return cls(int(lowest), _counts(arrays, int(lowest), int(highest)), source)
        step = (float(highest) - float(lowest)) / (BINS - 1)
        if not 0 < step < math.inf:
            many = sum(array.size for array in arrays)
            return cls(float(lowest), np.array([many]), source, whole=False)
        return cls(float(lowest), _bins(arrays, float(lowest), step), source, step, whole=False)

    @property
    def highest(self) -> float:
        """The greatest grey value."""
        return self.lowest + self.step * (self.counts.size - 1)

    def percentile(self, percent: float) -> float:
        """The smallest grey value that so many per cent of the pixels do not exceed."""
        reached = np.cumsum(self.counts)
        place = int(np.searchsorted(reached, percent / 100 * reached[-1]))
        return self.lowest + self.step * min(place, self.counts.size - 1)

    def shares(self, thresholds: Thresholds) -> dict[Phase, float]:
        """Volume fractions that the thresholds give."""
        values = self.lowest + self.step * np.arange(self.counts.size)
        counts = np.bincount(thresholds.rank(values), weights=self.counts, minlength=len(PHASES))
        shares = counts / counts.sum()
        by_phase = dict(zip(thresholds.dark_to_bright, shares.tolist(), strict=True))
        return {phase: by_phase[phase] for phase in PHASES}

    def suggested(self) -> tuple[float, float]:
        """Thresholds to start from: those that part the grey values best in three (Otsu, 1979).

        Raises
        ------
        InputError
            If there are fewer than three grey values.
        """
        from skimage.filters import threshold_multiotsu

        if np.count_nonzero(self.counts) < len(PHASES):
            raise InputError(
                f"{self.source} holds fewer than three grey values; two thresholds cannot part "
                "them into three phases."
            )
        together = -(-self.counts.size // 256)
        padded = np.append(self.counts, np.zeros(-self.counts.size % together, np.int64))
        binned = padded.reshape(-1, together).sum(axis=1)
        if np.count_nonzero(binned) < len(PHASES):  # all but a few in one bin
            _, first, second, *_ = np.flatnonzero(self.counts).tolist()
        else:
            low, high = threshold_multiotsu(  # type: ignore[no-untyped-call]
                hist=(binned, np.arange(binned.size)), classes=len(PHASES)
            ).tolist()
            first, second = together * (low + 1), together * (high + 1)
        return self.lowest + self.step * first, self.lowest + self.step * second


def _chunks(arrays: Sequence[AnyArray]) -> Iterator[AnyArray]:
    """The pixels in pieces that fit the cache."""
    for array in arrays:
        flat = array.reshape(-1)
        for start in range(0, flat.size, _CHUNK):
            yield flat[start : start + _CHUNK]


def _counts(arrays: Sequence[AnyArray], lowest: int, highest: int) -> NDArray[np.int64]:
    counts = np.zeros(highest - lowest + 1, np.int64)
    for chunk in _chunks(arrays):
        counts += np.bincount(chunk.astype(np.int64) - lowest, minlength=counts.size)
    return counts


def _bins(arrays: Sequence[AnyArray], lowest: float, step: float) -> NDArray[np.int64]:
    counts = np.zeros(BINS, np.int64)
    for chunk in _chunks(arrays):
        places = ((chunk.astype(np.float64) - lowest) / step).astype(np.int64)
        counts += np.bincount(np.minimum(places, BINS - 1), minlength=BINS)
    return counts


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Two grey values that part three phases.

    Attributes
    ----------
    low, high
        Pixels under ``low`` are the darkest phase, those from ``low`` on and under ``high`` the
        middle one, those from ``high`` on the brightest.
    dark_to_bright
        The phases in this order.

    Raises
    ------
    InputError
        If the thresholds do not rise, or the order does not name each phase once.
    """

    low: float
    high: float
    dark_to_bright: Order = DARK_TO_BRIGHT

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise InputError(
                f"The thresholds are {self.low:g} and {self.high:g}; give two grey values, the "
                "lower first, as 90,160."
            )
        if sorted(self.dark_to_bright) != sorted(PHASES):
            raise InputError(
                f"The order from dark to bright is {', '.join(self.dark_to_bright)}; name each of "
                f"{', '.join(PHASES)} once."
            )

    def rank(self, array: AnyArray) -> NDArray[np.uint8]:
        """0 for the darkest phase, 1 for the middle one, 2 for the brightest."""
        return (array >= self.low).astype(np.uint8) + (array >= self.high)

    def phases(self, array: AnyArray, *, source: str = "the image") -> NDArray[np.uint8]:
        """The phases 0, 1, 2 of an image of any shape.

        Raises
        ------
        InputError
            If it holds no grey values, a threshold lies outside them, or a phase has no pixels.
        """
        self.check_within(GreyValues.of(array, source=source))
        phases = self.coded(array)
        self.check_all_there(phases, source=source)
        return phases

    def coded(self, array: AnyArray) -> NDArray[np.uint8]:
        """The phases 0, 1, 2 of an image, whatever its grey values are."""
        codes = np.array([code(phase) for phase in self.dark_to_bright], np.uint8)
        return np.asarray(codes[self.rank(array)])

    def check_within(self, greys: GreyValues) -> None:
        """Make sure that both thresholds part grey values.

        Raises
        ------
        InputError
            If one lies outside them.
        """
        for threshold in (self.low, self.high):
            if not greys.lowest < threshold <= greys.highest:
                raise InputError(
                    f"The threshold {threshold:g} lies outside the grey values of {greys.source}, "
                    f"which go from {greys.lowest:g} to {greys.highest:g}; choose one between."
                )

    def check_all_there(self, *phases: NDArray[np.uint8], source: str) -> None:
        """Make sure that no phase is missing in the images together.

        Raises
        ------
        InputError
            If one is.
        """
        missing = [p for p in PHASES if not any((one == code(p)).any() for one in phases)]
        if missing:
            raise InputError(
                f"No pixel of {source} is {' or '.join(LONG_NAMES[p] for p in missing)} with the "
                f"thresholds {self.low:g} and {self.high:g}; move them apart or shift them."
            )

    def moved(self, doubt: float) -> dict[str, Thresholds]:
        """The thresholds with one of them moved up or down, by what was done.

        Raises
        ------
        InputError
            If the doubt is not positive, or so large that the thresholds would meet.
        """
        if not (math.isfinite(doubt) and 0 < doubt < self.high - self.low):
            raise InputError(
                f"The doubt of the thresholds is {doubt:g}; give a number of grey values that is "
                f"positive and smaller than the {self.high - self.low:g} between the thresholds."
            )
        moved = {}
        for to in (self.low + doubt, self.low - doubt):
            moved[f"threshold {to:g} instead of {self.low:g}"] = replace(self, low=to)
        for to in (self.high + doubt, self.high - doubt):
            moved[f"threshold {to:g} instead of {self.high:g}"] = replace(self, high=to)
        return moved


def parse_thresholds(text: str, dark_to_bright: str | None = None) -> Thresholds:
    """Thresholds from ``"90,160"`` and ``"pore,solid_electrolyte,active_material"``.

    Raises
    ------
    InputError
        If these are no two rising numbers, or not the three phases.
    """
    try:
        values = [float(piece) for piece in text.split(",")]
    except ValueError:
        values = []
    if len(values) != 2:
        raise InputError(
            f"--thresholds is {text!r}; give two grey values, the lower first, as 90,160, or auto."
        )
    order = DARK_TO_BRIGHT if dark_to_bright is None else parse_order(dark_to_bright)
    return Thresholds(low=values[0], high=values[1], dark_to_bright=order)


def parse_order(text: str) -> Order:
    """The phases from dark to bright, from ``"pore,solid_electrolyte,active_material"``.

    Raises
    ------
    InputError
        If it does not name each phase once.
    """
    names = text.split(",")
    found = [phase for name in names for phase in PHASES if phase == full_key(name.strip())]
    if len(names) != len(PHASES) or sorted(found) != sorted(PHASES):
        raise InputError(
            f"--dark-to-bright is {text!r}; name each phase once, as {','.join(DARK_TO_BRIGHT)}."
        )
    dark, middle, bright = found
    return dark, middle, bright
