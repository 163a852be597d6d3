"""A property as a smooth function of the parameters, learnt from the means of the scenarios."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.surrogates.samples import Samples
from napari_assb_twin.surrogates.space import Space

Floats = NDArray[np.float64]
Kind = Literal["gaussian-process", "polynomial"]
KINDS: tuple[Kind, ...] = get_args(Kind)

FEWEST = 8
"""Scenarios that any surrogate needs."""

PER_PARAMETER = 3
"""Scenarios that it needs for each parameter."""

HIGHEST_DEGREE = 3
STARTS = 0.3, 2.0
"""Lengths, in units of the ranges, from which the likelihood is climbed: wavy and smooth laws."""

_Predict = Callable[[Floats], tuple[Floats, Floats]]


@dataclass(frozen=True, eq=False, kw_only=True)
class Surrogate:
    """A fitted function of the parameters.

    Attributes
    ----------
    kind
        See `KINDS`.
    name
        Key of the property.
    space
        The d parameters; within their ranges the surrogate interpolates.
    words
        What was fitted, in words.
    noise
        Standard deviation of one realisation about the function.
    """

    kind: Kind
    name: str
    space: Space
    words: str
    noise: float
    _predict: _Predict

    def __call__(self, points: ArrayLike) -> tuple[Floats, Floats]:
        """Predicted mean over realisations, and its standard deviation, at parameters (n, d)."""
        return self.at(self.space.scaled(points))

    def at(self, coordinates: ArrayLike) -> tuple[Floats, Floats]:
        """The same at scaled coordinates (n, d), from 0 to 1 (see `Space.scaled`)."""
        return self._predict(np.asarray(coordinates, dtype=float))


def check_enough(samples: Samples) -> None:
    """Refuse too few scenarios, and a property that is the same in all of them."""
    known = len(set(samples.groups.tolist()))
    needed = max(FEWEST, PER_PARAMETER * samples.space.dimensions)
    if known < needed:
        raise InputError(
            f"{samples.name} is known at {known} points of {samples.space.dimensions} parameters; "
            f"a surrogate needs {needed}: run more scenarios, or vary fewer parameters."
        )
    if np.ptp(samples.mean) <= 1e-12 * np.abs(samples.mean).max():
        raise InputError(f"{samples.name} is the same in all scenarios; there is nothing to learn.")


def fit(samples: Samples, kind: Kind = "gaussian-process") -> Surrogate:
    """Fit a surrogate to the means of the scenarios.

    ``"gaussian-process"``: constant mean and a Matern covariance (smoothness 5/2) with a length
    for each parameter, of largest likelihood; the scatter of the realisations over the square root
    of their number is the noise, or is fitted too where no scenario has two (Rasmussen and Williams
    2006, Gaussian Processes for Machine Learning).

    ``"polynomial"``: all terms up to degree 1, 2 or 3, of which the evidence chooses, as it does
    the strength of the ridge (MacKay 1992, Neural Computation 4, 415).

    Raises
    ------
    InputError
        If there are too few scenarios, or the property does not change.
    """
    check_enough(samples)
    return fit_to_part(samples, kind)


def fit_to_part(samples: Samples, kind: Kind) -> Surrogate:
    """`fit` without its refusals, for a part of samples that are enough."""
    centre, scale = float(samples.mean.mean()), float(samples.mean.std()) or 1.0
    coordinates = samples.space.scaled(samples.points)
    values = (samples.mean - centre) / scale
    if kind == "gaussian-process":
        errors = None if samples.errors is None else samples.errors / scale
        words, noise, predict = _gaussian_process(samples.space, coordinates, values, errors)
    else:
        words, noise, predict = _polynomial(coordinates, values, samples.count)
    if kind == "gaussian-process" and samples.noise is not None:
        noise = samples.noise / scale

    def in_units(at: Floats) -> tuple[Floats, Floats]:
        mean, deviation = predict(at)
        return centre + scale * mean, scale * deviation

    return Surrogate(
        kind=kind,
        name=samples.name,
        space=samples.space,
        words=words,
        noise=scale * noise,
        _predict=in_units,
    )


def _gaussian_process(
    space: Space, coordinates: Floats, values: Floats, errors: Floats | None
) -> tuple[str, float, _Predict]:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

    fits = []
    for start in STARTS:
        lengths = np.full(space.dimensions, start)
        matern = Matern(lengths, length_scale_bounds=(0.05, 50.0), nu=2.5)
        kernel: Any = ConstantKernel(1.0, (1e-2, 1e3)) * matern
        if errors is None:
            kernel = kernel + WhiteKernel(1e-2, (1e-8, 1.0))
        alpha = 1e-8 if errors is None else errors**2 + 1e-8
        with warnings.catch_warnings():  # of a length that ends at its bound: no such effect
            warnings.simplefilter("ignore", ConvergenceWarning)
            fits.append(GaussianProcessRegressor(kernel, alpha=alpha).fit(coordinates, values))
    process = max(fits, key=lambda one: one.log_marginal_likelihood_value_)
    fitted = process.kernel_
    noise = 0.0 if errors is not None else float(np.sqrt(fitted.k2.noise_level))
    lengths = (fitted if errors is not None else fitted.k1).k2.length_scale
    words = ", ".join(
        f"{name} {length:.2g}"
        for name, length in zip(space.names, np.atleast_1d(lengths), strict=True)
    )

    def predict(at: Floats) -> tuple[Floats, Floats]:
        with warnings.catch_warnings():  # of a variance that rounding made negative
            warnings.simplefilter("ignore", UserWarning)
            mean, deviation = process.predict(at, return_std=True)
        return mean, np.sqrt(np.maximum(deviation**2 - noise**2, 0.0))

    return f"lengths in units of the ranges: {words}", noise, predict


def _polynomial(
    coordinates: Floats, values: Floats, count: NDArray[np.int64]
) -> tuple[str, float, _Predict]:
    from sklearn.linear_model import BayesianRidge
    from sklearn.preprocessing import PolynomialFeatures

    fits = []
    for degree in range(1, HIGHEST_DEGREE + 1):
        terms = PolynomialFeatures(degree)
        ridge = BayesianRidge(compute_score=True, fit_intercept=False, max_iter=1000)
        ridge.fit(
            terms.fit_transform(2.0 * coordinates - 1.0),
            values,
            sample_weight=count / count.mean(),
        )
        fits.append((float(ridge.scores_[-1]), degree, terms, ridge))
    _, degree, terms, ridge = max(fits, key=lambda one: one[0])
    noise = float(ridge.alpha_**-0.5)

    def predict(at: Floats) -> tuple[Floats, Floats]:
        mean, deviation = ridge.predict(terms.transform(2.0 * at - 1.0), return_std=True)
        return mean, np.sqrt(np.maximum(deviation**2 - noise**2, 0.0))

    return f"degree {degree}", noise * float(np.sqrt(count.mean())), predict
