"""A whole calibration: which phase first, which fields, the fit, its errors and its verdict."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from napari_assb_twin.calibration.assignment import ratio_variation, scarcer
from napari_assb_twin.calibration.bootstrap import Simulator
from napari_assb_twin.calibration.evidence import Evidence, Gauge
from napari_assb_twin.calibration.findings import findings
from napari_assb_twin.calibration.fitted import Fitted, Model
from napari_assb_twin.calibration.free_parameters import Box, fixed_fractions
from napari_assb_twin.calibration.lags import LagData, lag_data, section_stacks
from napari_assb_twin.calibration.least_squares import LowParametricModel
from napari_assb_twin.calibration.progress import Progress
from napari_assb_twin.calibration.requests import ModelName, check_model, check_symmetry
from napari_assb_twin.calibration.result import CalibrationResult, Candidate, Fit
from napari_assb_twin.calibration.spectral_model import HighParametricModel
from napari_assb_twin.calibration.target_grid import grid_for
from napari_assb_twin.calibration.uncertainty import spread
from napari_assb_twin.calibration.verdict import Judged, judge
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.alternative import Alternative
from napari_assb_twin.measure.sections import Measured, check_complete
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

METHOD: Literal["coverage"] = "coverage"

TIE = 1.05
"""Assignments whose misfit is within this factor of the best are decided by the ratio test."""


def calibration(
    measured: Measured,
    *,
    model: ModelName = "low-parametric",
    symmetry: Symmetry | None = None,
    first_phase: Phase | None = None,
    second_phase: Phase | None = None,
    fields: Mapping[FieldName, RandomField] | None = None,
    fix: Mapping[str, float | None] | None = None,
    segmentation_error: bool = False,
    alternatives: Sequence[Alternative] = (),
    bootstrap: int = 20,
    seed: int = 0,
) -> Generator[Progress, None, CalibrationResult]:
    """Fit a twin to the two-point coverage of sections or a volume, and judge the fit.

    Minimises the sum of (C_ij(h; twin) - measured C_ij(h))^2 over all pairs of phases and a fan of
    lags.  Standard errors come from a parametric bootstrap: data of the same number, size and
    spacing are simulated from the fit and fitted again.  The verdict compares misfit, phase order,
    contact shares, Euler numbers, lineal paths and drifts of the data with those of the same
    simulated data sets.

    Parameters
    ----------
    measured
        A volume or stacks of sections.
    model
        Four numbers for each correlation (``"low-parametric"``), or free weights over frequencies.
    symmetry
        Default: cylindrical if the data contain the pressing direction, else isotropic.
    first_phase, second_phase
        Which phase is cut from X and from Y.  Default: the data decide the first; the second is
        the scarcer of the other two.
    fields
        Kind and tail of X and Y (their correlations are not used); default Gaussian.
    fix
        Parameters that keep a value, by path, such as ``{"pore": 0.12, "X.anisotropy": 0.7}``;
        of a high-parametric twin fractions only.
    segmentation_error
        Whether the share of pixels with a random label is fitted as well (low-parametric only).
    alternatives
        Other segmentations of the same data; the fit is repeated for each, and the largest change
        of every number is told.
    bootstrap
        Number of simulated data sets for errors and verdict; 0 for none.
    seed
        Seed of all simulated data.

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
    check_model(model, fixed, segmentation_error)
    has_depth = any(stack.plane != "xy" for stack in stacks)
    symmetry = symmetry or ("cylindrical" if has_depth else "isotropic")
    check_symmetry(symmetry, has_depth, fixed)
    if first_phase is not None and first_phase == second_phase:
        raise InputError("The first and the second phase are the same; choose two phases.")
    firsts = [first_phase] if first_phase else [p for p in PHASES if p != second_phase]
    check_complete(measured)
    fixed_fractions(dict.fromkeys(PHASES, 1 / 3), fixed)
    steps = _Steps(len(firsts) + bootstrap + len(alternatives) + 1)
    yield steps.next("Measuring two-point coverage of the sections")
    data = lag_data(stacks)

    tried: list[_Tried] = []
    for first in firsts:
        yield steps.next(f"Fitting with the {first.replace('_', ' ')} cut first")
        second = second_phase or scarcer(data.volume_fractions, first)
        fractions = fixed_fractions(data.volume_fractions, fixed)
        template = _template(fractions, symmetry, first, second, fields, fixed)
        family = _model(model, template, data, fixed, segmentation_error)
        fitted = family.fit(data)
        candidate = Candidate(
            first_phase=first,
            second_phase=second,
            rms=fitted.rms(data),
            ratio_variation=ratio_variation(data, first),
        )
        tried.append(_Tried(family, fitted, candidate))
    best = _best(tried)
    family, fitted = best.model, best.fitted

    gauge = Gauge(stacks)
    own = Judged(fitted.rms(data), gauge(stacks, data, fitted.twin.first_phase))
    simulated: list[tuple[Fitted, Judged]] = []
    simulator = Simulator(measured, fitted.twin, seed, segmentation_error=fitted.segmentation_error)
    for number in range(bootstrap):
        yield steps.next(
            f"Errors and verdict: simulated data set {number + 1} of {bootstrap}", fitted.twin, own
        )
        simulated.append(_replicate(simulator.replicate(), family, fitted, gauge))
    others: list[Fitted] = []
    for alternative in alternatives:
        yield steps.next(f"Fitting other segmentations: {alternative.name}", fitted.twin, own)
        others.append(family.refit(lag_data(section_stacks(alternative.measured)), fitted))

    residual = fitted.residual(data)
    replicates = [one for one, _ in simulated]
    uncertainty = spread(fitted.twin, [one.twin for one in replicates], family.reported())
    verdict = judge(fitted.twin.first_phase, own, [one for _, one in simulated], gauge)
    ordered = sorted((one.candidate for one in tried), key=lambda c: (c != best.candidate, c.rms))
    fit = Fit(
        rms=own.rms,
        max=float(np.abs(residual).max()),
        method=METHOD,
        model=model,
        seconds=time.perf_counter() - started,
        lags=data.h_r_um.size,
        longest_lag_um=float(np.hypot(data.h_r_um, data.h_z_um).max()),
        candidates=tuple(ordered),
        bootstrap=bootstrap,
        at_bounds=family.at_bounds(fitted.twin),
    )
    twin = replace(
        fitted.twin,
        grid=grid_for(fitted.twin, measured),
        seed=seed,
        uncertainty=uncertainty.standard_errors or None,
    )
    return CalibrationResult(
        twin=twin,
        fit=fit,
        uncertainty=uncertainty.standard_errors,
        verdict=verdict,
        findings=findings(
            measured,
            fitted,
            uncertainty=uncertainty,
            gauge=gauge,
            own=own.evidence,
            simulated=[one.evidence for _, one in simulated],
            errors_of_segmentation=[one.segmentation_error for one in replicates]
            if segmentation_error
            else None,
            alternatives=dict(zip([a.name for a in alternatives], others, strict=True)),
            reported=family.reported(),
        ),
    )


@dataclass(frozen=True)
class _Tried:
    """One assignment of phases to fields, fitted."""

    model: Model
    fitted: Fitted
    candidate: Candidate


class _Steps:
    """Counts the steps of a run."""

    def __init__(self, total: int) -> None:
        self._step, self._total = -1, total

    def next(self, message: str, twin: Twin | None = None, own: Judged | None = None) -> Progress:
        self._step += 1
        misfit = None if own is None else own.rms
        return Progress(self._step, self._total, message, twin, misfit)


def _replicate(
    measured: Measured, model: Model, near: Fitted, gauge: Gauge
) -> tuple[Fitted, Judged]:
    """A simulated data set, fitted and measured like the data."""
    stacks = section_stacks(measured)
    data = lag_data(stacks)
    fitted = model.refit(data, near)
    evidence: Evidence = gauge(stacks, data, near.twin.first_phase)
    return fitted, Judged(fitted.rms(data), evidence)


def _model(
    name: ModelName,
    template: Twin,
    data: LagData,
    fixed: Mapping[str, float | None],
    segmentation_error: bool,
) -> Model:
    if name == "high-parametric":
        return HighParametricModel(template, fixed)
    box = Box(data.pixel_um, float(np.hypot(data.h_r_um, data.h_z_um).max()))
    return LowParametricModel(template, fixed, box, segmentation_error=segmentation_error)


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


def _best(tried: Sequence[_Tried]) -> _Tried:
    """The smallest misfit; among near ties the smallest variation of the ratio."""
    smallest = min(one.candidate.rms for one in tried)
    ties = [one for one in tried if one.candidate.rms <= TIE * smallest]
    return min(ties, key=lambda one: one.candidate.ratio_variation)
