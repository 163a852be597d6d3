"""Running a calibration to its end, and the record of what was fitted to what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.calibration.result import CalibrationResult
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import (
    Measured,
    Plane,
    SectionStack,
    Volume,
    labels_sha256,
)

Labels = NDArray[np.uint8]


def as_measured(
    data: Mapping[Plane, Sequence[Labels]] | Labels,
    voxel_size_um: float | Sequence[float],
    section_spacing_um: float | None = None,
) -> Measured:
    """Arrays and sizes as measured data; see `methods.calibrate`."""
    sizes = tuple(np.atleast_1d(np.asarray(voxel_size_um, dtype=float)).tolist())
    if isinstance(data, Mapping):
        if not data:
            raise InputError("There are no sections; give at least one of xy, xz or yz.")
        rows, columns = _spread(sizes, 2)
        return tuple(
            SectionStack(plane, tuple(images), (rows, columns), section_spacing_um)
            for plane, images in data.items()
        )
    z, y, x = _spread(sizes, 3)
    return Volume(np.asarray(data), (z, y, x))


def _spread(sizes: tuple[float, ...], count: int) -> tuple[float, ...]:
    if len(sizes) not in (1, count):
        raise InputError(
            f"voxel_size_um has {len(sizes)} values; give one, or one for each of the {count} axes."
        )
    return sizes * count if len(sizes) == 1 else sizes


def with_provenance(
    result: CalibrationResult,
    measured: Measured,
    sources: Sequence[str] = (),
    reading: Sequence[Mapping[str, Any]] = (),
) -> CalibrationResult:
    """The result whose twin records data, method, misfit, versions and date.

    ``reading`` says how files were read: mapping of labels, pressing axis, voxel size, and which
    (``"files"``, each with its SHA-256).
    """
    fit = result.fit
    provenance = {
        "method": fit.method,
        "model": fit.model,
        "sources": list(sources),
        "files": [dict(file) for one in reading for file in one.get("files", ())],
        "reading": [{k: v for k, v in one.items() if k != "files"} for one in reading],
        "data": described(measured),
        "misfit": {"rms": fit.rms, "max": fit.max, "lags": fit.lags},
        "assignments": [vars(candidate) for candidate in fit.candidates],
        "fields": [] if result.selection is None else result.selection.document(),
        "bootstrap": fit.bootstrap,
        "seed": result.twin.seed,
        "at_bounds": list(fit.at_bounds),
        **result.findings,
        "verdict": None if result.verdict is None else result.verdict.document(),
        "versions": {name: version(name) for name in ("napari-assb-twin", "numpy", "scipy")},
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return replace(result, twin=replace(result.twin, provenance=provenance))


def described(measured: Measured) -> list[dict[str, Any]]:
    """Planes, sizes and SHA-256 of the phases, for a provenance."""
    if isinstance(measured, Volume):
        shape = list(measured.labels.shape)
        sizes = list(measured.voxel_size_um)
        return [
            {"volume": shape, "voxel_size_um": sizes, "sha256": [labels_sha256(measured.labels)]}
        ]
    return [
        {
            "plane": stack.plane,
            "sections": [list(image.shape) for image in stack.images],
            "pixel_size_um": list(stack.pixel_size_um),
            "spacing_um": stack.spacing_um,
            "sha256": [labels_sha256(image) for image in stack.images],
        }
        for stack in measured
    ]
