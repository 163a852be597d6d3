"""From one twin to another: exact ends, valid and sensible all the way, clear refusals."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from reference import RINGS, SPHERES

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.correlation import correlation_at
from napari_assb_twin.twin.equivalent import written_like
from napari_assb_twin.twin.exact import DIRECTIONS, coverage
from napari_assb_twin.twin.high_parametric import IsotropicSpectrum
from napari_assb_twin.twin.morph import morph
from napari_assb_twin.twin.parameters import (
    FIELD_NAMES,
    AnyCorrelation,
    Correlation,
    Grid,
    RandomField,
    Twin,
    VolumeFractions,
)
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.synthesis import generate
from napari_assb_twin.twin.twin_file import twin_from_text, twin_to_text

A = replace(preset("pressed"), seed=5, grid=Grid(shape=(40, 36, 32), voxel_size_um=0.12))
B = replace(preset("isotropic"), seed=9)

OTHER_RINGS = replace(
    RINGS, frequencies_per_um=(0.0, 1.5, 5.0), weights=((0.4, 0.0), (0.0, 0.3), (0.2, 0.1))
)


def with_x(correlation: AnyCorrelation, twin: Twin = A) -> Twin:
    return twin.with_field("X", replace(twin.X, correlation=correlation))


def random_twin(random: np.random.Generator) -> Twin:
    def field() -> RandomField:
        return RandomField(
            correlation=Correlation(
                length_um=float(np.exp(random.uniform(-7, 7))),
                smoothness=random.choice([None, 0.5, 0.7, 1.0, 2.5, 40.0, 1e7]),
                oscillation_per_um=float(random.choice([0.0, 1e-3, 3.0, 200.0])),
                anisotropy=float(np.exp(random.uniform(-2, 2))),
            )
        )

    pore, active, rest = random.dirichlet([0.3, 0.3, 0.3]) * (1 - 3e-6) + 1e-6
    fractions = VolumeFractions(pore=pore, active_material=active, solid_electrolyte=rest)
    return Twin(volume_fractions=fractions, X=field(), Y=field())


# --- ends ------------------------------------------------------------------------------------


def test_the_ends_are_the_twins_themselves_in_the_box_of_the_first() -> None:
    fitted = replace(B, provenance={"method": "coverage"}, uncertainty={"pore": 0.01})
    assert morph(A, fitted, 0) is A
    end = morph(A, fitted, 1)
    assert end == replace(B, seed=A.seed, grid=A.grid)
    assert (end.provenance, end.uncertainty) == (fitted.provenance, fitted.uncertainty)
    between = morph(replace(A, uncertainty={"pore": 0.1}), fitted, 0.5)
    assert between.provenance is None
    assert between.uncertainty is None


def test_every_t_is_a_valid_twin_that_a_file_holds() -> None:
    random = np.random.default_rng(0)
    for _ in range(100):
        a, b = random_twin(random), random_twin(random)
        for t in (1e-9, 0.1, 0.5, 0.9, 1 - 1e-12):
            between = morph(a, b, t)
            assert twin_from_text(twin_to_text(between), "file") == between
            for phase in PHASES:
                assert 0 < between.volume_fractions[phase] < 1


def test_a_little_of_the_way_is_a_little_change() -> None:
    """Near each end the exact curves are near those of the end."""
    for a, b in itertools.permutations((A, B, preset("fine-electrolyte")), 2):
        for t, end in ((1e-6, a), (1 - 1e-6, b)):
            for direction in DIRECTIONS:
                lags = np.linspace(0, 5, 30)
                near = coverage(morph(a, b, t), lags, direction=direction).values
                assert np.allclose(near, coverage(end, lags, direction=direction).values, atol=1e-5)


# --- between ---------------------------------------------------------------------------------


def test_lengths_and_anisotropies_move_by_ratios() -> None:
    between = morph(A, B, 0.25)
    for name in FIELD_NAMES:
        a, b, own = (twin.field(name).correlation for twin in (A, B, between))
        assert isinstance(own, Correlation)
        assert own.length_um == pytest.approx(a.length_um**0.75 * b.length_um**0.25, rel=1e-12)  # type: ignore[union-attr]
        assert own.anisotropy == pytest.approx(a.anisotropy**0.75, rel=1e-12)  # type: ignore[union-attr]


def test_logarithms_of_the_ratios_of_fractions_are_straight_lines() -> None:
    def ratios(twin: Twin) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        shares = np.array([twin.volume_fractions[phase] for phase in PHASES])
        return np.asarray(np.log(shares[:2] / shares[2]))

    for t in (0.1, 0.5, 0.8):
        between = morph(A, B, t)
        assert ratios(between) == pytest.approx((1 - t) * ratios(A) + t * ratios(B), abs=1e-12)
        assert math.fsum(v for _, v in between.volume_fractions.items()) == pytest.approx(1)


def test_infinite_smoothness_and_no_oscillation_are_reached_step_by_step() -> None:
    steps = [morph(A, B, t) for t in np.linspace(0, 1, 101)]
    smoothness = [twin.value("Y.smoothness") for twin in steps]
    assert smoothness[-1] is None
    finite = [nu for nu in smoothness[:-1] if nu is not None]
    assert len(finite) == 100
    assert finite[0] == 1.5
    assert np.allclose(np.diff(1 / np.array(finite)), -1 / 150, atol=1e-12)
    waves = [(twin.value("X.oscillation_per_um") or 0) * 0.7 for twin in steps]  # both l are 0.7
    assert np.allclose(waves, np.linspace(2.5 * 0.7, 0, 101))
    assert morph(B, B.with_value("pore", 0.3), 0.4).value("Y.smoothness") is None


def test_finite_areas_stay_finite() -> None:
    a, b = A.with_value("X.smoothness", 1.01), A.with_value("X.smoothness", None)
    assert all((morph(a, b, t).value("X.smoothness") or 2) > 1 for t in np.linspace(0, 1, 50))


def test_from_a_twin_to_its_enlarged_copy_through_enlarged_copies() -> None:
    def enlarged(factor: float) -> Twin:
        twin = A
        for name in FIELD_NAMES:
            own = A.field(name).correlation
            assert isinstance(own, Correlation)
            twin = twin.with_correlation(
                name,
                length_um=own.length_um * factor,
                oscillation_per_um=own.oscillation_per_um / factor,
            )
        return twin

    for t in (0.3, 0.7):
        between, expected = morph(A, enlarged(3.0), t), enlarged(3.0**t)
        for path in ("X.length_um", "X.oscillation_per_um", "Y.oscillation_per_um"):
            assert between.value(path) == pytest.approx(expected.value(path), rel=1e-12)


@pytest.mark.parametrize(("a", "b"), [(SPHERES, replace(SPHERES, weights=(0.0, 0.1, 0.9)))])
def test_isotropic_weights_of_one_grid_are_mixed(
    a: IsotropicSpectrum, b: IsotropicSpectrum
) -> None:
    mixed = morph(with_x(a), with_x(b), 0.25).X.correlation
    assert isinstance(mixed, IsotropicSpectrum)
    assert mixed.frequencies_per_um == a.frequencies_per_um
    expected = 0.75 * np.array(a.weights) + 0.25 * np.array(b.weights)
    assert mixed.weights == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize(
    ("a", "b"),
    [(SPHERES, SPHERES.stretched(2.0)), (RINGS, OTHER_RINGS), (RINGS, RINGS.stretched(0.7))],
)
@pytest.mark.parametrize("t", [0.2, 0.9])
def test_high_parametric_correlations_are_mixed(
    a: AnyCorrelation, b: AnyCorrelation, t: float
) -> None:
    h_r, h_z = np.meshgrid(np.linspace(0, 4, 25), np.linspace(0, 4, 25))
    mixed = correlation_at(morph(with_x(a), with_x(b), t).X.correlation, h_r, h_z)
    expected = (1 - t) * correlation_at(a, h_r, h_z) + t * correlation_at(b, h_r, h_z)
    assert np.abs(mixed - expected).max() < 1e-12


def test_with_one_seed_the_structure_changes_bit_by_bit() -> None:
    volumes = [generate(morph(A, B, t), device="cpu") for t in (0.5, 0.52, 1.0)]
    assert (volumes[0] != volumes[1]).mean() < 0.05
    assert np.array_equal(volumes[2], generate(replace(B, seed=A.seed, grid=A.grid), device="cpu"))


# --- other words -----------------------------------------------------------------------------


def test_the_second_phase_from_the_other_tail_is_the_same_structure() -> None:
    small = replace(preset("sheet-pores"), grid=Grid(shape=(40, 40, 40)))
    words = replace(
        small, second_phase="solid_electrolyte", Y=replace(small.Y, tail="upper"), uncertainty={}
    )
    assert np.array_equal(generate(small, device="cpu"), generate(words, device="cpu"))
    assert written_like(words, small) == small
    assert written_like(words, small).uncertainty == {}
    assert morph(small, words, 0.5) == small


def test_a_gaussian_tail_is_no_difference() -> None:
    lower = A.with_field("X", replace(A.X, tail="lower"))
    lags = np.linspace(0, 3, 10)
    assert np.allclose(coverage(lower, lags).values, coverage(A, lags).values, atol=1e-12)
    assert written_like(lower, A) == A
    sheets = preset("sheet-pores")
    upper = replace(sheets, Y=replace(sheets.Y, tail="upper"))
    assert written_like(upper, sheets) == upper  # of a chi-square field it is one


# --- refusals --------------------------------------------------------------------------------


@pytest.mark.parametrize("t", [-0.01, 1.01, math.nan, math.inf, "1", None, True])
def test_t_lies_between_0_and_1(t: float) -> None:
    with pytest.raises(InputError, match="from 0"):
        morph(A, B, t)


@pytest.mark.parametrize("t", [0.0, 0.5, 1.0])
@pytest.mark.parametrize(
    ("a", "b", "sentence"),
    [
        (A, preset("dense"), "pore, then active_material.*first and the second phase"),
        (A, preset("sheet-pores"), "field Y is Gaussian.*chi-square with 1 degree.*kinds of field"),
        (A, preset("blobs"), "field X is Gaussian.*chi-square with 2 degrees.*kinds of field"),
        (A, preset("layered"), "high-parametric in the second twin only.*reduce"),
        (preset("layered"), A, "high-parametric in the first twin only.*reduce"),
        (with_x(SPHERES), with_x(RINGS), "isotropic in one and cylindrical in the other.*reduce"),
    ],
)
def test_where_nothing_lies_between_it_is_said(a: Twin, b: Twin, sentence: str, t: float) -> None:
    with pytest.raises(InputError, match=sentence) as refusal:
        morph(a, b, t)
    assert str(refusal.value).count(". ") == 0
