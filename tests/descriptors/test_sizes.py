"""Phase sizes of slabs, cylinders and necks, whose radii are known."""

from __future__ import annotations

import numpy as np
import pytest

from napari_assb_twin.descriptors.sizes import phase_sizes


def test_a_slab_has_half_its_width() -> None:
    inside = np.zeros((60, 40, 40), dtype=bool)
    inside[20:32] = True
    found = phase_sizes(inside)
    assert found.median_um == pytest.approx(6.0, abs=0.51)
    assert found.bottleneck_um("x") == pytest.approx(6.0, abs=0.51)
    assert found.constrictivity("x") == pytest.approx(1.0, abs=0.05)
    assert found.constrictivity("z") == 0  # no voxel of it lies in the first layer of z


def test_a_straight_cylinder_has_no_bottleneck() -> None:
    y, x = np.mgrid[:61, :61] - 30
    inside = np.broadcast_to(x**2 + y**2 <= 12.0**2, (40, 61, 61))
    found = phase_sizes(inside, (0.5, 0.5, 0.5))
    assert found.median_um == pytest.approx(6.0, abs=0.3)
    assert found.constrictivity("z") == pytest.approx(1.0, abs=0.1)


def test_a_neck_is_the_bottleneck() -> None:
    """Two wide chambers joined by a narrow pipe: from the first face, balls wider than the pipe
    fill the first chamber and no more, less than half of the volume."""
    y, x = np.mgrid[:61, :61] - 30
    wide, narrow = x**2 + y**2 <= 20.0**2, x**2 + y**2 <= 5.0**2
    inside = np.concatenate([np.repeat(part[None], n, axis=0)
                             for part, n in ((wide, 30), (narrow, 10), (wide, 60))])  # fmt: skip
    found = phase_sizes(inside)
    assert found.median_um == pytest.approx(20.0, abs=1.5)
    assert found.bottleneck_um("z") == pytest.approx(5.0, abs=0.8)
    assert found.constrictivity("z") == pytest.approx(1 / 16, rel=0.35)


def test_shares_fall_from_one_to_the_widest() -> None:
    rng = np.random.default_rng(0)
    inside = rng.random((30, 30, 30)) < 0.8
    found = phase_sizes(inside)
    assert found.filled[0] == 1
    assert (np.diff(found.filled) <= 1e-12).all()
    assert found.filled[-1] > 0
    assert all((found.entered[axis] <= found.filled + 1e-12).all() for axis in "zyx")


def test_an_empty_or_full_box_has_no_sizes() -> None:
    assert phase_sizes(np.zeros((9, 9, 9), dtype=bool)) is None
    assert phase_sizes(np.ones((9, 9, 9), dtype=bool)) is None
