"""One row of the results: a scenario realised once, and its descriptors."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from napari_assb_twin.descriptors.describe import describe
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import Volume
from napari_assb_twin.scenarios.design import seed_of
from napari_assb_twin.scenarios.plan import Key, Plan, Point
from napari_assb_twin.steps import finished
from napari_assb_twin.twin.realisation import Realisation
from napari_assb_twin.twin.synthesis import realise


@dataclass(frozen=True, kw_only=True)
class Row:
    """What became of one realisation.

    Attributes
    ----------
    scenario, realisation
        Its place in the plan, both counted from 1.
    seed
        Of its noise.
    parameters
        The varied values.
    values
        Descriptors by key, None where there is none; empty if it failed.
    error
        Why it failed, in a sentence; None if it did not.
    seconds
        Time of making and measuring it.
    """

    scenario: int
    realisation: int
    seed: int
    parameters: Mapping[str, float]
    values: Mapping[str, float | None]
    error: str | None = None
    seconds: float = 0.0

    @property
    def key(self) -> Key:
        """Its place in the plan."""
        return self.scenario, self.realisation

    def document(self) -> dict[str, Any]:
        """The JSON object of a row."""
        return asdict(self)

    @classmethod
    def of(cls, document: Any) -> Row:
        """The row of a JSON object; `ValueError`, `TypeError` or `KeyError` if it is none."""
        row = cls(**document)
        whole = (row.scenario, row.realisation, row.seed)
        if not all(isinstance(n, int) and not isinstance(n, bool) and n >= 0 for n in whole):
            raise ValueError("a number is not whole")
        if not isinstance(row.error, str | None):
            raise ValueError("the error is no text")
        numbers = [row.seconds, *row.parameters.values()]
        numbers += [v for v in row.values.values() if v is not None]
        if not all(isinstance(n, int | float) and math.isfinite(n) for n in numbers):
            raise ValueError("a value is no number")
        return row


def measured_row(plan: Plan, key: Key) -> Row:
    """Make and measure one realisation; what goes wrong is said in the row."""
    scenario, realisation = key
    point = plan.design_points[scenario - 1]
    seed = seed_of(plan.seed, key)
    started = time.perf_counter()
    values: Mapping[str, float | None] = {}
    error = None
    try:
        made = realised(plan, point, seed)
        values = _described(plan, Volume(made.labels, made.voxel_size_um))
    except InputError as wrong:
        error = str(wrong)
    except MemoryError:
        error = "The volume does not fit into the memory; choose a smaller shape."
    except Exception as wrong:  # one realisation that fails must not end all the others
        error = f"{type(wrong).__name__}: {wrong}"
    return Row(
        scenario=scenario,
        realisation=realisation,
        seed=seed,
        parameters=point,
        values=values,
        error=error,
        seconds=time.perf_counter() - started,
    )


def failed_row(plan: Plan, key: Key, error: str) -> Row:
    """The row of a realisation whose process did not live to tell."""
    point = plan.design_points[key[0] - 1]
    return Row(
        scenario=key[0],
        realisation=key[1],
        seed=seed_of(plan.seed, key),
        parameters=point,
        values={},
        error=error,
    )


def realised(plan: Plan, point: Point, seed: int) -> Realisation:
    """The volume of a row, from its parameters and its seed."""
    return realise(plan.variant(point, seed), device=plan.choice.device)


def _described(plan: Plan, volume: Volume) -> dict[str, float | None]:
    values = finished(describe(volume, plan.choice))
    return {
        key: None if value is None or not math.isfinite(value) else float(value)
        for key, value in values.items()
    }
