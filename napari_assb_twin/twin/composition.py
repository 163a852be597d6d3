"""From a recipe (weights, densities, porosity) to volume fractions, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from napari_assb_twin.twin.description import choose, finite, plain, require
from napari_assb_twin.twin.fractions import VolumeFractions
from napari_assb_twin.twin.phases import LONG_NAMES, PHASES, Phase

Solid = Literal["active_material", "solid_electrolyte"]
SOLIDS: tuple[Solid, ...] = get_args(Solid)

DENSITIES: dict[str, float] = {
    "NMC": 4.7,
    "NMC 811 (crystal)": 4.78,
    "Li6PS5Cl": 1.64,
    "Li6PS5Cl (crystal)": 1.86,
    "carbon": 2.0,
}
"""Densities of materials in g/cm3, to begin with; yours is in the data sheet of the powder.

NMC 4.7 and Li6PS5Cl 1.64 are values in common use for recipes of pressed cathodes.  The crystals
follow from their cells, Z M / (N_A V): NMC 811 with a = 2.87, c = 14.20 Angstrom, Z = 3, M = 97.3
g/mol; Li6PS5Cl with a = 9.86 Angstrom, Z = 4, M = 268.4 g/mol (Deiseroth et al., 2008,
doi:10.1002/anie.200703900, for the structure).  Carbon: carbon black and fibres lie between 1.8 and
2.1.
"""


def _density(value: Any, name: str) -> None:
    require(
        finite(value) and value > 0,
        f"the density of the {name} is {value!r}; it must be positive, in g/cm3.",
    )


@dataclass(frozen=True, kw_only=True)
class Densities:
    """Densities of the two solids in g/cm3."""

    active_material: float = DENSITIES["NMC"]
    solid_electrolyte: float = DENSITIES["Li6PS5Cl"]

    def __post_init__(self) -> None:
        for solid in SOLIDS:
            _density(getattr(self, solid), LONG_NAMES[solid])
        plain(self, float, *SOLIDS)

    def __getitem__(self, solid: Solid) -> float:
        return float(getattr(self, solid))


@dataclass(frozen=True, kw_only=True)
class Additive:
    """Carbon, binder or both as one: a twin has no phase of its own for them.

    Attributes
    ----------
    weight_fraction
        Share of the weight of all solids, from 0 to below 1.
    density_g_per_cm3
        Its density.
    phase
        The phase of the twin that its volume is counted to: the pores where an image cannot tell
        it from them.
    """

    weight_fraction: float
    density_g_per_cm3: float = DENSITIES["carbon"]
    phase: Phase = "solid_electrolyte"

    def __post_init__(self) -> None:
        require(
            finite(self.weight_fraction) and 0 <= self.weight_fraction < 1,
            f"the weight fraction of the additive is {self.weight_fraction!r}; it must be 0 or "
            "more and below 1 (of the weight of all solids).",
        )
        _density(self.density_g_per_cm3, "additive")
        choose(self.phase, PHASES, "the phase of the additive")
        plain(self, float, "weight_fraction", "density_g_per_cm3")


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What is weighed in, and how densely it is pressed.

    Attributes
    ----------
    active_material, solid_electrolyte
        Weights in any one unit: their ratio alone counts.
    porosity
        Share of the volume that is empty, between 0 and 1.
    densities, additive
        Densities of the two solids, and a third solid or None.

    Raises
    ------
    InputError
        If a number is none that can be weighed or measured.
    """

    active_material: float
    solid_electrolyte: float
    porosity: float
    densities: Densities = Densities()
    additive: Additive | None = None

    def __post_init__(self) -> None:
        for solid in SOLIDS:
            weight = getattr(self, solid)
            require(
                finite(weight) and weight > 0,
                f"the weight of the {LONG_NAMES[solid]} is {weight!r}; it must be positive.",
            )
        require(
            finite(self.porosity) and 0 < self.porosity < 1,
            f"the porosity is {self.porosity!r}; it must lie between 0 and 1.",
        )
        plain(self, float, *SOLIDS, "porosity")

    @property
    def weight_fractions(self) -> dict[str, float]:
        """Shares of the weight of all solids, by phase, and of the additive if there is one."""
        rest = 1.0 - (self.additive.weight_fraction if self.additive else 0.0)
        largest = max(self.active_material, self.solid_electrolyte)
        ratio = {solid: getattr(self, solid) / largest for solid in SOLIDS}
        total = sum(ratio.values())
        shares: dict[str, float] = {solid: rest * ratio[solid] / total for solid in SOLIDS}
        return shares | ({"additive": self.additive.weight_fraction} if self.additive else {})

    @property
    def density_g_per_cm3(self) -> float:
        """Weight of the composite over its whole volume, pores included."""
        return (1.0 - self.porosity) / sum(self._specific_volumes().values())

    @property
    def volume_fractions(self) -> VolumeFractions:
        """phi_i = (1 - porosity) (w_i / rho_i) / sum_j (w_j / rho_j), the additive with its phase.

        Raises
        ------
        InputError
            If a phase comes out empty.
        """
        volumes = self._specific_volumes()
        scale = (1.0 - self.porosity) / sum(volumes.values())
        fractions: dict[str, float] = {solid: scale * volumes[solid] for solid in SOLIDS}
        fractions["pore"] = self.porosity
        if self.additive:
            fractions[self.additive.phase] += scale * volumes["additive"]
        return VolumeFractions(**fractions)

    def _specific_volumes(self) -> dict[str, float]:
        """Volumes per weight of all solids, in cm3/g."""
        weights = self.weight_fractions
        volumes: dict[str, float] = {
            solid: weights[solid] / self.densities[solid] for solid in SOLIDS
        }
        if self.additive:
            volumes["additive"] = weights["additive"] / self.additive.density_g_per_cm3
        return volumes

    def document(self) -> dict[str, Any]:
        """The JSON object of the recipe and its volume fractions."""
        densities = {solid: self.densities[solid] for solid in SOLIDS}
        extra = {"additive": self.additive.density_g_per_cm3} if self.additive else {}
        return {
            "volume_fractions": dict(self.volume_fractions.items()),
            "weight_fractions": self.weight_fractions,
            "porosity": self.porosity,
            "densities_g_per_cm3": {**densities, **extra},
            "additive_phase": self.additive.phase if self.additive else None,
            "density_g_per_cm3": self.density_g_per_cm3,
        }


def recipe_of(
    fractions: VolumeFractions,
    *,
    densities: Densities = Densities(),
    additive: Additive | None = None,
) -> Recipe:
    """The recipe whose volume fractions these are, its weights as shares of all solids.

    With an additive of weight share w in phase A, its weight m per volume solves
    m = w (m + sum_i rho_i phi_i - [A is solid] rho_A m / rho), rho its density: the phase A holds
    m / rho of it beside its own material.

    Raises
    ------
    InputError
        If there is more additive than its phase has room for.
    """
    masses = {solid: densities[solid] * fractions[solid] for solid in SOLIDS}
    porosity = fractions.pore
    if additive is not None:
        share, rho, home = additive.weight_fraction, additive.density_g_per_cm3, additive.phase
        displaced = 0.0 if home == "pore" else densities[home] / rho
        mass = share * sum(masses.values()) / (1.0 - share + share * displaced)
        volume = mass / rho
        require(
            volume < fractions[home],
            f"an additive of {share:.3g} of the weight would take {volume:.3g} of the volume, but "
            f"the {LONG_NAMES[home]}, to which it is counted, has {fractions[home]:.3g}; take less "
            "of it or another phase.",
        )
        if home == "pore":
            porosity -= volume
        else:
            masses[home] -= densities[home] * volume
    total = sum(masses.values()) / (1.0 - (additive.weight_fraction if additive else 0.0))
    return Recipe(
        active_material=masses["active_material"] / total,
        solid_electrolyte=masses["solid_electrolyte"] / total,
        porosity=porosity,
        densities=densities,
        additive=additive,
    )
