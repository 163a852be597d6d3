"""What each descriptor is: unit, definition, denominator, connectivity, edges, source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from napari_assb_twin.descriptors.bulk import Bulk
from napari_assb_twin.errors import InputError

Group = Literal[
    "composition",
    "interfaces",
    "chords",
    "topology",
    "clusters",
    "networks",
    "geodesic",
    "sizes",
    "transport",
]
GROUPS: tuple[Group, ...] = get_args(Group)
"""Sets of descriptors that are measured together, from quick to slow."""


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One kind of number, for one phase, a pair of phases, an axis, or the whole.

    Attributes
    ----------
    name
        As in tables: a value is called ``name``, ``name.phase``, ``name.phase.axis``,
        ``name.phase,phase``.
    group
        With which others it is measured.
    label
        On screen.
    unit
        Empty for a share or a ratio.
    text
        Definition with denominator, connectivity and what happens at the faces of the box.
    source
        Where the definition comes from.
    """

    name: str
    group: Group
    label: str
    unit: str
    text: str
    source: str = ""


_FACES = "Voxels are connected over faces (6-neighbours); the faces of the box are open."
_LINES = (
    "Counted along lines of voxels in the three directions of the grid, so that what is finer than "
    "a voxel is not seen."
)

_AS_GIVEN = "as the bulk value"
_TAUFACTOR = "TauFactor: Cooper et al. 2016, SoftwareX 5, 203"

YES_NO = "yes/no"
"""Unit of what is 1 for yes and 0 for no."""

DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        name="volume_fraction",
        group="composition",
        label="Volume fraction",
        unit="",
        text="Voxels of the phase over all measured voxels.",
    ),
    Definition(
        name="area_per_um",
        group="interfaces",
        label="Interface",
        unit="1/µm",
        text=f"Area between two phases per volume of the whole, from crossings. {_LINES}",
        source="Smith and Guttman 1953, Trans. AIME 197, 81",
    ),
    Definition(
        name="surface_per_um",
        group="interfaces",
        label="Surface",
        unit="1/µm",
        text="Sum of the two interfaces of a phase per volume of the whole (not of the phase).",
    ),
    Definition(
        name="contact_share",
        group="interfaces",
        label="Contact",
        unit="",
        text="Share of the surface of the first phase that touches the second. Of active material "
        "with electrolyte it is the coverage of CAM, with pore the voids at its surface.",
    ),
    Definition(
        name="triple_phase_boundary_per_um2",
        group="interfaces",
        label="Triple line",
        unit="1/µm²",
        text="Length of the lines where all three phases meet per volume of the whole: twice the "
        "points per area on the planes of the grid, free of the bias of counting labels. Blocks "
        "with voxels outside are left out; exact for lines in all directions alike.",
        source="Underwood 1970, Quantitative Stereology",
    ),
    Definition(
        name="mean_chord_um",
        group="chords",
        label="Mean chord",
        unit="µm",
        text="Length of lines along the axis in the phase over half the number of its ends; the "
        "faces of the box are no ends.",
        source="Underwood 1970, Quantitative Stereology",
    ),
    Definition(
        name="euler_density_per_um3",
        group="topology",
        label="Euler number density",
        unit="1/µm³",
        text="Clusters less tunnels plus cavities of the phase within the box, per volume of the "
        "whole; voxels are connected over faces (6-neighbours). The faces of the box close it.",
        source="Ohser and Mücklich 2000, Statistical Analysis of Microstructures",
    ),
    Definition(
        name="largest_cluster_share",
        group="clusters",
        label="Largest cluster",
        unit="",
        text=f"Share of the phase's voxels in its largest cluster. {_FACES}",
    ),
    Definition(
        name="percolating_share",
        group="clusters",
        label="Percolating",
        unit="",
        text="Share of the phase's voxels in clusters that reach from the first to the last layer "
        f"along the axis. {_FACES}",
    ),
    Definition(
        name="electrolyte_connected",
        group="networks",
        label="SE at the separator",
        unit="",
        text="Share of the electrolyte's voxels in clusters that touch the separator's face. "
        f"{_FACES}",
    ),
    Definition(
        name="active_material_connected",
        group="networks",
        label="CAM at the collector",
        unit="",
        text="Share of the active material's voxels in clusters that touch the collector's face. "
        f"{_FACES}",
    ),
    Definition(
        name="active_material_utilised",
        group="networks",
        label="Utilised CAM",
        unit="",
        text="Share of the active material's voxels in clusters that touch the collector's face "
        "and touch electrolyte that is connected to the separator's face: one-sided, not through. "
        f"{_FACES}",
    ),
    Definition(
        name="active_area_per_um",
        group="networks",
        label="Active area",
        unit="1/µm",
        text="Interface of utilised active material with connected electrolyte per volume of the "
        f"whole. {_LINES}",
    ),
    Definition(
        name="geodesic_tortuosity",
        group="geodesic",
        label="Geodesic tortuosity",
        unit="",
        text="Mean length of the shortest paths through the phase to its reached voxels in the "
        "last layer along the axis, over the distance of the two layers; steps to 26 neighbours, "
        "starting anywhere in the first layer.",
        source="Stenzel et al. 2016, AIChE J. 62, 1834",
    ),
    Definition(
        name="median_radius_um",
        group="sizes",
        label="Typical radius r_max",
        unit="µm",
        text="Half of the phase's volume is covered by balls of this radius that lie within it. "
        "The phase is taken to go on beyond the faces of the box.",
        source="Münch and Holzer 2008, J. Am. Ceram. Soc. 91, 4059",
    ),
    Definition(
        name="bottleneck_radius_um",
        group="sizes",
        label="Bottleneck radius r_min",
        unit="µm",
        text="Half of the phase's volume is covered by balls of this radius that came in from the "
        "first layer along the axis (simulated mercury intrusion).",
        source="Münch and Holzer 2008, J. Am. Ceram. Soc. 91, 4059",
    ),
    Definition(
        name="constrictivity",
        group="sizes",
        label="Constrictivity",
        unit="",
        text="(r_min / r_max)²: 1 where nothing is narrower than the typical width.",
        source="Holzer et al. 2013, J. Mater. Sci. 48, 2934",
    ),
    Definition(
        name="relative_conductivity",
        group="transport",
        label="Relative conductivity",
        unit="",
        text="Effective over bulk conductivity (or diffusivity) along the axis, the other phases "
        "insulating; fixed potentials at the two faces. Nothing flows through the four sides of an "
        "open box; of a periodic one, what leaves at a side comes in at the opposite one.",
        source=_TAUFACTOR,
    ),
    Definition(
        name="tortuosity_factor",
        group="transport",
        label="Tortuosity factor",
        unit="",
        text="Volume fraction over relative conductivity; not the geodesic tortuosity.",
        source=_TAUFACTOR,
    ),
    Definition(
        name="ionic_conductivity",
        group="transport",
        label="Ionic conductivity",
        unit=_AS_GIVEN,
        text="Relative conductivity of the electrolyte along the axis times its bulk ionic "
        "conductivity, in the unit of that.",
        source=_TAUFACTOR,
    ),
    Definition(
        name="electronic_conductivity",
        group="transport",
        label="Electronic conductivity",
        unit=_AS_GIVEN,
        text="Relative conductivity of the active material along the axis times its bulk "
        "electronic conductivity, in the unit of that.",
        source=_TAUFACTOR,
    ),
    Definition(
        name="effective_diffusivity",
        group="transport",
        label="Effective diffusivity",
        unit=_AS_GIVEN,
        text="Relative diffusivity of the pores along the axis times the bulk diffusivity in them, "
        "in the unit of that.",
        source=_TAUFACTOR,
    ),
    Definition(
        name="flux_spread",
        group="transport",
        label="Spread of the flux",
        unit="",
        text="Largest less smallest flux through a layer across the axis, over the largest: 0 for "
        "a steady state.",
        source=_TAUFACTOR,
    ),
    Definition(
        name="converged",
        group="transport",
        label="Converged",
        unit=YES_NO,
        text="1 if the spread of the flux came below 0.01 and the tortuosity factor changed by "
        "less than 0.002 in 100 iterations, before 20000 were made; else 0: then the conductivity "
        "along this axis is not that of the steady state.",
        source=_TAUFACTOR,
    ),
)


def definition(key: str) -> Definition:
    """The definition of a value by its key, such as ``geodesic_tortuosity.pore.z``."""
    name = key.split(".")[0]
    return next(one for one in DEFINITIONS if one.name == name)


def unit_of(key: str, bulk: Bulk) -> str:
    """Unit of a value by its key; of an effective one that of its bulk value."""
    unit = definition(key).unit
    if unit == _AS_GIVEN:
        return bulk.unit(key.split(".")[0])
    return "" if unit == YES_NO else unit


def said(key: str, value: float | None) -> str:
    """A value as it is printed."""
    if value is None:
        return "-"
    if definition(key).unit == YES_NO:
        return "yes" if value else "no"
    return f"{value:.5g}"


def check_groups(names: Sequence[str]) -> tuple[Group, ...]:
    """Groups by name, in their order.

    Raises
    ------
    InputError
        If a name is none of them.
    """
    for name in names:
        if name not in GROUPS:
            raise InputError(
                f"There are no descriptors {name!r}; choose among {', '.join(GROUPS)}."
            )
    return tuple(group for group in GROUPS if group in names)
