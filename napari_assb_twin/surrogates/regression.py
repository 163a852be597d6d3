"""Conductivity as a product of powers of descriptors of the same volume.

log s = a_0 + a_1 log d_1 + a_2 log d_2 + ..., in the manner of Dufter et al. 2026 (arXiv
2603.23248) and of the laws before it: Stenzel et al. 2016 (AIChE J. 62, 1834) found
s = e^1.15 b^0.37 / t^4.39 with volume fraction e, constrictivity b and geodesic tortuosity t.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.surrogates.jackknife import jackknife_error
from napari_assb_twin.surrogates.table import Results, chosen
from napari_assb_twin.surrogates.validation import folds

Floats = NDArray[np.float64]

MOST_DESCRIPTORS = 4
"""In one law."""

MOST_CANDIDATES = 10
ROWS_PER_DESCRIPTOR = 5
TRANSPORT = "relative_conductivity"
OF_PATHS = ("volume_fraction", "geodesic_tortuosity", "constrictivity", "surface_per_um")
"""Descriptors of the conducting phase that are candidates if nobody names others."""


@dataclass(frozen=True, eq=False, kw_only=True)
class PowerLaw:
    """One law, how well it predicts volumes of other scenarios, and its exponents.

    Attributes
    ----------
    descriptors
        Keys, shape (m,).
    exponents, errors
        Of the descriptors, with standard errors over scenarios (`jackknife_error`), shape (m,).
    prefactor, prefactor_error
        exp(a_0), with the relative standard error.
    relative_error
        Mean of abs(predicted / measured - 1) over volumes whose scenario was left out.
    rms_log
        Root mean square of the natural logarithm of predicted over measured, likewise.
    r2
        Of the logarithms, likewise: 1 is perfect, 0 no better than their mean.
    predicted
        These predictions, shape (n,).
    """

    descriptors: tuple[str, ...]
    exponents: Floats
    errors: Floats
    prefactor: float
    prefactor_error: float
    relative_error: float
    rms_log: float
    r2: float
    predicted: Floats

    def words(self) -> str:
        """As ``"1.02 volume_fraction.pore^1.5 geodesic_tortuosity.pore.z^-4.4"``."""
        powers = (f"{d}^{e:.3g}" for d, e in zip(self.descriptors, self.exponents, strict=True))
        return " ".join([f"{self.prefactor:.3g}", *powers])


@dataclass(frozen=True, eq=False, kw_only=True)
class Regression:
    """Laws of one property, that with the smallest error on unseen scenarios first.

    Attributes
    ----------
    name
        Key of the property.
    measured
        Its values in the n volumes that have all candidates, shape (n,).
    laws
        One for every combination of candidates.
    left_out
        Realisations in which the property or a candidate is missing or not positive.
    """

    name: str
    measured: Floats
    laws: tuple[PowerLaw, ...]
    left_out: int


def candidates(results: Results, name: str) -> tuple[str, ...]:
    """Descriptors of the phase and axis of a conductivity that the table has (`OF_PATHS`)."""
    _, _, rest = results.key(name).partition(".")
    phase, _, axis = rest.partition(".")
    keys = [f"{one}.{end}" for one in OF_PATHS for end in (phase, f"{phase}.{axis}")]
    return tuple(key for key in keys if key in results.properties)


def known(results: Results, descriptors: Sequence[str]) -> tuple[str, ...]:
    """Keys of the descriptors that are named, each once; `InputError` if the table lacks one."""
    return tuple(
        dict.fromkeys(chosen(one, results.properties, "descriptor") for one in descriptors)
    )


def regress(results: Results, name: str, descriptors: Sequence[str] | None = None) -> Regression:
    """Fit and rank the laws of a property in all combinations of descriptors.

    Parameters
    ----------
    name
        The property, positive; such as ``"relative_conductivity.solid_electrolyte.z"``.
    descriptors
        Candidates; None: `candidates`.  A law holds up to `MOST_DESCRIPTORS` of them.

    Raises
    ------
    InputError
        If there are no candidates or too many, or too few volumes.
    """
    key = results.key(name)
    named = candidates(results, key) if descriptors is None else known(results, descriptors)
    used = tuple(one for one in named if one != key)
    if not used:
        raise InputError(
            f"the results have no descriptor to explain {key} by; measure "
            f"{', '.join(OF_PATHS)} in the sweep, or name others."
        )
    if len(used) > MOST_CANDIDATES:
        raise InputError(f"{len(used)} descriptors are too many; name {MOST_CANDIDATES} at most.")
    table = results.rows[[key, *used]].to_numpy(dtype=float)
    good = np.all(np.isfinite(table) & (table > 0), axis=1)
    groups = results.rows["scenario"].to_numpy()[good]
    most = min(len(used), MOST_DESCRIPTORS)
    needed = ROWS_PER_DESCRIPTOR * (most + 1)
    if np.unique(groups).size < needed:
        raise InputError(
            f"{np.unique(groups).size} scenarios have a positive {key} and all of its "
            f"{len(used)} descriptors; a regression on {most} needs {needed}."
        )
    logs = np.log(table[good])
    belongs = folds(groups)
    laws = [
        _law(logs, [used.index(one) + 1 for one in chosen], chosen, belongs)
        for size in range(1, most + 1)
        for chosen in combinations(used, size)
    ]
    return Regression(
        name=key,
        measured=table[good, 0],
        laws=tuple(sorted(laws, key=lambda law: law.rms_log)),
        left_out=int(np.count_nonzero(~good)),
    )


def _law(
    logs: Floats, columns: list[int], chosen: tuple[str, ...], belongs: NDArray[np.int64]
) -> PowerLaw:
    matrix, target = np.column_stack([np.ones(len(logs)), logs[:, columns]]), logs[:, 0]
    predicted, baseline, again = np.empty_like(target), np.empty_like(target), []
    for fold in range(int(belongs.max()) + 1):
        out = belongs == fold
        again.append(_solved(matrix[~out], target[~out]))
        predicted[out] = matrix[out] @ again[-1]
        baseline[out] = target[~out].mean()
    solution, errors = _solved(matrix, target), jackknife_error(again)
    missed = predicted - target
    return PowerLaw(
        descriptors=chosen,
        exponents=solution[1:],
        errors=errors[1:],
        prefactor=float(np.exp(solution[0])),
        prefactor_error=float(errors[0]),
        relative_error=float(np.mean(np.abs(np.expm1(missed)))),
        rms_log=float(np.sqrt(np.mean(missed**2))),
        r2=float(1.0 - np.sum(missed**2) / np.sum((target - baseline) ** 2)),
        predicted=np.exp(predicted),
    )


def _solved(matrix: Floats, target: Floats) -> Floats:
    return np.asarray(np.linalg.lstsq(matrix, target, rcond=None)[0])
