"""Greyscale images to three phases: treatment, two thresholds, no small regions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.small_regions import without_small_regions
from napari_assb_twin.images.thresholds import DARK_TO_BRIGHT, GreyValues, Order, Thresholds
from napari_assb_twin.images.treatment import UNTREATED, Treatment

AnyArray = np.ndarray[Any, np.dtype[Any]]
Labels = NDArray[np.uint8]

LARGEST_MIN_OBJECT_PX = 1_000_000
AUTOMATIC = "multi-Otsu"
"""How a provenance names thresholds that the program chose."""


@dataclass(frozen=True, kw_only=True)
class GreySegmentation:
    """All that makes three phases of grey values.

    Attributes
    ----------
    thresholds
        Two grey values *of the treated images*, the lower first; None chooses them by multi-Otsu
        (Otsu, 1979; Liao, Chen, Chung, 2001) from all images together.
    dark_to_bright
        The phases in this order.
    treatment
        What is done to the grey values before.
    min_object_px
        Smaller regions of a phase go to the phases around them (see `without_small_regions`).
    automatic
        Whether the thresholds were chosen by multi-Otsu.

    Raises
    ------
    InputError
        If the thresholds do not rise, the order does not name each phase once, or the minimal size
        is negative or absurd.
    """

    thresholds: tuple[float, float] | None = None
    dark_to_bright: Order = DARK_TO_BRIGHT
    treatment: Treatment = UNTREATED
    min_object_px: int = 0
    automatic: bool = False

    def __post_init__(self) -> None:
        low, high = self.thresholds or (0.0, 1.0)
        Thresholds(low=low, high=high, dark_to_bright=self.dark_to_bright)
        if not 0 <= self.min_object_px <= LARGEST_MIN_OBJECT_PX:
            raise InputError(
                f"The minimal size of a region is {self.min_object_px} pixels; give a whole number "
                f"from 0 to {LARGEST_MIN_OBJECT_PX}."
            )

    @classmethod
    def of(cls, thresholds: Thresholds) -> GreySegmentation:
        """Thresholds and nothing else."""
        return cls(
            thresholds=(thresholds.low, thresholds.high), dark_to_bright=thresholds.dark_to_bright
        )

    @property
    def untreated(self) -> GreySegmentation:
        """The same for images that were treated already."""
        return replace(self, treatment=UNTREATED)

    def settled(self, greys: GreyValues) -> GreySegmentation:
        """With thresholds as numbers; ``greys`` are those of the treated images.

        Raises
        ------
        InputError
            If there are fewer than three grey values, or a threshold lies outside them.
        """
        if self.thresholds is not None:
            self.cut.check_within(greys)
            return self
        return replace(self, thresholds=greys.suggested(), automatic=True)

    @property
    def cut(self) -> Thresholds:
        """The two thresholds.

        Raises
        ------
        InputError
            If they are still to be chosen.
        """
        if self.thresholds is None:
            raise InputError("The thresholds are not chosen yet; give two grey values, as 90,160.")
        low, high = self.thresholds
        return Thresholds(low=low, high=high, dark_to_bright=self.dark_to_bright)

    def phases(
        self, *arrays: AnyArray, apart: bool = False, source: str = "the image"
    ) -> tuple[Labels, ...]:
        """The phases 0, 1, 2 of images that share their thresholds.

        Parameters
        ----------
        arrays
            Sections (rows, columns), stacks of them or volumes, of integers or floats.
        apart
            Whether the slices of a stack are sections by themselves, in which the minimal size
            counts; else its regions reach through the volume.
        source
            What messages call the images.

        Raises
        ------
        InputError
            If they hold no grey values, a threshold lies outside them, or a phase has no pixels.
        """
        treated = [self.treatment.applied(array, source=source) for array in arrays]
        cut = self.settled(GreyValues.of(*treated, source=source)).cut
        phases = tuple(
            without_small_regions(cut.coded(array), self.min_object_px, apart=apart, source=source)
            for array in treated
        )
        cut.check_all_there(*phases, source=source)
        return phases

    def moved(self, doubt: float) -> dict[str, GreySegmentation]:
        """With one of the thresholds moved up or down, by what was done; as `Thresholds.moved`."""
        return {
            name: replace(self, thresholds=(cut.low, cut.high))
            for name, cut in self.cut.moved(doubt).items()
        }

    def record(self) -> dict[str, Any]:
        """What a provenance says: every step that was taken, none that was not."""
        record: dict[str, Any] = {
            "thresholds": AUTOMATIC if self.thresholds is None else list(self.thresholds),
            "dark_to_bright": list(self.dark_to_bright),
            **self.treatment.record(),
        }
        if self.automatic:
            record["thresholds_chosen_by"] = AUTOMATIC
        if self.min_object_px > 1:
            record["min_object_px"] = self.min_object_px
        return record
