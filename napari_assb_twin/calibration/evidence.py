"""What the sections say besides the fitted curves, for judging a fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.calibration.assignment import ratio_variation
from napari_assb_twin.calibration.lags import LagData
from napari_assb_twin.measure.interfaces import measured_interfaces
from napari_assb_twin.measure.section_statistics import SectionStatistics
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.measure.trends import Trend, trends
from napari_assb_twin.twin.phases import Phase
from napari_assb_twin.twin.readouts import CONTACTS

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Evidence:
    """Numbers of one data set, measured or simulated, that no fit has seen.

    Attributes
    ----------
    ratio_variation
        See `assignment.ratio_variation`, of the phase that is cut first.
    contact_shares
        Share of a phase's surface that touches another, in the order of `CONTACTS`; nan where the
        phase has no surface.
    statistics
        Values of the gauge's section statistics.
    trends
        Changes of the fractions across the sections, in the order of the gauge's trends.
    """

    ratio_variation: float
    contact_shares: Floats
    statistics: Floats
    trends: Floats


class Gauge:
    """Measures the same evidence in every data set; lengths are chosen once, from the first."""

    def __init__(self, stacks: Sequence[SectionStack]) -> None:
        self.statistics = SectionStatistics.of(stacks)
        self.trends: tuple[Trend, ...] = tuple(trends(stacks))

    def __call__(
        self, stacks: Sequence[SectionStack], data: LagData, first_phase: Phase
    ) -> Evidence:
        """The evidence of one data set."""
        shares = measured_interfaces(tuple(stacks)).contact_share
        drifts = trends(stacks)
        return Evidence(
            ratio_variation=ratio_variation(data, first_phase),
            contact_shares=np.array(
                [np.nan if shares[pair] is None else shares[pair] for pair in CONTACTS], dtype=float
            ),
            statistics=self.statistics.values(stacks),
            trends=np.array([drifts[trend] for trend in self.trends]),
        )
