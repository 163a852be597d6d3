"""One section of opened images, seen while its segmentation is still being chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.images.draft import Draft
from napari_assb_twin.images.segmentation import GreySegmentation
from napari_assb_twin.images.small_regions import without_small_regions
from napari_assb_twin.images.thresholds import GreyValues
from napari_assb_twin.images.treatment import Treatment
from napari_assb_twin.twin.phases import OUTSIDE, PHASES, Phase, code

AnyArray = np.ndarray[Any, np.dtype[Any]]
Labels = NDArray[np.uint8]

MOST_PIXELS = 2_000_000
"""Treated grey values are counted in evenly spread sections of about so many pixels together:
non-local means of them take some five seconds."""


@dataclass(frozen=True, eq=False)
class Treated:
    """A section as it was treated.

    Attributes
    ----------
    number
        Which of all sections, from 0.
    treatment
        What was done.
    plane
        The grey values now, (rows, columns).
    greys
        How often each occurs in ``counted`` sections, within the mask.
    draft
        The images that it is a section of.
    inside
        Where it lies within the mask; None without one.
    """

    number: int
    treatment: Treatment
    plane: AnyArray
    greys: GreyValues
    counted: int
    draft: Draft
    inside: NDArray[np.bool_] | None


@dataclass(frozen=True, eq=False)
class Parted:
    """A section of which the phases are told apart: codes, and the share of each."""

    phases: Labels
    shares: dict[Phase, float]


class Glance:
    """Sections of a draft, treated one at a time; the last treatment is kept.

    The sections are the images, or the slices of those with three axes.  A section comes out as in
    the data that a draft gives (see `Treatment`), but for regions that reach through a volume.
    """

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self._places = [
            (image, slice_)
            for image, one in enumerate(draft.images)
            for slice_ in range(1 if one.array.ndim == 2 else len(one.array))
        ]
        self._treatment: Treatment | None = None
        self._limits: dict[int, tuple[float, float] | None] = {}
        self._planes: dict[int, AnyArray] = {}
        self._greys: tuple[GreyValues, int] | None = None

    def __len__(self) -> int:
        return len(self._places)

    @property
    def first(self) -> int:
        """The section to look at first: the image, or the middle of a stack."""
        first = self.draft.images[0].array
        return len(first) // 2 if first.ndim == 3 else 0

    def place(self, number: int) -> tuple[int, int | None]:
        """Which image a section is of, and which slice; None for an image of two axes."""
        image, slice_ = self._places[number]
        return image, slice_ if self.draft.images[image].array.ndim == 3 else None

    def plane(self, number: int) -> AnyArray:
        """A section as it lies in the file."""
        image, slice_ = self.place(number)
        array = self.draft.images[image].array
        return array if slice_ is None else np.asarray(array[slice_])

    def treated(self, number: int, treatment: Treatment) -> Treated:
        """A section with its grey values treated.

        Raises
        ------
        InputError
            If they cannot be treated so.
        """
        if treatment != self._treatment:
            self._treatment, self._greys = treatment, None
            self._limits.clear()
            self._planes.clear()
        if self._greys is None:
            self._greys = self._counted(treatment)
        plane = self._plane(number)
        return Treated(number, treatment, plane, *self._greys, self.draft, self._inside(number))

    def _counted(self, treatment: Treatment) -> tuple[GreyValues, int]:
        """Grey values of all sections, or of some where to treat all would take long."""
        if treatment.nothing:
            return self.draft.grey_values, len(self)
        many = max(1, MOST_PIXELS // max(1, self.plane(0).size))
        chosen = sorted({*np.linspace(0, len(self) - 1, min(many, len(self))).astype(int).tolist()})
        source = self.draft.grey_values.source
        return GreyValues.of(*map(self._measured, chosen), source=source), len(chosen)

    def _inside(self, number: int) -> NDArray[np.bool_] | None:
        """Where a section lies within the mask; None without one."""
        mask, (_, slice_) = self.draft.mask, self.place(number)
        if mask is None:
            return None
        return np.asarray((mask.array if slice_ is None else mask.array[slice_]) != 0)

    def _measured(self, number: int) -> AnyArray:
        """The treated pixels of a section, or those within the mask."""
        inside = self._inside(number)
        return self._plane(number) if inside is None else self._plane(number)[inside]

    def _plane(self, number: int) -> AnyArray:
        treatment = self._treatment
        if treatment is None or treatment.nothing:
            return self.plane(number)
        if number not in self._planes:
            image, _ = self._places[number]
            if image not in self._limits:
                one = self.draft.images[image]
                self._limits[image] = treatment.limits(one.array, source=one.source)
            self._planes[number] = treatment.plane(self.plane(number), self._limits[image])
        return self._planes[number]


def parted(treated: Treated, how: GreySegmentation) -> Parted:
    """The phases of a treated section.

    Shares are those of the grey values that were counted; where small regions are taken out, of
    this section.  What a mask leaves out is outside.

    Raises
    ------
    InputError
        If no region is as large as the minimal size.
    """
    phases = without_small_regions(how.cut.coded(treated.plane), how.min_object_px)
    if treated.inside is not None:
        phases = np.where(treated.inside, phases, np.uint8(OUTSIDE))
    if how.min_object_px > 1:
        return Parted(phases, shares_of(phases))
    return Parted(phases, treated.greys.shares(how.cut))


def shares_of(phases: Labels) -> dict[Phase, float]:
    """Share of each phase in an array of codes, of what is not outside."""
    measured = int(np.count_nonzero(phases != OUTSIDE)) or 1
    return {phase: int(np.count_nonzero(phases == code(phase))) / measured for phase in PHASES}


def histogram(greys: GreyValues, bins: int = 256) -> tuple[NDArray[np.float64], ...]:
    """Edges of at most so many bins, and the share of the pixels in each."""
    together = -(-greys.counts.size // bins)
    padded = np.append(greys.counts, np.zeros(-greys.counts.size % together, np.int64))
    shares = padded.reshape(-1, together).sum(axis=1) / greys.counts.sum()
    return greys.lowest + greys.step * together * np.arange(shares.size + 1), shares
