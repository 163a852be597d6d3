"""Where training begins: at the exact least squares, or anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from napari_assb_twin.calibration.dictionary import Dictionary
from napari_assb_twin.calibration.free_parameters import Box, fixed_fractions
from napari_assb_twin.calibration.lags import LagData
from napari_assb_twin.calibration.least_squares import LowParametricModel
from napari_assb_twin.calibration.model_names import ModelName
from napari_assb_twin.calibration.spectral_model import HighParametricModel
from napari_assb_twin.twin.parameters import (
    FIELD_CORRELATION,
    FIELD_NAMES,
    PARAMETERS,
    Correlation,
    Twin,
)
from napari_assb_twin.twin.phases import PHASES, Phase

_SPREAD = 0.5
"""Standard deviation of the logarithms of a random start."""

_LENGTH_PX = 6.0


def box_of(data: LagData) -> Box:
    """Bounds of the lengths of a fit to data."""
    return Box(data.pixel_um, float(np.hypot(data.h_r_um, data.h_z_um).max()))


def exact_start(
    data: LagData,
    template: Twin,
    *,
    model: ModelName,
    fixed: Mapping[str, float | None],
    correlated: bool = False,
) -> Twin:
    """The fit of the exact curves: least squares, or inversion and refinement of weights."""
    if model == "high-parametric":
        return HighParametricModel(template, fixed).fit(data).twin
    low_parametric = LowParametricModel(template, fixed, box_of(data))
    fitted = low_parametric.fit(data)
    return low_parametric.correlated().refit(data, fitted).twin if correlated else fitted.twin


def random_start(
    data: LagData,
    template: Twin,
    *,
    model: ModelName,
    fixed: Mapping[str, float | None],
    seed: int,
    correlated: bool = False,
) -> Twin:
    """A twin that knows of the data only the size of their pixels.

    Logarithms are normal: lengths about 6 pixels, smoothness 2.5, domain spacing 5 lengths,
    anisotropy 1, all within a factor of exp(0.5); fractions about a third each.  Weights are those
    of a Matern correlation of such a length, at the frequencies that the lags can show.  A
    correlation of the fields that is to be found begins at 0.
    """
    random = np.random.default_rng(np.random.SeedSequence([seed, 0x57A27]))
    factors = np.exp(_SPREAD * random.standard_normal(11)).tolist()
    shares: dict[Phase, float] = dict(zip(PHASES, factors[:3], strict=True))
    total = sum(shares.values())
    fractions = fixed_fractions({p: s / total for p, s in shares.items()}, fixed)
    twin = replace(template, volume_fractions=fractions)
    if correlated and FIELD_CORRELATION not in fixed:
        twin = replace(twin, field_correlation=0.0)
    for name, own in zip(FIELD_NAMES, (factors[3:7], factors[7:]), strict=True):
        length = _LENGTH_PX * data.pixel_um * own[0]
        anisotropy = own[3] if template.symmetry == "cylindrical" else 1.0
        if model == "high-parametric":
            dictionary = Dictionary.of(data, template.symmetry)
            z = dictionary.matern((length, length * anisotropy))
            weights = np.exp(z - z.max())
            correlation = dictionary.spectrum(weights / weights.sum())
            twin = twin.with_field(name, replace(twin.field(name), correlation=correlation))
            continue
        drawn = {
            "length_um": length,
            "smoothness": 0.5 + 2.0 * own[1],
            "oscillation_per_um": 2.0 * np.pi / (5.0 * length) * own[2],
            "anisotropy": anisotropy,
        }
        free = {k: v for k, v in drawn.items() if f"{name}.{k}" not in fixed}
        if not isinstance(twin.field(name).correlation, Correlation):
            twin = twin.with_field(name, replace(twin.field(name), correlation=Correlation()))
        held = {
            path[2:]: value
            for path, value in fixed.items()
            if path in PARAMETERS and path.startswith(f"{name}.")
        }
        twin = twin.with_correlation(name, **free, **held)
    return twin
