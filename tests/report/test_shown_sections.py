"""Sections that are shown side by side have one size, one scale and a stated seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import SectionStack, Volume, volume_fractions
from napari_assb_twin.report.record import Record
from napari_assb_twin.report.sections import LONGEST_SIDE, plates
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.twin.presets import preset


def test_every_row_is_equally_long_and_of_one_size(fitted) -> None:
    shown = plates(fitted.twin, Record.of(fitted.twin), fitted.measured, seed=5)
    assert [plate.plane for plate in shown] == ["xy", "xz"]
    assert [len(plate.measured) for plate in shown] == [1, 2]
    assert {len(plate.measured) + len(plate.simulated) for plate in shown} == {4}
    for plate in shown:
        assert plate.pixel_size_um == (0.1, 0.1)
        assert len({image.shape for image in (*plate.measured, *plate.simulated)}) == 1
    np.testing.assert_array_equal(shown[1].measured[1], fitted.measured[1].images[1])


def test_a_seed_is_one_picture_and_another_seed_another(fitted) -> None:
    first, again, other = (
        plates(fitted.twin, None, fitted.measured, seed=seed)[0].simulated for seed in (5, 5, 6)
    )
    np.testing.assert_array_equal(first[0], again[0])
    assert (first[0] != other[0]).mean() > 0.1
    assert (first[0] != first[1]).mean() > 0.1


def test_simulated_sections_have_the_fractions_of_the_twin() -> None:
    """160 correlation lengths squared: shares within 0.03, about four standard errors."""
    twin = preset("fine-electrolyte")
    twin = replace(twin, grid=replace(twin.grid, shape=(384, 384, 384), voxel_size_um=0.2))
    for plate in plates(twin, None, None, seed=1):
        shares = volume_fractions(plate.simulated)
        for phase in PHASES:
            assert shares[phase] == pytest.approx(twin.volume_fractions[phase], abs=0.03)


def test_without_data_the_record_says_the_sizes(fitted) -> None:
    shown = plates(fitted.twin, Record.of(fitted.twin), None, seed=0)
    assert [plate.simulated[0].shape for plate in shown] == [(90, 90), (80, 100)]
    assert not any(plate.measured for plate in shown)


def test_large_sections_are_shown_by_their_middle(fitted) -> None:
    image = np.zeros((40, LONGEST_SIDE + 100), np.uint8)
    image[:, 50:-50] = 1
    stack = SectionStack("yz", (image,), (0.1, 0.1))
    (plate,) = plates(fitted.twin, None, (stack,), seed=0)
    assert plate.measured[0].shape == (40, LONGEST_SIDE)
    assert (plate.measured[0] == 1).all()


def test_a_volume_shows_both_kinds_of_planes(fitted) -> None:
    labels = np.random.default_rng(0).integers(0, 3, (40, 36, 44), dtype=np.uint8)
    shown = plates(fitted.twin, None, Volume(labels, (0.2, 0.1, 0.1)), seed=0)
    assert [(plate.plane, plate.measured[0].shape) for plate in shown] == [
        ("xy", (36, 44)),
        ("xz", (40, 44)),
    ]
    assert shown[1].pixel_size_um == (0.2, 0.1)


def test_a_correlation_without_end_is_refused(fitted) -> None:
    twin = fitted.twin.with_correlation("X", length_um=1e5, oscillation_per_um=0.0)
    with pytest.raises(InputError, match="field X reaches too far"):
        plates(twin, None, fitted.measured, seed=0)
