"""Realisations: one structure that morphs, and statistics that are those of the model."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from reference import (
    MODELS,
    REFERENCE,
    periodic_coverage,
    recovery_twin,
    reference_twin,
    with_grid,
)

from napari_assb_twin.errors import InputError, TwinWarning
from napari_assb_twin.twin import synthesis
from napari_assb_twin.twin.cpu_backend import CpuBackend
from napari_assb_twin.twin.device import nvidia_driver_present
from napari_assb_twin.twin.exact import coverage
from napari_assb_twin.twin.parameters import Correlation, Grid, RandomField, Twin, VolumeFractions
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.twin.presets import PRESETS
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.synthesis import Synthesizer, generate, realise
from napari_assb_twin.twin.torus import Torus

CUBE = (96, 96, 96)
SHORT = Correlation(length_um=0.2, smoothness=2.5)


def labels_of(twin: Twin, *, coarsen: int = 1) -> np.ndarray:
    return Synthesizer("cpu")(twin, coarsen=coarsen).labels


@pytest.fixture(scope="module")
def twin() -> Twin:
    """Smooth fields of 7 and 5 voxels' length: `model.md`'s kind of structure."""
    return with_grid(PRESETS["isotropic"].twin, shape=CUBE)


@pytest.fixture(scope="module")
def labels(twin: Twin) -> np.ndarray:
    return labels_of(twin)


# --- one structure ---------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_volume(twin: Twin, labels: np.ndarray) -> None:
    assert labels.dtype == np.uint8
    assert labels.shape == CUBE
    assert set(np.unique(labels)) == {0, 1, 2}
    np.testing.assert_array_equal(labels_of(twin), labels)
    # another seed: as alike as chance has it, the sum of the squared fractions
    other = labels_of(replace(twin, seed=1))
    chance = sum(v**2 for _, v in twin.volume_fractions.items())
    assert (other == labels).mean() == pytest.approx(chance, abs=0.06)


@pytest.mark.parametrize("edge", [97, 104, 128])
def test_a_larger_box_keeps_the_structure_away_from_the_seam(
    twin: Twin, labels: np.ndarray, edge: int
) -> None:
    larger = labels_of(with_grid(twin, shape=(edge, edge, edge)))
    inner = (slice(24, 72),) * 3
    assert (larger[inner] == labels[inner]).mean() > 0.999


def test_a_box_of_unequal_edges_keeps_the_structure(twin: Twin, labels: np.ndarray) -> None:
    other = labels_of(with_grid(twin, shape=(80, 96, 120)))
    inner = (slice(24, 56), slice(24, 72), slice(24, 72))
    assert other.shape == (80, 96, 120)
    assert (other[inner] == labels[inner]).mean() > 0.999


def test_an_open_window_keeps_the_structure_away_from_the_seam(
    twin: Twin, labels: np.ndarray
) -> None:
    opened = labels_of(with_grid(twin, window="open"))
    inner = (slice(24, 72),) * 3
    assert opened.shape == labels.shape
    assert (opened[inner] == labels[inner]).mean() > 0.999
    # what a periodic volume has and an open one has not: opposite faces fit together
    fits = [(volume[0] == volume[-1]).mean() for volume in (labels, opened)]
    assert fits[0] > fits[1] + 0.2


@pytest.mark.parametrize(("coarsen", "agreement"), [(2, 0.99), (4, 0.965)])
@pytest.mark.parametrize("window", ["periodic", "open"])
def test_a_preview_is_the_same_structure(
    twin: Twin, coarsen: int, agreement: float, window: Any
) -> None:
    full = Synthesizer("cpu")(with_grid(twin, window=window))
    preview = Synthesizer("cpu")(full.twin, coarsen=coarsen)
    assert preview.voxel_size_um == pytest.approx((0.1 * coarsen,) * 3)
    picked = full.labels[::coarsen, ::coarsen, ::coarsen]
    assert preview.labels.shape == picked.shape
    assert (preview.labels == picked).mean() > agreement


@pytest.mark.parametrize("shape", [(97, 96, 99), (63, 90, 64), (1, 96, 95)])
@pytest.mark.parametrize("coarsen", [2, 4])
def test_a_preview_of_an_odd_box_covers_the_same_lengths(
    twin: Twin, shape: Any, coarsen: int
) -> None:
    full = labels_of(with_grid(twin, shape=shape))
    preview = Synthesizer("cpu")(with_grid(twin, shape=shape), coarsen=coarsen)
    size = np.array(preview.labels.shape) * preview.voxel_size_um
    np.testing.assert_allclose(size, 0.1 * np.array(shape), rtol=1e-12)
    nearest = [
        np.round(np.arange(m) * n / m).astype(int)
        for m, n in zip(preview.labels.shape, shape, strict=True)
    ]
    # the nearest voxel is up to half a voxel off
    assert (preview.labels == full[np.ix_(*nearest)]).mean() > 0.9


def test_a_preview_of_a_rough_field_keeps_the_fractions() -> None:
    """Waves that the coarse grid drops are made up for; without, the pores would lose a third.

    Mean over 12 seeds; tolerance 4 standard errors.
    """
    rough = RandomField(correlation=Correlation(length_um=0.3, smoothness=0.5))
    base = Twin(X=rough, Y=rough, grid=Grid(shape=(64, 64, 64)))
    shares = np.array(
        [
            [*Synthesizer("cpu")(replace(base, seed=s), coarsen=4).volume_fractions.values()]
            for s in range(12)
        ]
    )
    error = shares.std(axis=0, ddof=1) / math.sqrt(len(shares))
    exact = [v for _, v in base.volume_fractions.items()]
    assert np.all(np.abs(shares.mean(axis=0) - exact) < 4 * error)
    assert np.all(error < 0.015)


@pytest.mark.parametrize(
    ("path", "factor", "most"),
    [
        ("X.length_um", 1.01, 0.01),
        ("Y.length_um", 1.01, 0.01),
        ("X.smoothness", 1.05, 0.01),
        ("X.oscillation_per_um", 1.01, 0.01),
        ("Y.anisotropy", 1.01, 0.01),
        ("active_material", 1.01, 0.01),
    ],
)
def test_a_small_step_of_a_slider_changes_few_voxels(path: str, factor: float, most: float) -> None:
    start = with_grid(PRESETS["pressed"].twin, shape=CUBE)
    value = start.value(path)
    assert value is not None
    changed = (labels_of(start) != labels_of(start.with_value(path, value * factor))).mean()
    assert 0 < changed < most


def test_one_more_degree_of_freedom_only_adds_a_component(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = recorded(monkeypatch)
    field = RandomField(correlation=SHORT)
    base = Twin(grid=Grid(shape=(64, 64, 64)), X=field)
    gaussian = run(base, seen).x
    squares = []
    for k in (1, 2, 3):
        x = run(replace(base, X=replace(field, degrees_of_freedom=k)), seen).x
        squares.append(x)
    np.testing.assert_allclose(squares[0], gaussian**2, rtol=1e-6)
    for fewer, more in pairwise(squares):
        component = more - fewer
        assert component.min() >= 0
        # the square of an independent Gaussian field: mean 1, uncorrelated with the others, to 4
        # standard errors of some 5000 independent regions
        assert component.mean() == pytest.approx(1, abs=0.08)
        assert abs(np.corrcoef(component.ravel(), squares[0].ravel())[0, 1]) < 0.06


def test_x_and_y_draw_their_own_noise() -> None:
    """Within what X leaves, Y cuts half; if Y were X, it would cut nothing of it."""
    field = RandomField(correlation=SHORT)
    halves = VolumeFractions(pore=0.25, active_material=0.5, solid_electrolyte=0.25)
    volume = labels_of(
        Twin(X=field, Y=field, volume_fractions=halves, grid=Grid(shape=(64, 64, 64)))
    )
    assert (volume[volume != 1] == 0).mean() == pytest.approx(0.5, abs=0.05)


# --- stages ----------------------------------------------------------------------------------


class Recorder(CpuBackend):
    """The CPU backend, telling what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.noises = 0
        self.filtered_count = 0
        self.x: Any = None
        self.y: Any = None

    def spectrum(self, noise: Any) -> Any:
        self.noises += 1
        return super().spectrum(noise)

    def filtered(self, *arguments: Any) -> Any:
        self.filtered_count += 1
        return super().filtered(*arguments)

    def label(self, x: Any, y: Any, rule: Any) -> Any:
        self.x, self.y = x, y
        return super().label(x, y, rule)


def recorded(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    monkeypatch.setattr(synthesis, "choose_backend", lambda device: recorder)
    return recorder


def run(twin: Twin, recorder: Recorder) -> Recorder:
    Synthesizer()(twin)
    return recorder


def _tail(t: Twin) -> Twin:
    return replace(t, Y=replace(t.Y, tail="lower"))


def _degrees(t: Twin) -> Twin:
    return replace(t, Y=replace(t.Y, degrees_of_freedom=3))


CHANGES: dict[str, tuple[Callable[[Twin], Twin], set[str], int, int, bool, bool]] = {
    # change: stages that run, noises drawn, fields filtered, X kept, Y kept
    "nothing": (lambda t: t, set(), 0, 0, True, True),
    "a fraction": (lambda t: t.with_value("pore", 0.2), set(), 0, 0, True, True),
    "the first phase": (
        lambda t: replace(t, first_phase="solid_electrolyte"), set(), 0, 0, True, True,
    ),
    "a tail": (_tail, set(), 0, 0, True, True),
    "correlation of Y": (
        lambda t: t.with_value("Y.length_um", 0.52), {"spectrum", "filter"}, 0, 2, True, False,
    ),
    "correlation of X": (
        lambda t: t.with_value("X.anisotropy", 0.7), {"spectrum", "filter"}, 0, 1, False, True,
    ),
    "one more degree of Y": (_degrees, {"noise", "filter"}, 1, 3, True, False),
    "seed": (lambda t: replace(t, seed=5), {"noise", "filter"}, 3, 3, False, False),
    "voxel size": (
        lambda t: with_grid(t, voxel_size_um=0.11), {"spectrum", "filter"}, 0, 3, False, False,
    ),
    "shape": (
        lambda t: with_grid(t, shape=(64, 64, 80)),
        {"noise", "spectrum", "filter"}, 3, 3, False, False,
    ),
    "provenance": (lambda t: replace(t, provenance={"a": 1}), set(), 0, 0, True, True),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_runs_only_the_stages_that_it_touches(
    change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    move, stages, noises, filtered, x_kept, y_kept = CHANGES[change]
    start = with_grid(PRESETS["pressed"].twin, shape=(64, 64, 64))
    start = replace(start, Y=replace(start.Y, degrees_of_freedom=2))
    recorder = recorded(monkeypatch)
    synthesizer = Synthesizer()
    assert set(synthesizer(start).seconds) == {"noise", "spectrum", "filter", "label"}
    assert (recorder.noises, recorder.filtered_count) == (3, 3)
    x, y = recorder.x, recorder.y
    recorder.noises = recorder.filtered_count = 0
    realisation = synthesizer(move(start))
    assert set(realisation.seconds) == {*stages, "label"}
    assert (recorder.noises, recorder.filtered_count) == (noises, filtered)
    assert (recorder.x is x, recorder.y is y) == (x_kept, y_kept)
    monkeypatch.undo()
    np.testing.assert_array_equal(realisation.labels, labels_of(move(start)))


def test_going_back_and_forth_gives_what_a_fresh_start_gives() -> None:
    """Whatever is kept, the answer is the same: a walk over parameters, windows and previews."""
    synthesizer = Synthesizer("cpu")
    start = with_grid(PRESETS["sheet-pores"].twin, shape=(48, 64, 50), voxel_size_um=0.15)
    walk = [
        (start, 1), (start, 2), (start.with_value("pore", 0.2), 2), (start, 1),
        (with_grid(start, window="open"), 1), (with_grid(start, window="open"), 4), (start, 1),
        (replace(start, seed=3), 2), (replace(start, X=start.Y, Y=start.X), 1), (start, 4),
    ]  # fmt: skip
    for twin, coarsen in walk:
        np.testing.assert_array_equal(
            synthesizer(twin, coarsen=coarsen).labels, labels_of(twin, coarsen=coarsen)
        )
    synthesizer.forget()
    np.testing.assert_array_equal(synthesizer(start).labels, labels_of(start))


def test_a_volume_handed_out_is_not_written_to_again() -> None:
    synthesizer = Synthesizer("cpu")
    start = with_grid(PRESETS["pressed"].twin, shape=(64, 64, 64))
    first = synthesizer(start).labels
    kept = first.copy()
    synthesizer(start.with_value("pore", 0.3))
    np.testing.assert_array_equal(first, kept)


def test_after_a_refusal_the_kept_stages_still_serve() -> None:
    synthesizer = Synthesizer("cpu")
    start = with_grid(PRESETS["pressed"].twin, shape=(64, 64, 64))
    before = synthesizer(start).labels
    with pytest.raises(InputError, match="longer than the box"):
        synthesizer(start.with_value("X.length_um", 7.0))
    again = synthesizer(start)
    assert set(again.seconds) == {"label"}
    np.testing.assert_array_equal(again.labels, before)


# --- devices ---------------------------------------------------------------------------------


@pytest.fixture(params=["torch on the CPU", "CUDA"])
def torch_device(request: pytest.FixtureRequest) -> Iterator[str]:
    torch = pytest.importorskip("torch")
    if request.param == "CUDA":
        if not (nvidia_driver_present() and torch.cuda.is_available()):
            pytest.skip("no CUDA device on this machine: CUDA labels were not compared")
        yield "cuda"
    else:
        yield "cpu"


@pytest.mark.parametrize("window", ["periodic", "open"])
@pytest.mark.parametrize("shape", [(64, 64, 64), (63, 64, 61), (1, 128, 128)])
@pytest.mark.parametrize("coarsen", [1, 2])
def test_labels_do_not_depend_on_the_device(
    torch_device: str, shape: Any, window: Any, coarsen: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fewer than 1e-5 of the voxels differ, over all presets: both tails, both kinds."""
    from napari_assb_twin.twin.torch_backend import TorchBackend

    twins = [with_grid(p.twin, shape=shape, window=window) for p in PRESETS.values()]
    on_cpu = [Synthesizer("cpu")(twin, coarsen=coarsen) for twin in twins]
    monkeypatch.setattr(synthesis, "choose_backend", lambda device: TorchBackend(torch_device))
    different = total = 0
    for twin, cpu in zip(twins, on_cpu, strict=True):
        other = Synthesizer()(twin, coarsen=coarsen)
        assert other.device == torch_device
        assert other.labels.dtype == np.uint8
        assert other.volume_fractions == pytest.approx(cpu.volume_fractions, abs=1e-4)
        different += int((other.labels != cpu.labels).sum())
        total += cpu.labels.size
    assert different < max(1e-5 * total, 2)


def test_a_device_that_is_none() -> None:
    with pytest.raises(InputError, match="auto, cpu, cuda"):
        Synthesizer("tpu")


@pytest.mark.skipif(nvidia_driver_present(), reason="this machine has an NVIDIA driver")
def test_cuda_where_there_is_none() -> None:
    with pytest.raises(InputError, match="choose the device cpu or auto"):
        Synthesizer("cuda")
    assert Synthesizer("auto").device == "cpu"


# --- statistics ------------------------------------------------------------------------------


def pooled_z(values: np.ndarray, exact: np.ndarray) -> np.ndarray:
    """Deviation of the mean over realisations (axis 0) in its standard errors."""
    error = values.std(axis=0, ddof=1) / math.sqrt(len(values))
    return (values.mean(axis=0) - exact) / error


def test_fractions_and_curves_of_realisations_are_the_exact_ones() -> None:
    """All six pairs, nine lags, two directions, eight models; 12 realisations of 96^3 each.

    Pooled z rms < 2 and |z| <= 6: lags are strongly correlated, so that a right simulator's z
    rms varies between .65 and 1.7 (reference values, ``_meta``).  Each model has its own seeds.
    """
    curves, fractions = [], []
    for number, name in enumerate(MODELS):
        model = REFERENCE[name]
        base = with_grid(reference_twin(model["parameters"]), shape=CUBE)
        synthesizer = Synthesizer("cpu")
        counted, shares = [], []
        for seed in range(100 * number, 100 * number + 12):
            realisation = synthesizer(replace(base, seed=seed))
            counted.append(
                [periodic_coverage(realisation.labels, model["lags_vox"], a) for a in (2, 0)]
            )
            shares.append([*realisation.volume_fractions.values()])
            assert realisation.volume_fractions == {
                phase: (realisation.labels == i).mean() for i, phase in enumerate(PHASES)
            }
        exact = np.array([model["C_xy"]["exact"], model["C_z"]["exact"]])
        curves.append(pooled_z(np.array(counted), exact))
        fractions.append(pooled_z(np.array(shares), np.array(model["phi_exact"])))
    for z in (np.array(curves), np.array(fractions)):
        assert np.sqrt((z**2).mean()) < 2
        assert np.abs(z).max() <= 6


SMALL = Correlation(length_um=0.5, smoothness=2.5, anisotropy=0.8)


@pytest.mark.parametrize("window", ["periodic", "open"])
@pytest.mark.parametrize(
    ("x", "y"),
    [
        (RandomField(degrees_of_freedom=2, tail="lower"), RandomField(tail="lower")),
        (RandomField(tail="lower"), RandomField(degrees_of_freedom=3, tail="lower")),
        (RandomField(degrees_of_freedom=1), RandomField(degrees_of_freedom=1, tail="lower")),
        (RandomField(degrees_of_freedom=9), RandomField()),
    ],
)
def test_both_tails_and_kinds_in_both_windows(x: RandomField, y: RandomField, window: Any) -> None:
    """12 realisations of 64 x 64 x 60 voxels, 12 lengths; pooled z as above, not pooled further.

    A right simulator's z rms over one model stays below 2.5 here, as few numbers are independent.
    """
    base = Twin(
        X=replace(x, correlation=SMALL),
        Y=replace(y, correlation=SMALL),
        first_phase="solid_electrolyte",
        grid=Grid(shape=(64, 64, 60), window=window),
    )
    lags = [0, 1, 3, 8, 20]
    synthesizer = Synthesizer("cpu")
    values = []
    for seed in range(12):
        volume = synthesizer(replace(base, seed=seed)).labels
        values.append([_inside(volume, lags, axis) for axis in (2, 0)])
    exact = np.array(
        [
            coverage(base, 0.1 * np.array(lags), direction=direction).values
            for direction in ("in-plane", "through-plane")
        ]
    )
    z = pooled_z(np.array(values)[..., 1:], exact[..., 1:])
    assert np.sqrt((z**2).mean()) < 2.5
    assert np.abs(z).max() <= 6


def _inside(volume: np.ndarray, lags: list[int], axis: int) -> np.ndarray:
    """C_ij counted within the box, nothing wrapped."""
    columns = []
    for lag in lags:
        n = volume.shape[axis]
        one, other = volume.take(range(n - lag), axis), volume.take(range(lag, n), axis)
        joint = np.bincount((3 * one + other).ravel(), minlength=9).reshape(3, 3) / one.size
        joint = (joint + joint.T) / 2
        columns.append(joint[np.triu_indices(3)])
    return np.array(columns).T


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_box_of_one_voxel_along_an_axis_is_a_section(axis: int) -> None:
    """16 sections of 192^2: curves in the plane are the exact ones; |z| <= 5, z rms < 2.5."""
    base = recovery_twin()
    shape = tuple(1 if a == axis else 192 for a in range(3))
    lags = [1, 2, 5, 10, 20]
    synthesizer = Synthesizer("cpu")
    others = [a for a in range(3) if a != axis]
    values, exact = [], []
    for seed in range(16):
        volume = synthesizer(replace(with_grid(base, shape=shape), seed=seed)).labels
        assert volume.shape == shape
        values.append([periodic_coverage(volume, lags, a) for a in others])
    for a in others:
        direction: Any = "through-plane" if a == 0 else "in-plane"
        exact.append(coverage(base, lags, direction=direction).values)
    z = pooled_z(np.array(values), np.array(exact))
    assert np.sqrt((z**2).mean()) < 2.5
    assert np.abs(z).max() <= 5


@pytest.mark.parametrize("shape", [(40, 96, 80), (96, 1, 80), (64, 80, 1), (1, 96, 96)])
def test_the_window_sampler_takes_voxels_of_unequal_edges(shape: Any) -> None:
    """16 windows; curves along every axis of more than one voxel, |z| <= 5, z rms < 2.5."""
    base = recovery_twin()
    size = (0.7, 1.3, 1.0)
    sampler = WindowSampler(base, Torus(shape, size))
    random = np.random.default_rng(8)
    axes = [a for a in range(3) if shape[a] > 1]
    lags = [1, 3, 8]
    values = []
    for _ in range(16):
        volume = sampler(random)
        assert volume.shape == shape
        assert volume.dtype == np.uint8
        values.append([_inside(volume, lags, a) for a in axes])
    exact = [
        coverage(
            base,
            size[a] * np.array(lags),
            direction="through-plane" if a == 0 else "in-plane",
        ).values
        for a in axes
    ]
    z = pooled_z(np.array(values), np.array(exact))
    assert np.sqrt((z**2).mean()) < 2.5
    assert np.abs(z).max() <= 5


# --- what is said of a box -------------------------------------------------------------------


def test_a_box_under_ten_lengths_is_warned_of() -> None:
    twin = with_grid(PRESETS["pressed"].twin, shape=(64, 64, 64))
    with pytest.warns(TwinWarning, match=r"only 9\.1 correlation lengths of field X"):
        generate(twin, device="cpu")


def test_a_box_of_ten_lengths_is_not() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        generate(PRESETS["pressed"].twin, shape=(72, 72, 72), device="cpu")


def test_a_clipped_covariance_is_warned_of_and_then_refused() -> None:
    correlation = Correlation(length_um=0.5, smoothness=2.5)
    base = Twin(X=RandomField(correlation=correlation), Y=RandomField(correlation=correlation))
    with pytest.warns(TwinWarning) as caught:
        generate(base, shape=(30, 30, 30), device="cpu")
    sentences = [str(warning.message) for warning in caught]
    assert any("of the variance of field X does not fit" in s for s in sentences)
    with pytest.raises(InputError, match="enlarge the box"):
        generate(base, shape=(8, 8, 8), device="cpu")


def test_a_refusal_comes_before_anything_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = recorded(monkeypatch)
    long_y = PRESETS["pressed"].twin.with_value("Y.length_um", 13.0)
    clipped_y = with_grid(PRESETS["pressed"].twin, shape=(64, 64, 64)).with_value("Y.length_um", 6)
    for twin in (long_y, clipped_y):
        with pytest.raises(InputError, match=r"[Ff]ield Y"):
            Synthesizer()(twin)
        assert recorder.noises == 0


@pytest.mark.parametrize(
    ("shape", "window"),
    [
        ((40_000, 40_000, 40_000), "periodic"),
        ((10**20, 10**20, 10**20), "periodic"),
        ((3001, 3001, 3001), "open"),
    ],
)
def test_what_does_not_fit_into_memory_is_refused(shape: Any, window: Any) -> None:
    with pytest.raises(InputError, match="smaller shape"):
        generate(with_grid(PRESETS["pressed"].twin, window=window), shape=shape, device="cpu")


@pytest.mark.parametrize("window", ["periodic", "open"])
def test_free_memory_is_asked_for_before_anything_is_drawn(
    window: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """128^3 needs some 70 MB: two spectra, two fields, and the work of a transform."""
    from napari_assb_twin.twin import memory

    class Machine:
        available = 40 << 20

    recorder = recorded(monkeypatch)
    monkeypatch.setattr(memory.psutil, "virtual_memory", Machine)
    with pytest.raises(InputError, match=r"128 x 128 x 128 .*needs about .* GiB"):
        Synthesizer()(with_grid(PRESETS["pressed"].twin, window=window))
    assert recorder.noises == 0
    Machine.available = 400 << 20
    assert Synthesizer()(with_grid(PRESETS["pressed"].twin, window=window)).labels.size == 128**3


def test_shape_and_seed_may_be_given(twin: Twin) -> None:
    result = realise(twin, shape=(72, 73, 74), seed=4, device="cpu")
    assert result.labels.shape == (72, 73, 74)
    assert (result.twin.grid.shape, result.twin.seed) == ((72, 73, 74), 4)
    other = replace(with_grid(twin, shape=(72, 73, 74)), seed=4)
    np.testing.assert_array_equal(result.labels, labels_of(other))
    assert result.twin == other
    with pytest.raises(InputError, match="shape"):
        realise(twin, shape=(72, 72))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="seed"):
        realise(twin, seed=-1)


def test_a_seed_of_any_size(twin: Twin) -> None:
    small = with_grid(twin, shape=(72, 72, 72))
    volumes = [labels_of(replace(small, seed=s)) for s in (2**64, 2**64 + 1, 2**70, 0)]
    for i, one in enumerate(volumes):
        for other in volumes[:i]:
            assert (one == other).mean() < 0.7
