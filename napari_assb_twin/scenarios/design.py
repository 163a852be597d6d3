"""Where the scenarios of a plan lie in its ranges, and the seeds of their noise."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from napari_assb_twin.scenarios.plan import Key, Plan

_SEED_BITS = 31
"""A seed fits into the field of the window, so that the volume of a row can be shown there."""


def parts_of(plan: Plan) -> list[tuple[float, ...]]:
    """For each scenario the part of every range, 0 to 1, in the order of ``plan.varied``."""
    if plan.design == "grid":
        steps = [np.linspace(0.0, 1.0, one.steps or 2).tolist() for one in plan.varied]
        return list(product(*steps))
    from scipy.stats import qmc

    kind = qmc.Sobol if plan.design == "sobol" else qmc.LatinHypercube
    sampler = kind(len(plan.varied), rng=np.random.default_rng(plan.seed))
    return [tuple(row) for row in sampler.random(plan.scenarios).tolist()]


def seed_of(plan_seed: int, key: Key) -> int:
    """The seed of a realisation: of the plan's seed and the place in the plan alone."""
    low, high = np.random.SeedSequence([plan_seed, *key]).generate_state(2).tolist()
    return int((high << 32 | low) >> (64 - _SEED_BITS))
