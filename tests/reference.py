"""Exact answers that the tests hold the program to, and twins made from them.

``reference_values.json`` beside this file was computed apart from the package: two-point coverage
by quadrature and by series, interfaces and triple lines by quadrature, curves and sections by
simulations of other code.  Its lengths are voxels; here a voxel is a micrometre.  Its phases are
numbered 1 pore, 2 active material, 3 solid electrolyte.
"""

from __future__ import annotations

import json
import math
from collections.abc import Generator, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from scipy.stats import chi2, norm

from napari_assb_twin.calibration.lags import LagData
from napari_assb_twin.twin.exact import coverage_at
from napari_assb_twin.twin.high_parametric import CylindricalSpectrum, IsotropicSpectrum
from napari_assb_twin.twin.parameters import (
    AnyCorrelation,
    Correlation,
    Grid,
    RandomField,
    Twin,
    VolumeFractions,
)
from napari_assb_twin.twin.phases import PAIRS, PHASES
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.synthesis import Synthesizer

Y = TypeVar("Y")
R = TypeVar("R")

REFERENCE: dict[str, Any] = json.loads(
    (Path(__file__).parent / "reference_values.json").read_text(encoding="utf-8")
)

MODELS: tuple[str, ...] = tuple(
    name for name, model in REFERENCE.items() if isinstance(model, dict) and "parameters" in model
)
"""The reference models: six low-parametric, then two high-parametric ones, H1 and H2."""

SURFACE_MODELS: tuple[str, ...] = tuple(REFERENCE["surface_and_tpb"]["models"])

RADII = np.array([1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 18, 22, 27, 33, 40.0])
"""Lags in pixels, about those of a calibration."""

DATA = Path(__file__).parents[2] / "shared" / "data"
"""Real images, where they lie beside the checkout."""

SPHERES = IsotropicSpectrum(
    frequencies_per_um=(0.0, 2.0, 5.0), widths_per_um=(0.5, 0.8, 1.5), weights=(0.5, 0.3, 0.2)
)
"""A small high-parametric correlation without a direction, and one with."""

RINGS = CylindricalSpectrum(
    frequencies_per_um=(0.0, 3.0, 5.0),
    widths_per_um=(0.6, 0.9, 1.2),
    frequencies_z_per_um=(0.0, 2.5),
    widths_z_per_um=(0.7, 1.1),
    weights=((0.1, 0.4), (0.2, 0.05), (0.0, 0.25)),
)


def reference_twin(parameters: Mapping[str, Mapping[str, Any]], **changes: Any) -> Twin:
    """The twin of a reference model's parameter blocks, voxels read as micrometres.

    The fractions follow from the standardised levels ``lam`` by scipy's distributions.
    """
    p, q = (_probability(parameters[name]) for name in ("X", "Y"))
    correlations = [correlation_of(parameters[name]) for name in ("X", "Y")]
    isotropic = all(correlation.isotropic for correlation in correlations)
    return Twin(
        volume_fractions=VolumeFractions(
            pore=(1 - p) * q, active_material=p, solid_electrolyte=(1 - p) * (1 - q)
        ),
        X=_field(parameters["X"]),
        Y=_field(parameters["Y"]),
        symmetry="isotropic" if isotropic else "cylindrical",
        grid=Grid(shape=(96, 96, 96), voxel_size_um=1.0),
        **changes,
    )


def recovery_twin() -> Twin:
    """The twin behind ``calibration_recovery``."""
    truth = dict(
        zip(
            REFERENCE["calibration_recovery"]["params"],
            REFERENCE["calibration_recovery"]["truth"],
            strict=True,
        )
    )

    def field(name: str) -> RandomField:
        return RandomField(
            correlation=Correlation(
                length_um=truth[f"ell{name}"],
                smoothness=truth[f"nu{name}"],
                oscillation_per_um=truth[f"w0{name}"],
                anisotropy=truth[f"a{name}"],
            )
        )

    pore, active = truth["phi_pore"], truth["phi_AM"]
    return Twin(
        volume_fractions=VolumeFractions(
            pore=pore, active_material=active, solid_electrolyte=1 - pore - active
        ),
        X=field("X"),
        Y=field("Y"),
        grid=Grid(shape=(128, 128, 128), voxel_size_um=1.0),
    )


def grains_in_layers() -> Twin:
    """The preset with a pixel of 1 um: no anisotropy describes its X."""
    twin = preset("layered")
    y = Correlation(length_um=4, smoothness=2.5, oscillation_per_um=0.5, anisotropy=0.8)
    stretched = twin.X.correlation.stretched(10.0)  # type: ignore[union-attr]
    return replace(twin, X=replace(twin.X, correlation=stretched), Y=replace(twin.Y, correlation=y))


def fan() -> tuple[np.ndarray, np.ndarray]:
    """Lags of 1 to 40 pixels in seven directions, those along the axes exactly there."""
    radius, angle = np.meshgrid(RADII, np.linspace(0, 90, 7))
    h_r = np.where(angle == 90, 0.0, radius * np.cos(np.radians(angle)))
    h_z = np.where(angle == 0, 0.0, radius * np.sin(np.radians(angle)))
    return h_r.ravel(), h_z.ravel()


def exact_data(twin: Twin) -> LagData:
    """The exact curves of a twin as if they had been measured."""
    h_r, h_z = fan()
    return LagData(
        h_r_um=h_r,
        h_z_um=h_z,
        values=coverage_at(twin, h_r, h_z),
        weights=np.ones(h_r.size),
        volume_fractions=dict(twin.volume_fractions.items()),
        pixel_um=1.0,
    )


def _probability(block: Mapping[str, Any]) -> float:
    k, lam = block["k"], block["lam"]
    upper = norm.sf(lam) if k == 0 else chi2.sf(k + math.sqrt(2 * k) * lam, k)
    return float(upper if block["sign"] == 1 else 1 - upper)


def smoothness_of(nu: float | str) -> float | None:
    """Smoothness as the package writes it: None for infinity."""
    return None if nu == "inf" else float(nu)


def _field(block: Mapping[str, Any]) -> RandomField:
    return RandomField(
        degrees_of_freedom=block["k"],
        tail="upper" if block["sign"] == 1 else "lower",
        correlation=correlation_of(block),
    )


def correlation_of(block: Mapping[str, Any]) -> AnyCorrelation:
    """The correlation of a reference block: all components of a high-parametric one are as wide."""
    if block["kind"] == "HPiso":
        return IsotropicSpectrum(
            frequencies_per_um=block["om"],
            widths_per_um=[block["sig"]] * len(block["om"]),
            weights=block["w"],
        )
    if block["kind"] == "HPcyl":
        return CylindricalSpectrum(
            frequencies_per_um=block["om_r"],
            widths_per_um=[block["sig_r"]] * len(block["om_r"]),
            frequencies_z_per_um=block["om_z"],
            widths_z_per_um=[block["sig_z"]] * len(block["om_z"]),
            weights=block["w"],
        )
    return Correlation(
        length_um=block["ell"],
        smoothness=smoothness_of(block["nu"]),
        oscillation_per_um=block["w0"],
        anisotropy=block["a"],
    )


def with_grid(twin: Twin, **changes: Any) -> Twin:
    """The twin with some of ``shape``, ``voxel_size_um`` and ``window`` replaced."""
    return replace(twin, grid=replace(twin.grid, **changes))


def sections(twin: Twin, plane: str, seeds: Iterable[int], pixels: int = 256) -> list[np.ndarray]:
    """Independent periodic sections of a twin, z along the rows of cross-sections."""
    axis = {"xy": 0, "xz": 1, "yz": 2}[plane]
    shape = tuple(1 if i == axis else pixels for i in range(3))
    flat = with_grid(twin, shape=shape, window="periodic")
    synthesizer = Synthesizer("cpu")
    return [np.squeeze(synthesizer(replace(flat, seed=seed)).labels, axis=axis) for seed in seeds]


def periodic_coverage(labels: np.ndarray, lags: Iterable[int], axis: int) -> np.ndarray:
    """C_ij of one periodic realisation along an axis by plain counting, shape (6, n)."""
    columns = []
    for lag in lags:
        code = 3 * labels + np.roll(labels, -lag, axis=axis)
        joint = np.bincount(code.reshape(-1), minlength=9).reshape(3, 3) / labels.size
        joint = 0.5 * (joint + joint.T)
        columns.append([joint[PHASES.index(i), PHASES.index(j)] for i, j in PAIRS])
    return np.array(columns).T


def ended(run: Generator[Y, None, R]) -> tuple[list[Y], R]:
    """All that a generator yields, and what it returns."""
    yielded = []
    while True:
        try:
            yielded.append(next(run))
        except StopIteration as end:
            return yielded, end.value
