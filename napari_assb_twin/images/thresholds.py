"""From grey values to phases by two thresholds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.phases import LONG_NAMES, PHASES, Phase, code

AnyArray = np.ndarray[Any, np.dtype[Any]]
Order = tuple[Phase, Phase, Phase]

DARK_TO_BRIGHT: Order = ("pore", "solid_electrolyte", "active_material")
"""As electrons see them: back-scattering grows with the atomic number."""
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
    """

    lowest: int
    counts: NDArray[np.int64]
    source: str = "the image"

    @classmethod
    def of(cls, array: AnyArray, *, source: str = "the image") -> GreyValues:
        """Count whole grey values of 8 or 16 bit.

        Raises
        ------
        InputError
            If the array holds something else.
        """
        if array.dtype.kind not in "ui" or array.size == 0:
            raise InputError(
                f"{source} holds {'no pixels' if array.size == 0 else array.dtype}; thresholds cut "
                "whole grey values, so save it with 8 or 16 bit per pixel."
            )
        lowest, highest = int(array.min()), int(array.max())
        if highest - lowest >= 1 << 16:
            raise InputError(
                f"{source} holds grey values from {lowest} to {highest}; save it with 8 or 16 bit "
                "per pixel."
            )
        flat, counts = array.reshape(-1), np.zeros(highest - lowest + 1, np.int64)
        for start in range(0, flat.size, _CHUNK):
            chunk = flat[start : start + _CHUNK].astype(np.int64) - lowest
            counts += np.bincount(chunk, minlength=counts.size)
        return cls(lowest, counts, source)

    @property
    def highest(self) -> int:
        """The greatest grey value."""
        return self.lowest + self.counts.size - 1

    def shares(self, thresholds: Thresholds) -> dict[Phase, float]:
        """Volume fractions that the thresholds give."""
        values = np.arange(self.lowest, self.highest + 1)
        counts = np.bincount(thresholds.rank(values), weights=self.counts, minlength=len(PHASES))
        shares = counts / counts.sum()
        by_phase = dict(zip(thresholds.dark_to_bright, shares.tolist(), strict=True))
        return {phase: by_phase[phase] for phase in PHASES}

    def suggested(self) -> tuple[int, int]:
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
        step = -(-self.counts.size // 256)
        padded = np.append(self.counts, np.zeros(-self.counts.size % step, np.int64))
        binned = padded.reshape(-1, step).sum(axis=1)
        places = self.lowest + step * np.arange(binned.size)
        if np.count_nonzero(binned) < len(PHASES):  # all but a few in one bin
            values = self.lowest + np.flatnonzero(self.counts)
            return int(values[1]), int(values[2])
        low, high = threshold_multiotsu(  # type: ignore[no-untyped-call]
            hist=(binned, places), classes=len(PHASES)
        )
        return int(low) + step, int(high) + step


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
            If it holds no grey values of 8 or 16 bit, a threshold lies outside them, or a phase
            has no pixels.
        """
        greys = GreyValues.of(array, source=source)
        for threshold in (self.low, self.high):
            if not greys.lowest < threshold <= greys.highest:
                raise InputError(
                    f"The threshold {threshold:g} lies outside the grey values of {source}, which "
                    f"go from {greys.lowest} to {greys.highest}; choose one between."
                )
        missing = [LONG_NAMES[phase] for phase, share in greys.shares(self).items() if not share]
        if missing:
            raise InputError(
                f"No pixel of {source} is {' or '.join(missing)} with the thresholds {self.low:g} "
                f"and {self.high:g}; move them apart or shift them."
            )
        codes = np.array([code(phase) for phase in self.dark_to_bright], np.uint8)
        return np.asarray(codes[self.rank(array)])

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

    def record(self) -> dict[str, Any]:
        """What a provenance says of them."""
        return {
            "thresholds": [self.low, self.high],
            "dark_to_bright": list(self.dark_to_bright),
        }


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
            f"--thresholds is {text!r}; give two grey values, the lower first, as 90,160."
        )
    order = DARK_TO_BRIGHT if dark_to_bright is None else _order(dark_to_bright.split(","))
    return Thresholds(low=values[0], high=values[1], dark_to_bright=order)


def _order(names: Sequence[str]) -> Order:
    found = [phase for name in names for phase in PHASES if phase == name.strip()]
    if len(names) != len(PHASES) or sorted(found) != sorted(PHASES):
        raise InputError(
            f"--dark-to-bright is {','.join(names)!r}; name each phase once, as "
            f"{','.join(DARK_TO_BRIGHT)}."
        )
    dark, middle, bright = found
    return dark, middle, bright
