"""Graded cathodes: fractions that follow a profile, wherever and however they are made."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reference import with_grid

from napari_assb_twin import cli
from napari_assb_twin.errors import InputError
from napari_assb_twin.export.source import Source
from napari_assb_twin.twin import synthesis, tiles
from napari_assb_twin.twin.cpu_backend import CpuBackend
from napari_assb_twin.twin.exact import coverage
from napari_assb_twin.twin.gradient import Gradient, gradient_between
from napari_assb_twin.twin.morph import morph
from napari_assb_twin.twin.parameters import Correlation, RandomField, Twin
from napari_assb_twin.twin.phases import PAIRS, PHASES
from napari_assb_twin.twin.synthesis import Synthesizer
from napari_assb_twin.twin.tiles import Tiles
from napari_assb_twin.twin.twin_file import load_twin, save_twin, twin_to_document

FRACTIONS, PROFILE = gradient_between(
    depth=(0, 0.5, 1), pore=(0.3, 0.2, 0.1), active_material=(0.3, 0.5, 0.5)
)
SHORT = RandomField(correlation=Correlation(length_um=0.12, smoothness=None))
LOBES = RandomField(
    degrees_of_freedom=1, tail="lower", correlation=Correlation(length_um=0.15, smoothness=None)
)
TWIN = with_grid(
    Twin(volume_fractions=FRACTIONS, X=SHORT, Y=SHORT, gradient=PROFILE),
    shape=(40, 256, 256), window="open",
)  # fmt: skip
TWINS = {
    "gaussian": TWIN,
    "chi-square": replace(TWIN, Y=LOBES, X=LOBES),
    "correlated": replace(TWIN, field_correlation=0.6),
    "turned": replace(TWIN, gradient=replace(PROFILE, separator_side="last")),
}


def shares(labels: np.ndarray) -> np.ndarray:
    """Fractions of every slice along z, shape (slices, 3)."""
    return np.stack([(labels == code).mean(axis=(1, 2)) for code in range(3)], axis=1)


def wanted(twin: Twin) -> np.ndarray:
    """The profile at the middle of every slice, by plain interpolation."""
    n = twin.grid.shape[0]
    depth = (np.arange(n) + 0.5) / n
    if twin.gradient is not None and twin.gradient.separator_side == "last":
        depth = 1 - depth
    pore = np.interp(depth, (0, 0.5, 1), (0.3, 0.2, 0.1))
    active = np.interp(depth, (0, 0.5, 1), (0.3, 0.5, 0.5))
    return np.stack([pore, active, 1 - pore - active], axis=1)


@pytest.mark.parametrize("name", TWINS)
@pytest.mark.parametrize("window", ["open", "periodic"])
def test_every_slice_has_the_fractions_of_the_profile(name: str, window: Any) -> None:
    """Four seeds.  A slice holds some 2000 grains, so that a share scatters by 0.01 at most."""
    twin = with_grid(TWINS[name], window=window)
    seeds = [Synthesizer("cpu")(replace(twin, seed=seed)).labels for seed in range(4)]
    measured = np.mean([shares(labels) for labels in seeds], axis=0)
    difference = measured - wanted(twin)
    assert np.abs(difference).max() < 0.02
    assert np.abs(difference.mean(axis=0)).max() < 0.006
    assert np.ptp(measured[:, 0]) > 0.15


@pytest.mark.parametrize("name", TWINS)
def test_tiles_and_planes_are_cut_alike(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "EDGES", (32,))
    twin = with_grid(TWINS[name], shape=(40, 64, 64))
    live = Synthesizer("cpu")(twin).labels
    made = Tiles.of(twin).window((0, 0, 0), (40, 64, 64), CpuBackend())
    assert (made != live).mean() <= 1e-5
    for axis, index in ((0, 3), (0, 38), (1, 10), (2, 50)):
        plane = Synthesizer("cpu").plane(twin, axis, index).labels
        assert (plane != np.take(live, [index], axis=axis)).mean() <= 1e-4


def test_a_preview_is_graded_too() -> None:
    twin = with_grid(TWIN, shape=(64, 128, 128))
    for window in ("open", "periodic"):
        full = Synthesizer("cpu")(with_grid(twin, window=window))
        coarse = Synthesizer("cpu")(full.twin, coarsen=2)
        difference = shares(coarse.labels) - shares(full.labels)[::2]
        assert np.abs(difference.mean(axis=0)).max() < 0.02
        assert np.abs(difference).max() < 0.05


def test_labels_do_not_depend_on_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    from napari_assb_twin.twin.torch_backend import TorchBackend

    twins = [with_grid(twin, shape=(40, 64, 64)) for twin in TWINS.values()]
    expected = [Synthesizer("cpu")(twin).labels for twin in twins]
    monkeypatch.setattr(synthesis, "choose_backend", lambda device: TorchBackend("cpu"))
    for twin, labels in zip(twins, expected, strict=True):
        assert (Synthesizer()(twin).labels != labels).mean() <= 1e-5


def test_a_flat_gradient_changes_nothing() -> None:
    flat = Gradient(depth=(0, 1), pore=(0, 0), active_material=(0, 0))
    twin = with_grid(TWIN, shape=(40, 64, 64))
    plain = Synthesizer("cpu")(replace(twin, gradient=None)).labels
    np.testing.assert_array_equal(Synthesizer("cpu")(replace(twin, gradient=flat)).labels, plain)


@pytest.mark.parametrize("name", ["gaussian", "chi-square", "correlated"])
def test_curves_are_the_mean_of_those_of_thin_layers(name: str) -> None:
    """In-plane coverage of 12 volumes, each pair within 1e-3 and 5 standard errors."""
    twin = TWINS[name]
    lags = (1, 3, 12)
    measured = []
    for seed in range(12):
        labels = Synthesizer("cpu")(replace(twin, seed=seed)).labels
        measured.append([pairs(labels[..., :-lag], labels[..., lag:]) for lag in lags])
    values = np.array(measured)
    mean, error = values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(12)
    exact = coverage(twin, 0.1 * np.array(lags)).values.T
    assert (np.abs(mean - exact) < 1e-3 + 5 * error).all()
    ungraded = coverage(replace(twin, gradient=None), 0.1 * np.array(lags)).values.T
    assert np.abs(exact - ungraded).max() > 3e-3
    np.testing.assert_allclose(coverage(twin, [0.0]).values[[0, 3, 5], 0], list(means(twin)))


def means(twin: Twin) -> np.ndarray:
    return np.array([share for _, share in twin.volume_fractions.items()])


def pairs(one: np.ndarray, other: np.ndarray) -> list[float]:
    joint = np.bincount((3 * one + other).ravel(), minlength=9).reshape(3, 3) / one.size
    joint = 0.5 * (joint + joint.T)
    return [joint[PHASES.index(i), PHASES.index(j)] for i, j in PAIRS]


# --- the value -----------------------------------------------------------------------------------


def test_means_and_differences_of_fractions_at_depths() -> None:
    assert FRACTIONS.pore == pytest.approx(0.2)
    assert FRACTIONS.active_material == pytest.approx(0.45)
    assert PROFILE.pore == pytest.approx((0.1, 0.0, -0.1))
    assert PROFILE.active_material == pytest.approx((-0.15, 0.05, 0.05))
    layer = PROFILE.fractions(FRACTIONS, 0.25)
    assert [share for _, share in layer.items()] == pytest.approx([0.25, 0.4, 0.35])


def test_the_command_grades_a_twin(tmp_path: Path, capsys: Any) -> None:
    save_twin(replace(TWIN, gradient=None), tmp_path / "a.twin.json")
    target = tmp_path / "b.twin.json"
    call = ["grade", str(tmp_path / "a.twin.json"), "--depth", "0,0.5,1", "-o", str(target)]
    given = ["--pore", "0.3,0.2,0.1", "--active-material", "0.3,0.5,0.5"]
    assert cli.main([*call, *given]) == 0
    assert load_twin(target) == TWIN
    assert cli.main([*call, *given, "--separator-side", "last"]) == 0
    assert load_twin(target) == TWINS["turned"]
    for wrong in (["0.3,0.2", "0.3,0.5,0.5"], ["0.3,0.2,0.6", "0.3,0.5,0.5"]):
        assert cli.main([*call, "--pore", wrong[0], "--active-material", wrong[1]]) == 2
        assert capsys.readouterr().err.count("\n") == 1


def test_a_slider_moves_the_whole_profile() -> None:
    moved = TWIN.with_value("pore", 0.25)
    assert moved.gradient == PROFILE
    assert moved.at_depth(0.0).volume_fractions.pore == pytest.approx(0.35)
    assert moved.at_depth(0.0).gradient is None
    with pytest.raises(InputError, match=r"pore is -0\.05.* at depth 1; flatten the gradient"):
        TWIN.with_value("pore", 0.05)


def test_a_file_carries_it(tmp_path: Path) -> None:
    path = save_twin(TWINS["turned"], tmp_path / "a.twin.json")
    assert load_twin(path) == TWINS["turned"]
    document = json.loads(path.read_text())
    assert document["gradient"]["separator_side"] == "last"
    assert document["gradient"]["depth"] == [0, 0.5, 1]
    assert "gradient" not in twin_to_document(replace(TWIN, gradient=None))
    del document["gradient"]["separator_side"]
    path.write_text(json.dumps(document))
    assert load_twin(path) == TWIN


def test_exports_know_where_the_separator_is() -> None:
    for name, side in (("gaussian", "first"), ("turned", "last")):
        twin = with_grid(TWINS[name], shape=(16, 16, 16))
        source = Source.of(Synthesizer("cpu")(twin), ())
        assert source.separator_side == side


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"depth": [0, 1]}, "3 entries but depth has 2"),
        ({"depth": [0, 0.5, 0.9]}, "rise from 0"),
        ({"depth": [0, 0, 1]}, "rise from 0"),
        ({"depth": []}, "list of numbers"),
        ({"pore": [0.1, 0, None]}, "list of numbers"),
        ({"pore": "abc"}, "list of numbers"),
        ({"pore": [0.2, 0.1, 0]}, "mean 0.1 over the depth"),
        ({"pore": [0.2, 0, -0.2]}, "pore is .* at depth 1"),
        ({"separator_side": "top"}, "first, last"),
        ({"slope": 1}, "slope"),
    ],
)
def test_what_is_no_gradient_is_refused(tmp_path: Path, change: Any, words: str) -> None:
    document = twin_to_document(TWIN)
    document["gradient"] |= change
    path = tmp_path / "a.twin.json"
    path.write_text(json.dumps(document))
    with pytest.raises(InputError, match=words):
        load_twin(path)


def test_a_morph_keeps_it() -> None:
    other = TWIN.with_value("X.length_um", 0.2)
    assert morph(TWIN, other, 0.5).gradient == PROFILE
