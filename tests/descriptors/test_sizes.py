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


@pytest.mark.parametrize("voxel_size_um", [(0.5, 0.1, 0.1), (0.1, 0.3, 0.1), (0.1, 0.2, 0.4)])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_slab_across_any_edge_of_unequal_voxels_has_half_its_width(
    axis: int, voxel_size_um: tuple[float, float, float]
) -> None:
    """Seven layers have a middle one, so that the radius is exact."""
    inside = np.zeros((21, 22, 23), dtype=bool)
    np.moveaxis(inside, axis, 0)[5:12] = True
    along = "zyx"[axis - 1]
    found = phase_sizes(inside, voxel_size_um, (along,))
    assert found.median_um == pytest.approx(3.5 * voxel_size_um[axis], rel=1e-9)
    assert found.constrictivity(along) == pytest.approx(1.0, rel=1e-9)


def _ball(radius_um: float, voxel_size_um: tuple[float, float, float]) -> np.ndarray:
    """In a box of 26 µm."""
    places = [(np.arange(n) + 0.5) / n * 26 - 13 for n in (round(26 / d) for d in voxel_size_um)]
    z, y, x = np.ix_(*places)
    return z**2 + y**2 + x**2 <= radius_um**2


@pytest.mark.parametrize("voxel_size_um", [(2.0, 1.0, 1.0), (1.0, 1.0, 2.0), (1.0, 26 / 9, 1.0)])
def test_a_ball_of_unequal_voxels_is_that_of_fine_cubes(
    voxel_size_um: tuple[float, float, float],
) -> None:
    """Within half the longest edge."""
    fine = (0.5, 0.5, 0.5)
    expected = phase_sizes(_ball(10.0, fine), fine, ()).median_um
    assert expected == pytest.approx(10.0, abs=0.75)  # no voxel has its middle in that of the ball
    found = phase_sizes(_ball(10.0, voxel_size_um), voxel_size_um, ()).median_um
    assert found == pytest.approx(expected, abs=0.5 * max(voxel_size_um))


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
