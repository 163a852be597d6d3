"""A small twin of short reach, and plans of it that are quick to measure."""

from __future__ import annotations

from typing import Any

import pytest

from napari_assb_twin.descriptors.describe import Choice
from napari_assb_twin.scenarios.plan import Plan, Varied
from napari_assb_twin.twin.parameters import Correlation, Grid, RandomField, Twin


@pytest.fixture
def twin() -> Twin:
    field: Any = RandomField(correlation=Correlation(length_um=0.2, smoothness=None))
    return Twin(X=field, Y=field, grid=Grid(shape=(32, 34, 36)), seed=4)


@pytest.fixture
def plan(twin: Twin) -> Plan:
    """Six realisations of three scenarios."""
    return Plan(
        twin=twin,
        varied=(
            Varied(parameter="pore", low=0.1, high=0.3),
            Varied(parameter="X.length_um", low=0.15, high=0.3, scale="log"),
        ),
        points=3,
        realisations=2,
        choice=Choice(groups=("composition", "interfaces", "networks"), axes=("z",)),
        seed=9,
    )
