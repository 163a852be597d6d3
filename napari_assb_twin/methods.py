"""The four methods of calibration behind one function: exact least squares and three trainings.

Torch is imported only where a training begins: refusals do not wait for it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.calibration.calibrate import as_measured, with_provenance
from napari_assb_twin.calibration.model_names import METHODS, Method
from napari_assb_twin.calibration.progress import Progress
from napari_assb_twin.calibration.refine import Refine
from napari_assb_twin.calibration.result import CalibrationResult
from napari_assb_twin.calibration.run import calibration
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import Plane
from napari_assb_twin.steps import finished
from napari_assb_twin.training.checkpoint_file import check_place
from napari_assb_twin.training.options import OPTIONS, TrainingOptions, check_seed
from napari_assb_twin.training.refinement import Refinement

Labels = NDArray[np.uint8]


def calibrate(
    data: Mapping[Plane, Sequence[Labels]] | Labels,
    *,
    voxel_size_um: float | Sequence[float],
    method: Method = "coverage",
    section_spacing_um: float | None = None,
    sources: Sequence[str] = (),
    on_progress: Callable[[Progress], object] | None = None,
    training: Mapping[str, Any] | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    time_limit_s: float | None = None,
    **options: Any,
) -> CalibrationResult:
    """Calibrate a twin from sections or from a volume.

    Parameters
    ----------
    data
        Sections by plane, ``{"xy": [a], "yz": [b, c]}``, or a volume (z, y, x): uint8 codes 0, 1,
        2 and 255 outside.  Images of xz and yz have the pressing direction along their rows.
    voxel_size_um
        Edge of a pixel or voxel; or edges (rows, columns) of sections, (z, y, x) of a volume.
    method
        ``"coverage"``: least squares on the exact two-point coverage functions; or a training that
        goes on from there: ``"simulated-coverage"``, ``"adversarial"``, ``"combined"``, algorithms
        1, 2 and 3 of Furat et al. (2025).
    section_spacing_um
        Distance of neighbouring sections where they form a stack; None if they are independent.
    sources
        Names of the data for the provenance.
    on_progress
        Called with each `Progress`.
    training
        Numbers of `TrainingOptions` for a training, such as ``{"steps": 300, "start": "random"}``.
    checkpoint, time_limit_s
        Of a training: a file that keeps the run and that it goes on from, and seconds after which
        it ends; see `napari_assb_twin.training.run.train`.
    **options
        See `napari_assb_twin.calibration.run.calibration`: ``model``, ``symmetry``,
        ``first_phase``, ``second_phase``, ``fields``, ``fix``, ``segmentation_error``,
        ``correlated_fields``, ``alternatives``, ``bootstrap``, ``seed``.

    Returns
    -------
    CalibrationResult with ``twin``, ``fit``, ``uncertainty`` and ``verdict``.

    Raises
    ------
    InputError
        If the data cannot be used or the options contradict each other.
    """
    measured = as_measured(data, voxel_size_um, section_spacing_um)
    refine = refinement(
        method,
        training or {},
        checkpoint=checkpoint,
        time_limit_s=time_limit_s,
        seed=options.get("seed", 0),
    )
    result = finished(calibration(measured, refine=refine, **options), on_progress)
    return with_provenance(result, measured, sources)


def refinement(
    method: Method,
    training: Mapping[str, Any],
    *,
    checkpoint: str | os.PathLike[str] | None = None,
    time_limit_s: float | None = None,
    seed: int = 0,
) -> Refine | None:
    """The training of a method; None for the exact least squares alone.

    ``seed`` is that of the calibration, looked at here so that the answer need not wait for a fit.

    Raises
    ------
    InputError
        If there is no such method, it has no such options or device, or the checkpoint cannot be
        written or is something else.
    """
    if method not in METHODS:
        raise InputError(f"method is {method!r}; it must be one of {', '.join(METHODS)}.")
    if method == "coverage":
        given = [*training, *(["checkpoint"] if checkpoint is not None else [])]
        given += ["time limit"] if time_limit_s is not None else []
        if given:
            raise InputError(
                f"The method coverage has no {given[0]}: it is exact and done in seconds; leave it "
                f"out, or choose {', '.join(METHODS[1:-1])} or {METHODS[-1]}."
            )
        return None
    unknown = next((name for name in training if name not in OPTIONS), None)
    if unknown is not None:
        known = ", ".join(sorted(OPTIONS))
        raise InputError(f"A training has no option {unknown!r}; it has {known}.")
    if time_limit_s is not None and not time_limit_s > 0:
        raise InputError(f"The time limit is {time_limit_s:g} s; it must be positive.")
    check_seed(seed)
    chosen = TrainingOptions(method=method, **training)
    if chosen.device == "cuda":
        chosen = chosen.on_device()
    if checkpoint is not None:
        check_place(checkpoint)
    return Refinement(options=chosen, checkpoint=checkpoint, time_limit_s=time_limit_s)
