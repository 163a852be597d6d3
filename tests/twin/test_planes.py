"""One plane of a volume, made without the rest of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from reference import with_grid

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin import synthesis
from napari_assb_twin.twin.presets import PRESETS
from napari_assb_twin.twin.synthesis import Synthesizer

INDEX = (5, 40, 17)


def cut(labels: np.ndarray, axis: int, index: int) -> np.ndarray:
    return np.take(labels, [index], axis=axis)


@pytest.mark.parametrize("window", ["periodic", "open"])
@pytest.mark.parametrize("shape", [(64, 64, 64), (63, 62, 61), (48, 80, 65)])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_plane_is_that_of_the_volume(shape: Any, window: Any, axis: int) -> None:
    """But for rounding at the levels: fewer than 1e-4 of the pixels of all presets differ."""
    different = total = 0
    for one in PRESETS.values():
        twin = with_grid(one.twin, shape=shape, window=window)
        expected = cut(Synthesizer("cpu")(twin).labels, axis, INDEX[axis])
        plane = Synthesizer("cpu").plane(twin, axis, INDEX[axis])
        assert (plane.axis, plane.index, plane.twin) == (axis, INDEX[axis], twin)
        assert plane.labels.shape == expected.shape
        assert plane.labels.dtype == np.uint8
        shares = [float((plane.labels == code).mean()) for code in range(3)]
        assert [*plane.volume_fractions.values()] == pytest.approx(shares)
        different += int((plane.labels != expected).sum())
        total += expected.size
    assert different < max(1e-4 * total, 3)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_kept_volume_is_cut_rather_than_made_again(axis: int) -> None:
    synthesizer = Synthesizer("cpu")
    twin = with_grid(PRESETS["sheet-pores"].twin, shape=(64, 64, 64))
    labels = synthesizer(twin).labels
    plane = synthesizer.plane(twin, axis, 9)
    assert set(plane.seconds) == {"label"}
    np.testing.assert_array_equal(plane.labels, cut(labels, axis, 9))


def test_a_moved_slider_makes_one_field_of_the_plane_again() -> None:
    synthesizer = Synthesizer("cpu")
    twin = with_grid(PRESETS["pressed"].twin, shape=(64, 64, 64))
    synthesizer(twin)
    longer = twin.with_value("X.length_um", 0.5)
    moved = synthesizer.plane(longer, 1, 9)
    assert set(moved.seconds) == {"spectrum", "filter", "label"}
    assert set(synthesizer.plane(longer.with_value("pore", 0.2), 1, 9).seconds) == {"label"}
    np.testing.assert_array_equal(synthesizer.plane(twin, 1, 9).labels, cut(
        Synthesizer("cpu")(twin).labels, 1, 9))  # fmt: skip
    reseeded = synthesizer.plane(replace(twin, seed=5), 1, 9)
    assert {"noise", "filter"} <= set(reseeded.seconds)
    assert (reseeded.labels != moved.labels).mean() > 0.2


@pytest.mark.parametrize("window", ["periodic", "open"])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_coarse_plane_shows_the_same_structure_at_full_resolution(axis: int, window: Any) -> None:
    """As alike as half-resolution previews are: .966 to .996 of the labels over the presets."""
    for one in PRESETS.values():
        twin = with_grid(one.twin, shape=(96, 96, 96), window=window)
        exact = Synthesizer("cpu").plane(twin, axis, 30).labels
        coarse = Synthesizer("cpu").plane(twin, axis, 30, coarsen=2)
        assert coarse.labels.shape == exact.shape
        assert (coarse.labels == exact).mean() > 0.94, one.title


@pytest.mark.parametrize("coarsen", [1, 2])
@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("shape", [(64, 64, 64), (63, 64, 61)])
def test_planes_do_not_depend_on_the_device(
    shape: Any, axis: int, coarsen: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Torch on the CPU stands in for CUDA; fewer than 1e-4 of the pixels differ."""
    from napari_assb_twin.twin.torch_backend import TorchBackend

    twins = [with_grid(p.twin, shape=shape) for p in PRESETS.values()]
    expected = [Synthesizer("cpu").plane(twin, axis, 11, coarsen=coarsen) for twin in twins]
    monkeypatch.setattr(synthesis, "choose_backend", lambda device: TorchBackend("cpu"))
    different = total = 0
    for twin, cpu in zip(twins, expected, strict=True):
        other = Synthesizer().plane(twin, axis, 11, coarsen=coarsen)
        different += int((other.labels != cpu.labels).sum())
        total += cpu.labels.size
    assert different < max(1e-4 * total, 3)


def test_a_box_that_is_too_small_is_refused() -> None:
    twin = with_grid(PRESETS["pressed"].twin, shape=(16, 16, 16)).with_value("X.length_um", 1.5)
    with pytest.raises(InputError, match="box"):
        Synthesizer("cpu").plane(twin, 0, 3)
