"""Built-in twins: cathodes that a reader may recognise, each with what to look for."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.high_parametric import CylindricalSpectrum
from napari_assb_twin.twin.parameters import Correlation, RandomField, Tail, Twin, VolumeFractions


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A built-in twin with its title and physical reading."""

    name: str
    title: str
    documentation: str
    twin: Twin


def _fractions(pore: float, active_material: float) -> VolumeFractions:
    return VolumeFractions(
        pore=pore,
        active_material=active_material,
        solid_electrolyte=round(1 - pore - active_material, 12),
    )


def _field(
    length_um: float,
    smoothness: float | None,
    oscillation_per_um: float = 0.0,
    anisotropy: float = 1.0,
    degrees_of_freedom: int = 0,
    tail: Tail = "upper",
) -> RandomField:
    correlation = Correlation(
        length_um=length_um,
        smoothness=smoothness,
        oscillation_per_um=oscillation_per_um,
        anisotropy=anisotropy,
    )
    return RandomField(degrees_of_freedom=degrees_of_freedom, tail=tail, correlation=correlation)


def _grains_in_layers(
    grains_per_um: float, layers_per_um: float, share: float, grain_width: float, layer_width: float
) -> CylindricalSpectrum:
    """Grains that are equal in all directions, gathered in layers along z.

    The grains are a shell of radius ``grains_per_um`` in frequency space, in bands around
    elevations of 0, 30, 60 and 90 degrees with their share of the sphere; the layers, with
    ``share`` of the variance, are frequency 0 in the plane and ``layers_per_um`` along z.
    """
    edges = [math.sin(math.radians(elevation)) for elevation in (0, 15, 45, 75, 90)]
    low, middle, high, pole = (round((1 - share) * (b - a), 4) for a, b in pairwise(edges))
    slow, fast = 0.5 * grains_per_um, round(0.75**0.5 * grains_per_um, 4)
    return CylindricalSpectrum(
        frequencies_per_um=(0.0, slow, fast, grains_per_um),
        widths_per_um=(layer_width, grain_width, grain_width, grain_width),
        frequencies_z_per_um=(0.0, layers_per_um, slow, fast, grains_per_um),
        widths_z_per_um=(grain_width, layer_width, grain_width, grain_width, grain_width),
        weights=(
            (0.0, round(1 - low - middle - high - pole, 4), 0.0, 0.0, pole),
            (0.0, 0.0, 0.0, high, 0.0),
            (0.0, 0.0, middle, 0.0, 0.0),
            (low, 0.0, 0.0, 0.0, 0.0),
        ),
    )


_ALL = (
    Preset(
        name="pressed",
        title="Pressed cathode",
        documentation="Uniaxially pressed composite: active material and pores flattened along the "
        "pressing direction z, with a preferred spacing of the active material.",
        twin=Twin(
            volume_fractions=_fractions(0.11, 0.45),
            X=_field(0.7, 2.5, 2.5, 0.65),
            Y=_field(0.5, 1.5, 4.5, 0.6),
        ),
    ),
    Preset(
        name="isotropic",
        title="Isotropic cathode",
        documentation="Loosely mixed composite without a preferred direction, as after cold "
        "isostatic pressing.",
        twin=Twin(
            volume_fractions=_fractions(0.15, 0.45),
            X=_field(0.7, 2.5),
            Y=_field(0.5, None),
            symmetry="isotropic",
        ),
    ),
    Preset(
        name="sheet-pores",
        title="Sheet-like pores",
        documentation="Thin curved pores, like cracks and open grain boundaries: the lower tail of "
        "a chi-square field with one degree of freedom. Few pores, yet nearly all connected.",
        twin=Twin(
            volume_fractions=_fractions(0.11, 0.45),
            X=_field(0.7, 3.0, 2.5, 0.7),
            Y=_field(0.8, 2.5, 0.0, 0.7, degrees_of_freedom=1, tail="lower"),
        ),
    ),
    Preset(
        name="blobs",
        title="Blob-like active material",
        documentation="Rounded lumps of active material in a continuous electrolyte: the upper "
        "tail of a chi-square field with two degrees of freedom. At 40 % nearly all are connected.",
        twin=Twin(
            volume_fractions=_fractions(0.08, 0.40),
            X=_field(0.9, None, 0.0, 0.9, degrees_of_freedom=2),
            Y=_field(0.5, 2.5, 0.0, 0.9),
        ),
    ),
    Preset(
        name="fine-electrolyte",
        title="Fine electrolyte",
        documentation="Coarse active material with a finely divided electrolyte between: the "
        "shorter its correlation length, the more interface it has.",
        twin=Twin(
            volume_fractions=_fractions(0.12, 0.52),
            X=_field(0.95, 3.0, 2.0, 0.8),
            Y=_field(0.3, 2.5, 0.0, 0.8),
            second_phase="solid_electrolyte",
        ),
    ),
    Preset(
        name="dense",
        title="Dense cathode",
        documentation="Hot-pressed composite with four percent of rounded, unconnected pores, cut "
        "first and therefore independent of the solids around them.",
        twin=Twin(
            volume_fractions=_fractions(0.04, 0.58),
            X=_field(0.45, None, 0.0, 0.8),
            Y=_field(0.75, 2.5, 2.2, 0.75),
            first_phase="pore",
            second_phase="active_material",
        ),
    ),
    Preset(
        name="layered",
        title="Grains in layers",
        documentation="Round grains of active material, gathered in layers 2.6 µm apart along z, "
        "as after coating in passes: each scale has its own shape, which no anisotropy describes. "
        "Field X is high-parametric.",
        twin=Twin(
            volume_fractions=_fractions(0.12, 0.50),
            X=RandomField(
                correlation=_grains_in_layers(
                    grains_per_um=5.0,
                    layers_per_um=2.4,
                    share=0.5,
                    grain_width=1.0,
                    layer_width=0.8,
                )
            ),
            Y=_field(0.4, 2.5, 5.0, 0.8),
        ),
    ),
)

PRESETS: dict[str, Preset] = {preset.name: preset for preset in _ALL}
DEMONSTRATION = "pressed"
"""The preset that opens when no file is named."""


def preset(name: str) -> Twin:
    """The built-in twin of a name; `InputError` lists the names if there is none."""
    if name not in PRESETS:
        raise InputError(f"There is no preset {name!r}; choose from {', '.join(PRESETS)}.")
    return PRESETS[name].twin


def preset_of(twin: Twin) -> str | None:
    """Name of the preset that a twin is, whatever its box and seed; None if it is none."""
    for name, one in PRESETS.items():
        if replace(one.twin, grid=twin.grid, seed=twin.seed) == twin:
            return name
    return None
