"""How a training joins a calibration: it goes on from the exact fit."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from napari_assb_twin.calibration.lags import LagData
from napari_assb_twin.calibration.model_names import ModelName, TrainingMethod
from napari_assb_twin.calibration.progress import Progress
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.twin.parameters import Twin


@dataclass(frozen=True)
class Refined:
    """A twin that was trained, and the record of its training for the twin file."""

    twin: Twin
    record: Mapping[str, Any]


class Refine(Protocol):
    """A training that can be asked to go on from an exact fit."""

    @property
    def method(self) -> TrainingMethod:
        """Its name."""

    def __call__(
        self,
        stacks: Sequence[SectionStack],
        data: LagData,
        fitted: Twin,
        *,
        model: ModelName,
        fixed: Mapping[str, float | None],
        correlated: bool,
        judge: bool,
        seed: int,
    ) -> Generator[Progress, None, Refined]:
        """Train on the sections, whose curves are the data, from a fitted twin.

        ``correlated``: whether the correlation of its fields is trained as well.  ``judge``:
        whether the twins before and after are compared with statistics that no loss holds.
        """
