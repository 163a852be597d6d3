"""Simulated data look like the measured ones: number, size, spacing, mask."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from reference import recovery_twin, sections

from napari_assb_twin.calibration.bootstrap import Simulator
from napari_assb_twin.calibration.least_squares import LowParametricModel
from napari_assb_twin.measure.sections import SectionStack, Volume
from napari_assb_twin.methods import calibrate

TWIN = recovery_twin()


def masked(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    """Labels with a window of odd outline."""
    labels = np.random.default_rng(seed).integers(0, 3, shape).astype(np.uint8)
    labels[..., :7] = 255
    labels[10:20, ..., 20:30] = 255
    return labels


@pytest.mark.parametrize("spacing", [None, 2.0])
@pytest.mark.parametrize("plane", ["xy", "xz", "yz"])
def test_sections_keep_number_size_and_mask(plane: Any, spacing: float | None) -> None:
    images = (masked((40, 64)), masked((64, 40), 1), masked((48, 48), 2))
    stack = SectionStack(plane, images, (1.0, 0.8), spacing)
    (simulated,) = Simulator((stack,), TWIN, 0).replicate()  # type: ignore[misc]
    assert simulated.plane == plane
    assert simulated.pixel_size_um == stack.pixel_size_um
    assert simulated.spacing_um == spacing
    assert len(simulated.images) == 3
    for new, old in zip(simulated.images, images, strict=True):
        assert new.shape == old.shape
        np.testing.assert_array_equal(new == 255, old == 255)
        assert set(np.unique(new)) == {0, 1, 2, 255}
        assert not np.array_equal(new, old)


def test_a_volume_keeps_size_and_mask() -> None:
    volume = Volume(masked((32, 40, 48)), (1.0, 0.8, 0.9))
    simulated = Simulator(volume, TWIN, 0).replicate()
    assert isinstance(simulated, Volume)
    assert simulated.voxel_size_um == volume.voxel_size_um
    np.testing.assert_array_equal(simulated.labels == 255, volume.labels == 255)
    assert set(np.unique(simulated.labels)) == {0, 1, 2, 255}


def test_neighbours_in_a_stack_are_alike_and_independent_sections_are_not() -> None:
    """At a tenth of a length nine in ten pixels agree; at random four in ten do."""
    image = np.random.default_rng(0).integers(0, 3, (64, 64)).astype(np.uint8)
    agreement = []
    for spacing in (0.3, 5.0, 200.0, None):
        stack = SectionStack("yz", (image,) * 4, (1.0, 1.0), spacing)
        (simulated,) = Simulator((stack,), TWIN, 1).replicate()  # type: ignore[misc]
        pairs = zip(simulated.images, simulated.images[1:], strict=False)
        agreement.append(np.mean([np.mean(a == b) for a, b in pairs]))
    close, apart, far, independent = agreement
    assert close > 0.9
    assert 0.45 < apart < 0.75
    assert far < 0.55
    assert independent < 0.55


def test_replicates_differ_and_repeat_with_the_seed() -> None:
    image = np.random.default_rng(0).integers(0, 3, (48, 48)).astype(np.uint8)
    stacks = (SectionStack("yz", (image,), (1.0, 1.0)),)

    def two(seed: int) -> list[np.ndarray]:
        simulator = Simulator(stacks, TWIN, seed)
        return [simulator.replicate()[0].images[0] for _ in range(2)]  # type: ignore[index]

    one, again, other = two(3), two(3), two(4)
    assert not np.array_equal(one[0], one[1])
    np.testing.assert_array_equal(one[0], again[0])
    assert not np.array_equal(one[0], other[0])


def test_a_fit_starts_twice_from_the_half_decay_of_the_data(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Slow and fast oscillation, .3 and 1.5 over the length; the length is near the truth."""
    starts: list[Any] = []
    refit = LowParametricModel.refit

    def recorded(model: Any, data: Any, near: Any) -> Any:
        starts.append(near.twin)
        return refit(model, data, near)

    monkeypatch.setattr(LowParametricModel, "refit", recorded)
    data = {"yz": sections(TWIN, "yz", [0, 1])}
    calibrate(data, voxel_size_um=1.0, bootstrap=0, first_phase="active_material")
    assert len(starts) == 2
    for start, factor in zip(starts, (0.3, 1.5), strict=True):
        for name, low, high in (("X", 3.0, 10.0), ("Y", 1.5, 8.0)):
            correlation = start.field(name).correlation
            assert low < correlation.length_um < high
            product = correlation.oscillation_per_um * correlation.length_um
            assert product == pytest.approx(factor)


def test_wrong_pixels_are_simulated_too() -> None:
    """A tenth of the pixels drawn anew: two thirds of those differ; within 4 standard errors."""
    image = np.random.default_rng(0).integers(0, 3, (256, 256)).astype(np.uint8)
    stacks = (SectionStack("yz", (image,) * 4, (1.0, 1.0)),)
    (clean,) = Simulator(stacks, TWIN, 3).replicate()  # type: ignore[misc]
    (wrong,) = Simulator(stacks, TWIN, 3, segmentation_error=0.1).replicate()  # type: ignore[misc]
    changed = np.mean(clean.images[0] != wrong.images[0])
    assert changed == pytest.approx(0.1 * 2 / 3, abs=4 * np.sqrt(0.067 * 0.933 / 256**2))
