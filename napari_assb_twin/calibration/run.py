"""A whole calibration: which phase first, which fields, the fit, its errors and its verdict."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from napari_assb_twin.calibration.assignment import ratio_variation
from napari_assb_twin.calibration.bootstrap import Simulator
from napari_assb_twin.calibration.evidence import Gauge
from napari_assb_twin.calibration.field_selection import FieldSelection, select_fields
from napari_assb_twin.calibration.findings import findings
from napari_assb_twin.calibration.fitted import Fitted, Model
from napari_assb_twin.calibration.lags import LagData, lag_data, section_stacks
from napari_assb_twin.calibration.model_names import ModelName
from napari_assb_twin.calibration.progress import Progress
from napari_assb_twin.calibration.refine import Refine
from napari_assb_twin.calibration.request import Request, has_depth
from napari_assb_twin.calibration.result import CalibrationResult, Candidate, Fit
from napari_assb_twin.calibration.steps import Steps
from napari_assb_twin.calibration.target_grid import grid_for
from napari_assb_twin.calibration.uncertainty import spread
from napari_assb_twin.calibration.verdict import Judged, judge
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.alternative import Alternative
from napari_assb_twin.measure.sections import Measured, SectionStack, check_complete
from napari_assb_twin.twin.parameters import (
    FIELD_CORRELATION,
    FIELD_NAMES,
    FieldName,
    RandomField,
    Symmetry,
)
from napari_assb_twin.twin.phases import Phase

TIE = 1.05
"""Assignments whose misfit is within this factor of the best are decided by the ratio test."""


def calibration(
    measured: Measured,
    *,
    model: ModelName = "low-parametric",
    symmetry: Symmetry | None = None,
    first_phase: Phase | None = None,
    second_phase: Phase | None = None,
    fields: Mapping[FieldName, RandomField] | Literal["auto"] | None = None,
    fix: Mapping[str, float | None] | None = None,
    segmentation_error: bool = False,
    correlated_fields: bool = False,
    alternatives: Sequence[Alternative] = (),
    bootstrap: int = 20,
    seed: int = 0,
    refine: Refine | None = None,
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
        Kind and tail of X and Y (their correlations are not used); default Gaussian; ``"auto"``:
        the kinds whose simulated sections have the Euler numbers and lineal paths of the data.
    fix
        Parameters that keep a value, by path, such as ``{"pore": 0.12, "X.anisotropy": 0.7}``;
        of a high-parametric twin fractions only.
    segmentation_error
        Whether the share of pixels with a random label is fitted as well (low-parametric only).
    correlated_fields
        Whether the correlation of X and Y is fitted as well, our extension of the model (see
        `FieldPair`); low-parametric twins of two Gaussian fields only, which are then given.
    alternatives
        Other segmentations of the same data; the fit is repeated for each, and the largest change
        of every number is told.
    bootstrap
        Number of simulated data sets for errors and verdict; 0 for none, and no judgement of a
        training either.
    seed
        Seed of all simulated data.
    refine
        A training that goes on from the fit; errors are then those of exact fits to data simulated
        from the trained twin.

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
    request = Request(
        model=model,
        symmetry=symmetry or ("cylindrical" if has_depth(stacks) else "isotropic"),
        first_phase=first_phase,
        second_phase=second_phase,
        kinds=fields if isinstance(fields, Mapping) else {},
        fixed=dict(fix or {}),
        segmentation_error=segmentation_error,
        correlated_fields=correlated_fields,
        trained=refine is not None,
    )
    if fields == "auto" and (correlated_fields or request.fixed.get(FIELD_CORRELATION)):
        what = "be correlated" if correlated_fields else "have the field_correlation that is fixed"
        raise InputError(
            "The kinds of the fields are to be chosen by the data, but only two Gaussian ones can "
            f"{what}; choose Gaussian fields, or leave it out."
        )
    request.check_planes(stacks)
    check_complete(measured)
    steps = Steps(len(request.firsts) + bootstrap + len(alternatives) + 1 + correlated_fields)
    yield steps.next("Measuring two-point coverage of the sections")
    data = lag_data(stacks)
    family, fitted, candidates = yield from _assigned(request, data, steps)
    selection = None
    if fields == "auto":
        selection = yield from steps.within(_selection(stacks, data, family, seed))
        family = family.with_kinds({name: selection.twin.field(name) for name in FIELD_NAMES})
        fitted = family.fit(data)
    if correlated_fields:
        yield steps.next("Fitting the correlation of the fields", fitted.twin, fitted.rms(data))
        family = family.correlated()
        fitted = family.refit(data, fitted)
    training: Mapping[str, Any] = {}
    if refine is not None:
        refined = yield from refine(
            stacks,
            data,
            fitted.twin,
            model=model,
            fixed=request.fixed,
            correlated=correlated_fields,
            judge=bootstrap > 0,
            seed=seed,
        )
        fitted, training = Fitted(refined.twin), {"training": dict(refined.record)}

    exact = fitted if refine is None else family.refit(data, fitted)
    gauge = Gauge(stacks)
    rms = fitted.rms(data)
    own = Judged(exact.rms(data), rms, gauge(stacks, data, fitted.twin.first_phase))
    replicates: list[Fitted] = []
    others: list[Judged] = []
    simulator = Simulator(measured, fitted.twin, seed, segmentation_error=fitted.segmentation_error)
    for number in range(bootstrap):
        message = f"Errors and verdict: simulated data set {number + 1} of {bootstrap}"
        yield steps.next(message, fitted.twin, rms)
        replicate, judged = _replicate(simulator.replicate(), family, fitted, gauge)
        replicates.append(replicate)
        others.append(judged)
    doubted: dict[str, Fitted] = {}
    for alternative in alternatives:
        message = f"Fitting other segmentations: {alternative.name}"
        yield steps.next(message, fitted.twin, rms)
        doubted[alternative.name] = family.refit(
            lag_data(section_stacks(alternative.measured)), fitted
        )

    uncertainty = spread(fitted.twin, [one.twin for one in replicates], family.reported())
    found = findings(
        measured,
        fitted,
        exact=exact,
        uncertainty=uncertainty,
        gauge=gauge,
        own=own.evidence,
        simulated=[one.evidence for one in others],
        errors_of_segmentation=[one.segmentation_error for one in replicates]
        if segmentation_error
        else None,
        alternatives=doubted,
        reported=family.reported(),
    )
    fit = Fit(
        rms=rms,
        max=float(np.abs(fitted.residual(data)).max()),
        method="coverage" if refine is None else refine.method,
        model=model,
        seconds=time.perf_counter() - started,
        lags=data.h_r_um.size,
        longest_lag_um=float(np.hypot(data.h_r_um, data.h_z_um).max()),
        candidates=candidates,
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
        verdict=judge(
            fitted.twin.first_phase, own, others, gauge, correlated=bool(twin.field_correlation)
        ),
        selection=selection,
        findings={"fixed": sorted(request.fixed), **found, **training},
    )


def _assigned(
    request: Request, data: LagData, steps: Steps
) -> Generator[Progress, None, tuple[Model, Fitted, tuple[Candidate, ...]]]:
    """The best assignment of phases to fields, fitted, and all that were tried, best first.

    The smallest misfit wins; among near ties the smallest variation of the ratio.
    """
    tried: list[tuple[Candidate, Model, Fitted]] = []
    for first in request.firsts:
        yield steps.next(f"Fitting with the {first.replace('_', ' ')} cut first")
        family = request.family(first, data)
        fitted = family.fit(data)
        candidate = Candidate(
            first_phase=first,
            second_phase=request.second(first, data),
            rms=fitted.rms(data),
            ratio_variation=ratio_variation(data, first),
        )
        tried.append((candidate, family, fitted))
    tried.sort(key=lambda one: one[0].rms)
    ties = [one for one in tried if one[0].rms <= TIE * tried[0][0].rms]
    best, family, fitted = min(ties, key=lambda one: one[0].ratio_variation)
    rest = (candidate for candidate, _, _ in tried if candidate is not best)
    return family, fitted, (best, *rest)


def _selection(
    stacks: Sequence[SectionStack], data: LagData, model: Model, seed: int
) -> Generator[Progress, None, FieldSelection]:
    """The kinds of fields whose simulated sections look like the data."""

    def fit(kinds: Mapping[FieldName, RandomField]) -> Fitted:
        return model.with_kinds(kinds).fit(data)

    found = yield from select_fields(stacks, data, fit, seed=seed)
    candidates = tuple(
        replace(one, at_bounds=model.at_bounds(one.twin)) for one in found.candidates
    )
    return replace(found, candidates=candidates)


def _replicate(
    measured: Measured, model: Model, near: Fitted, gauge: Gauge
) -> tuple[Fitted, Judged]:
    """A simulated data set, fitted and measured like the data."""
    stacks = section_stacks(measured)
    data = lag_data(stacks)
    fitted = model.refit(data, near)
    evidence = gauge(stacks, data, near.twin.first_phase)
    return fitted, Judged(fitted.rms(data), near.rms(data), evidence)
