"""Shortest paths are those of scikit-image, and each leads from the first layer to its end."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.graph import MCP_Geometric

from napari_assb_twin.descriptors.paths import paths_from_first


@pytest.mark.parametrize("sizes", [(1.0, 1.0, 1.0), (0.2, 0.1, 0.3)])
def test_lengths_are_those_of_scikit_image(sizes) -> None:
    inside = np.random.default_rng(3).random((20, 13, 17)) < 0.3
    found = paths_from_first(inside, sizes).lengths
    costs = MCP_Geometric(np.where(inside, 1.0, -1.0), fully_connected=True, sampling=sizes)
    expected, _ = costs.find_costs([(0, *start) for start in np.argwhere(inside[0]).tolist()])
    assert np.isinf(found[~inside]).all()
    assert found[inside] == pytest.approx(expected[inside], rel=1e-12)
    assert np.isfinite(found).any()
    assert np.isinf(found[inside]).any()


def test_a_path_is_as_long_as_it_is_said() -> None:
    inside = np.random.default_rng(3).random((20, 13, 17)) < 0.4
    sizes = np.array((0.2, 0.1, 0.3))
    paths = paths_from_first(inside, tuple(sizes))
    ends = np.argwhere(np.isfinite(paths.lengths[-1]))
    assert len(ends)
    for y, x in ends[::20]:
        passed = paths.to((19, int(y), int(x)))
        assert passed[0].tolist() == [19, y, x]
        assert passed[-1][0] == 0
        assert inside[tuple(passed.T)].all()
        steps = np.diff(passed, axis=0)
        assert np.abs(steps).max() == 1
        length = np.linalg.norm(steps * sizes, axis=1).sum()
        assert length == pytest.approx(paths.lengths[19, y, x])
