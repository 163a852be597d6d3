"""A twin of short reach, in tiles of 32 voxels: eight small tiles make a volume."""

from __future__ import annotations

from typing import Any

import pytest

from napari_assb_twin.twin import tiles
from napari_assb_twin.twin.parameters import Correlation, Grid, RandomField, Twin


@pytest.fixture
def twin(monkeypatch: pytest.MonkeyPatch) -> Twin:
    """In an open window of 2 x 2 x 3 tiles, the last of each axis not full."""
    monkeypatch.setattr(tiles, "EDGES", (32,))
    field: Any = RandomField(correlation=Correlation(length_um=0.2, smoothness=None))
    return Twin(X=field, Y=field, grid=Grid(shape=(50, 40, 70), window="open"), seed=4)
