"""Sobol' indices of surrogates against those known in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from planted_results import planted_results

from napari_assb_twin.errors import InputError
from napari_assb_twin.surrogates.samples import samples
from napari_assb_twin.surrogates.sensitivity import sensitivity, sobol_indices
from napari_assb_twin.surrogates.surrogate import fit
from napari_assb_twin.surrogates.validation import learn

A, B = 7.0, 0.1


def ishigami(x, y, z):
    """Ishigami and Homma 1990."""
    return np.sin(x) + A * np.sin(y) ** 2 + B * z**4 * np.sin(x)


def test_ishigami() -> None:
    """256 scenarios without noise: within 0.03 of the exact indices."""
    ranges = dict.fromkeys("xyz", (-np.pi, np.pi))
    results = planted_results({"y": ishigami}, ranges, scenarios=256, realisations=1)
    first, total = sobol_indices(fit(samples(results, "y"), "gaussian-process"))
    alone = 0.5 * (1 + B * np.pi**4 / 5) ** 2, A**2 / 8, 0.0
    both = B**2 * np.pi**8 * (1 / 18 - 1 / 50)
    variance = sum(alone) + both
    assert first == pytest.approx(np.array(alone) / variance, abs=0.03)
    assert total == pytest.approx(np.array([alone[0] + both, alone[1], both]) / variance, abs=0.03)


def linear(a, b, c):
    return 3.0 * a + 2.0 * b + 0.0 * c


@pytest.mark.parametrize("kind", ["gaussian-process", "polynomial"])
def test_a_linear_law_with_noise(kind) -> None:
    """Shares 9/13 and 4/13; errors as the indices scatter over data sets, within 2.5 times."""
    ranges = dict.fromkeys("abc", (0.0, 1.0))
    first, errors = [], []
    for seed in range(8):
        results = planted_results({"y": linear}, ranges, scenarios=32, noise=0.4, seed=seed)
        found = sensitivity(learn(samples(results, "y"), kind))
        first.append(found.first)
        errors.append(found.first_error)
    mean, scatter = np.mean(first, axis=0), np.std(first, axis=0, ddof=1)
    assert mean == pytest.approx([9 / 13, 4 / 13, 0.0], abs=0.05)
    for number in (0, 1):
        stated = np.mean(errors, axis=0)[number]
        assert scatter[number] / 2.5 < stated < 2.5 * scatter[number]


def test_a_logarithmic_parameter_is_even_in_its_logarithm() -> None:
    """y = log10(a) + b over 1..100 and 0..1: variances 4/12 and 1/12."""
    ranges = {"a": (1.0, 100.0), "b": (0.0, 1.0)}
    results = planted_results(
        {"y": lambda a, b: np.log10(a) + b}, ranges, logarithmic=("a",), realisations=1
    )
    found = sensitivity(learn(samples(results, "y"), "polynomial"))
    assert found.first == pytest.approx([0.8, 0.2], abs=0.02)


def test_indices_of_noise_are_refused() -> None:
    ranges = dict.fromkeys("ab", (0.0, 1.0))
    results = planted_results({"y": lambda a, b: 0.0 * a}, ranges, scenarios=32, noise=1.0)
    with pytest.raises(InputError, match="hardly better than their mean"):
        sensitivity(learn(samples(results, "y"), "polynomial"))


def test_one_parameter_makes_all_of_the_variance() -> None:
    results = planted_results({"y": lambda a: a**2}, {"a": (0.0, 1.0)}, scenarios=12, noise=0.01)
    found = sensitivity(learn(samples(results, "y")))
    assert (found.first.tolist(), found.total.tolist()) == ([1.0], [1.0])
    assert found.total_error.tolist() == [0.0]
