"""Calibration by least squares on the exact two-point coverage functions."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from dataclasses import replace
from typing import Literal

import numpy as np
import scipy.optimize
from numpy.typing import NDArray

from napari_assb_twin.calibration.assignment import ratio_variation, scarcer
from napari_assb_twin.calibration.bootstrap import Simulator
from napari_assb_twin.calibration.free_parameters import Box, FreeParameters, fixed_fractions
from napari_assb_twin.calibration.lags import LagData, lag_data, section_stacks
from napari_assb_twin.calibration.progress import CalibrationResult, Candidate, Fit, Progress
from napari_assb_twin.calibration.target_grid import grid_for
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import Measured, check_complete
from napari_assb_twin.twin.exact import coverage_at
from napari_assb_twin.twin.parameters import (
    FIELD_NAMES,
    Correlation,
    FieldName,
    RandomField,
    Symmetry,
    Twin,
    VolumeFractions,
    check_path,
)
from napari_assb_twin.twin.phases import PHASES, Phase

Floats = NDArray[np.float64]

METHOD: Literal["coverage"] = "coverage"
MAX_EVALUATIONS = 60
OSCILLATION_STARTS = (0.3, 1.5)
"""Two starts, in units of the inverse correlation length."""

TIE = 1.05
"""Assignments whose misfit is within this factor of the best are decided by the ratio test."""


def calibration(
    measured: Measured,
    *,
    symmetry: Symmetry | None = None,
    first_phase: Phase | None = None,
    second_phase: Phase | None = None,
    fields: Mapping[FieldName, RandomField] | None = None,
    fix: Mapping[str, float | None] | None = None,
    bootstrap: int = 20,
    seed: int = 0,
) -> Generator[Progress, None, CalibrationResult]:
    """Fit a low-parametric twin to the two-point coverage of sections or a volume.

    Minimises the sum of (C_ij(h; twin) - measured C_ij(h))^2 over all pairs of phases and a fan of
    lags, from two starts, with scipy's trust-region least squares.  Standard errors come from a
    parametric bootstrap: data of the same number, size and spacing are simulated from the fit and
    fitted again.

    Parameters
    ----------
    measured
        A volume or stacks of sections.
    symmetry
        Default: cylindrical if the data contain the pressing direction, else isotropic.
    first_phase, second_phase
        Which phase is cut from X and from Y.  Default: the data decide the first; the second is
        the scarcer of the other two.
    fields
        Kind and tail of X and Y (their correlations are not used); default Gaussian.
    fix
        Parameters that keep a value, by path, such as ``{"pore": 0.12, "X.anisotropy": 0.7}``.
    bootstrap
        Number of simulated data sets for the standard errors; 0 for none.
    seed
        Seed of the bootstrap.

    Yields
    ------
    Progress, before each fit.

    Returns
    -------
    CalibrationResult

    Raises
    ------
    InputError
        If the data cannot decide what is asked, or the fixed values contradict each other.
    """
    started = time.perf_counter()
    stacks = section_stacks(measured)
    fixed = dict(fix or {})
    for path in fixed:
        check_path(path)
    has_depth = any(stack.plane != "xy" for stack in stacks)
    symmetry = symmetry or ("cylindrical" if has_depth else "isotropic")
    _check_symmetry(symmetry, has_depth, fixed)
    if first_phase is not None and first_phase == second_phase:
        raise InputError("The first and the second phase are the same; choose two phases.")
    candidates = [first_phase] if first_phase else [p for p in PHASES if p != second_phase]
    check_complete(measured)
    fixed_fractions(dict.fromkeys(PHASES, 1 / 3), fixed)
    total = len(candidates) + bootstrap + 1
    yield Progress(0, total, "Measuring two-point coverage of the sections")
    data = lag_data(stacks)
    fractions = fixed_fractions(data.volume_fractions, fixed)

    fits: list[tuple[Candidate, FreeParameters, Twin]] = []
    for step, first in enumerate(candidates):
        yield Progress(step + 1, total, f"Fitting with the {first.replace('_', ' ')} cut first")
        second = second_phase or scarcer(data.volume_fractions, first)
        template = _template(fractions, symmetry, first, second, fields, fixed)
        free = FreeParameters(template, fixed, _box(data))
        starts = _starts(template, data, fixed)
        twin = min((fit(data, free, start) for start in starts), key=lambda t: rms(data, t))
        candidate = Candidate(
            first_phase=first,
            second_phase=second,
            rms=rms(data, twin),
            ratio_variation=ratio_variation(data, first),
        )
        fits.append((candidate, free, twin))
    chosen, free, twin = _best(fits)

    replicates: list[Twin] = []
    simulator = Simulator(measured, twin, seed)
    for number in range(bootstrap):
        yield Progress(
            len(candidates) + 1 + number,
            total,
            f"Standard errors: simulated data set {number + 1} of {bootstrap}",
            twin,
            chosen.rms,
        )
        simulated = lag_data(section_stacks(simulator.replicate()))
        replicates.append(fit(simulated, free, twin))
    uncertainty = _spread(replicates, free.reported())
    residual = _residual(data, twin)
    ordered = sorted((c for c, _, _ in fits), key=lambda c: (c != chosen, c.rms))
    result_fit = Fit(
        rms=rms(data, twin),
        max=float(np.abs(residual).max()),
        method=METHOD,
        seconds=time.perf_counter() - started,
        lags=data.h_r_um.size,
        longest_lag_um=float(np.hypot(data.h_r_um, data.h_z_um).max()),
        candidates=tuple(ordered),
        bootstrap=len(replicates),
        at_bounds=free.at_bounds(twin),
    )
    twin = replace(
        twin,
        grid=grid_for(twin, measured),
        seed=seed,
        uncertainty=uncertainty or None,
    )
    return CalibrationResult(twin=twin, fit=result_fit, uncertainty=uncertainty)


def fit(data: LagData, free: FreeParameters, start: Twin) -> Twin:
    """The twin whose exact curves are nearest to the data, from one start."""
    if free.size == 0:
        return free.twin(np.empty(0))
    root = np.sqrt(data.weights)

    def residual(vector: Floats) -> Floats:
        return (_residual(data, free.twin(vector)) * root).reshape(-1)

    lower, upper = free.bounds
    margin = 1e-9 * (upper - lower)
    solution = scipy.optimize.least_squares(
        residual,
        np.clip(free.vector(start), lower + margin, upper - margin),
        bounds=(lower, upper),
        x_scale="jac",
        max_nfev=MAX_EVALUATIONS,
    )
    return free.twin(solution.x)


def rms(data: LagData, twin: Twin) -> float:
    """Root mean square difference of the twin's exact curves to the data, all pairs and lags."""
    return float(np.sqrt(np.mean(_residual(data, twin) ** 2)))


def _residual(data: LagData, twin: Twin) -> Floats:
    return coverage_at(twin, data.h_r_um, data.h_z_um) - data.values


def _box(data: LagData) -> Box:
    return Box(data.pixel_um, float(np.hypot(data.h_r_um, data.h_z_um).max()))


def _check_symmetry(symmetry: Symmetry, has_depth: bool, fixed: Mapping[str, float | None]) -> None:
    anisotropies = [f"{name}.anisotropy" for name in FIELD_NAMES]
    if symmetry == "isotropic":
        if any(fixed.get(path, 1) != 1 for path in anisotropies):
            raise InputError(
                "An isotropic twin has anisotropy 1; choose the cylindrical symmetry or fix the "
                "anisotropies to 1."
            )
    elif not has_depth and not all(path in fixed for path in anisotropies):
        raise InputError(
            "Plan views (xy) say nothing about the pressing direction: add a cross-section (xz or "
            "yz), choose the isotropic symmetry, or fix X.anisotropy and Y.anisotropy."
        )


def _template(
    fractions: VolumeFractions,
    symmetry: Symmetry,
    first: Phase,
    second: Phase,
    fields: Mapping[FieldName, RandomField] | None,
    fixed: Mapping[str, float | None],
) -> Twin:
    kinds = dict(fields or {})
    twin = Twin(
        volume_fractions=fractions,
        X=replace(kinds.get("X", RandomField()), correlation=Correlation()),
        Y=replace(kinds.get("Y", RandomField()), correlation=Correlation()),
        symmetry=symmetry,
        first_phase=first,
        second_phase=second,
    )
    for name in FIELD_NAMES:
        own = {path[2:]: value for path, value in fixed.items() if path.startswith(f"{name}.")}
        twin = twin.with_correlation(name, **own)
    return twin


def _starts(template: Twin, data: LagData, fixed: Mapping[str, float | None]) -> list[Twin]:
    """Starts with lengths from the half decay of the curves and two oscillations."""
    starts = []
    for oscillation in OSCILLATION_STARTS:
        twin = template
        for name in FIELD_NAMES:
            length = _half_decay_um(data, template, name)
            changes = {
                "length_um": length,
                "smoothness": 2.15,
                "oscillation_per_um": oscillation / length,
            }
            twin = twin.with_correlation(
                name, **{k: v for k, v in changes.items() if f"{name}.{k}" not in fixed}
            )
        starts.append(twin)
    return starts


def _half_decay_um(data: LagData, twin: Twin, name: FieldName) -> float:
    """In-plane lag at which the excess of the field's own curve has fallen to a half."""
    phase = twin.first_phase if name == "X" else twin.second_phase
    row = {"pore": 0, "active_material": 3, "solid_electrolyte": 5}[phase]
    phi = data.volume_fractions[phase]
    in_plane = data.h_z_um == 0
    order = np.argsort(data.h_r_um[in_plane])
    lags = data.h_r_um[in_plane][order]
    excess = (data.values[row, in_plane][order] - phi**2) / (phi - phi**2)
    below = np.flatnonzero(excess < 0.5)
    return float(lags[below[0]] if below.size else lags[-1])


def _best(
    fits: list[tuple[Candidate, FreeParameters, Twin]],
) -> tuple[Candidate, FreeParameters, Twin]:
    """The smallest misfit; among near ties the smallest variation of the ratio."""
    smallest = min(candidate.rms for candidate, _, _ in fits)
    ties = [entry for entry in fits if entry[0].rms <= TIE * smallest]
    return min(ties, key=lambda entry: entry[0].ratio_variation)


def _spread(replicates: list[Twin], paths: list[str]) -> dict[str, float]:
    """Standard deviation over the refitted twins, by path."""
    if len(replicates) < 2:
        return {}
    return {
        path: float(np.std([twin.value(path) or 0.0 for twin in replicates], ddof=1))
        for path in paths
    }
