"""Another segmentation of data that were measured once."""

from __future__ import annotations

from dataclasses import dataclass

from napari_assb_twin.measure.sections import Measured


@dataclass(frozen=True, eq=False)
class Alternative:
    """What the data might as well have been, within the doubt of their segmentation.

    Attributes
    ----------
    name
        What was done otherwise, as ``"pore grown by 0.5 px"``.
    measured
        The same sections or volume, of the same sizes and outside, with other labels.
    """

    name: str
    measured: Measured
