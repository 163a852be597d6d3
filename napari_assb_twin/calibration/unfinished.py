"""A calibration that was stopped while it trained, as a result that can be kept."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from dataclasses import replace

import numpy as np

from napari_assb_twin.calibration.fitted import Fitted
from napari_assb_twin.calibration.lags import lag_data, section_stacks
from napari_assb_twin.calibration.model_names import Method, ModelName
from napari_assb_twin.calibration.progress import Progress
from napari_assb_twin.calibration.result import CalibrationResult, Fit
from napari_assb_twin.calibration.target_grid import grid_for
from napari_assb_twin.measure.sections import Measured
from napari_assb_twin.twin.parameters import Twin


def unfinished(
    measured: Measured,
    twin: Twin,
    *,
    method: Method,
    model: ModelName,
    steps_taken: int,
    start_misfit: float,
    seconds: float,
    fixed: Mapping[str, float | None],
    seed: int = 0,
) -> Generator[Progress, None, CalibrationResult]:
    """What a training has when it is stopped: a twin and its misfit, no errors and no verdict.

    Parameters
    ----------
    twin
        Of the numbers averaged so far.
    steps_taken, seconds
        What the training took.
    fixed
        Numbers that kept their value, by path.
    start_misfit
        Root mean square misfit of the curves where it began.
    """
    began = time.perf_counter()
    yield Progress(0, 1, "Measuring the misfit of what the training has so far")
    data = lag_data(section_stacks(measured))
    fitted = Fitted(twin)
    misfit = fitted.rms(data)
    record = {
        "method": method,
        "steps_taken": steps_taken,
        "finished": False,
        "seconds": seconds,
        "before": {"misfit": start_misfit},
        "after": {"misfit": misfit},
    }
    return CalibrationResult(
        twin=replace(twin, grid=grid_for(twin, measured), seed=seed, uncertainty=None),
        fit=Fit(
            rms=misfit,
            max=float(np.abs(fitted.residual(data)).max()),
            method=method,
            model=model,
            seconds=seconds + time.perf_counter() - began,
            lags=data.h_r_um.size,
            longest_lag_um=float(np.hypot(data.h_r_um, data.h_z_um).max()),
        ),
        findings={"fixed": sorted(fixed), "training": record},
    )


def with_all_steps(result: CalibrationResult) -> CalibrationResult:
    """What `unfinished` has of a training that had taken all its steps: it is finished.

    Only errors and verdict are missing.
    """
    record = {**result.findings["training"], "finished": True}
    return replace(result, findings={**result.findings, "training": record})
