"""What each descriptor is: unit, definition, denominator, connectivity, edges, source."""

from __future__ import annotations

from collections.abc import Sequence

from napari_assb_twin.descriptors.bulk import WORDS, Bulk
from napari_assb_twin.descriptors.definition import GROUPS as GROUPS
from napari_assb_twin.descriptors.definition import Definition
from napari_assb_twin.descriptors.definition import Group as Group
from napari_assb_twin.errors import InputError

_WHOLE = "volume of the whole"
_VOXELS = "voxels of the phase"
_SIX = "faces of voxels (6 neighbours)"
_OPEN = "the faces of the box are open: nothing goes on beyond them"
_LINES = "lines of voxels end at the faces of the box; what is finer than a voxel is not seen"
_FILLED = "the phase is taken to go on beyond the faces of the box"
_SOLVED = "fixed potentials at both ends of the axis; the four sides insulate, or are periodic"

_AS_GIVEN = "as the bulk value"
_UNDERWOOD = "Underwood 1970, Quantitative Stereology"
_HOLZER = "Münch and Holzer 2008, J. Am. Ceram. Soc. 91, 4059"
_TAUFACTOR = "TauFactor: Cooper et al. 2016, SoftwareX 5, 203"

YES_NO = "yes/no"
"""Unit of what is 1 for yes and 0 for no."""

DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        name="volume_fraction",
        group="composition",
        label="Volume fraction",
        unit="",
        text="Share of the phase.",
        denominator="all measured voxels",
    ),
    Definition(
        name="area_per_um",
        group="interfaces",
        label="Interface",
        unit="1/µm",
        text="Area between two phases, from how often lines of voxels along the three axes cross "
        "it; exact for interfaces alike in all directions, or stretched along z.",
        denominator=_WHOLE,
        edges=_LINES,
        source="Smith and Guttman 1953, Trans. AIME 197, 81",
    ),
    Definition(
        name="surface_per_um",
        group="interfaces",
        label="Surface",
        unit="1/µm",
        text="Sum of the two interfaces of a phase.",
        denominator=f"{_WHOLE}, not of the phase",
        edges=_LINES,
    ),
    Definition(
        name="contact_share",
        group="interfaces",
        label="Contact",
        unit="",
        text="Share of the surface of the first phase that touches the second. Of active material "
        "with electrolyte it is the coverage of CAM, with pore the voids at its surface.",
        denominator="surface of the first phase within the box",
        edges=_LINES,
    ),
    Definition(
        name="triple_phase_boundary_per_um2",
        group="interfaces",
        label="Triple line",
        unit="1/µm²",
        text="Length of the lines where all three phases meet: twice the points per area on the "
        "planes of the grid, free of the bias of counting labels; exact for lines in all "
        "directions alike.",
        denominator=_WHOLE,
        edges="blocks of 2 x 2 pixels with a voxel outside are left out of count and area alike; "
        "what is finer than a voxel is not seen",
        source=_UNDERWOOD,
    ),
    Definition(
        name="mean_chord_um",
        group="chords",
        label="Mean chord",
        unit="µm",
        text="Length of lines along the axis in the phase over half the number of its ends.",
        denominator="half the ends of chords",
        edges="the faces of the box are no ends, so that cut chords do not bias the mean",
        source=_UNDERWOOD,
    ),
    Definition(
        name="euler_density_per_um3",
        group="topology",
        label="Euler number density",
        unit="1/µm³",
        text="Clusters less tunnels plus cavities of the phase.",
        denominator=_WHOLE,
        connectivity=_SIX,
        edges="the faces of the box close it: pieces and tunnels count as they are cut",
        source="Ohser and Mücklich 2000, Statistical Analysis of Microstructures",
    ),
    Definition(
        name="largest_cluster_share",
        group="clusters",
        label="Largest cluster",
        unit="",
        text="Share of the phase in its largest cluster.",
        denominator=_VOXELS,
        connectivity=_SIX,
        edges=_OPEN,
    ),
    Definition(
        name="percolating_share",
        group="clusters",
        label="Percolating",
        unit="",
        text="Share of the phase in clusters that reach from the first to the last layer along "
        "the axis.",
        denominator=_VOXELS,
        connectivity=_SIX,
        edges=_OPEN,
    ),
    Definition(
        name="electrolyte_connected",
        group="networks",
        label="SE at the separator",
        unit="",
        text="Share of the electrolyte in clusters that touch the separator's face.",
        denominator="voxels of the electrolyte",
        connectivity=_SIX,
        edges=_OPEN,
    ),
    Definition(
        name="active_material_connected",
        group="networks",
        label="CAM at the collector",
        unit="",
        text="Share of the active material in clusters that touch the collector's face.",
        denominator="voxels of the active material",
        connectivity=_SIX,
        edges=_OPEN,
    ),
    Definition(
        name="active_material_utilised",
        group="networks",
        label="Utilised CAM",
        unit="",
        text="Share of the active material in clusters that touch the collector's face and touch "
        "electrolyte that is connected to the separator's face: one-sided, not through.",
        denominator="voxels of the active material",
        connectivity=_SIX,
        edges=_OPEN,
    ),
    Definition(
        name="active_area_per_um",
        group="networks",
        label="Active area",
        unit="1/µm",
        text="Interface of utilised active material with connected electrolyte.",
        denominator=_WHOLE,
        connectivity=_SIX,
        edges=_LINES,
    ),
    Definition(
        name="geodesic_tortuosity",
        group="geodesic",
        label="Geodesic tortuosity",
        unit="",
        text="Mean length of the shortest paths through the phase from anywhere in the first layer "
        "along the axis to its reached voxels in the last one.",
        denominator="distance of the two layers",
        connectivity="faces, edges and corners of voxels (26 neighbours)",
        edges=_OPEN,
        source="Stenzel et al. 2016, AIChE J. 62, 1834",
    ),
    Definition(
        name="median_radius_um",
        group="sizes",
        label="Typical radius r_max",
        unit="µm",
        text="Half of the phase's volume is covered by balls of this radius that lie within it.",
        denominator=_VOXELS,
        edges=_FILLED,
        source=_HOLZER,
    ),
    Definition(
        name="bottleneck_radius_um",
        group="sizes",
        label="Bottleneck radius r_min",
        unit="µm",
        text="Half of the phase's volume is covered by balls of this radius that came in from the "
        "first layer along the axis (simulated mercury intrusion).",
        denominator=_VOXELS,
        connectivity=_SIX,
        edges=_FILLED,
        source=_HOLZER,
    ),
    Definition(
        name="constrictivity",
        group="sizes",
        label="Constrictivity",
        unit="",
        text="(r_min / r_max)²: 1 where nothing is narrower than the typical width.",
        denominator="square of the typical radius",
        connectivity=_SIX,
        edges=_FILLED,
        source="Holzer et al. 2013, J. Mater. Sci. 48, 2934",
    ),
    Definition(
        name="relative_conductivity",
        group="transport",
        label="Relative conductivity",
        unit="",
        text="Effective conductivity (or diffusivity) along the axis, the other phases insulating.",
        denominator="conductivity of the bulk",
        connectivity=_SIX,
        edges=_SOLVED,
        source=_TAUFACTOR,
    ),
    Definition(
        name="tortuosity_factor",
        group="transport",
        label="Tortuosity factor",
        unit="",
        text="Volume fraction over relative conductivity; not the geodesic tortuosity.",
        denominator="relative conductivity",
        connectivity=_SIX,
        edges=_SOLVED,
        source=_TAUFACTOR,
    ),
    Definition(
        name="ionic_conductivity",
        group="transport",
        label="Ionic conductivity",
        unit=_AS_GIVEN,
        text="Relative conductivity of the electrolyte along the axis times its bulk ionic "
        "conductivity.",
        connectivity=_SIX,
        edges=_SOLVED,
        source=_TAUFACTOR,
    ),
    Definition(
        name="electronic_conductivity",
        group="transport",
        label="Electronic conductivity",
        unit=_AS_GIVEN,
        text="Relative conductivity of the active material along the axis times its bulk "
        "electronic conductivity.",
        connectivity=_SIX,
        edges=_SOLVED,
        source=_TAUFACTOR,
    ),
    Definition(
        name="effective_diffusivity",
        group="transport",
        label="Effective diffusivity",
        unit=_AS_GIVEN,
        text="Relative diffusivity of the pores along the axis times the bulk diffusivity in them.",
        connectivity=_SIX,
        edges=_SOLVED,
        source=_TAUFACTOR,
    ),
    Definition(
        name="flux_spread",
        group="transport",
        label="Spread of the flux",
        unit="",
        text="Largest less smallest flux through a layer across the axis: 0 for a steady state.",
        denominator="largest flux",
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


def transport_keys(of: str) -> tuple[str, ...]:
    """Keys of what follows from one solution of transport, ``of`` a phase along an axis."""
    phase, _, axis = of.partition(".")
    effective = [f"{told.effective}.{axis}" for told in WORDS.values() if told.phase == phase]
    return f"relative_conductivity.{of}", f"tortuosity_factor.{of}", *effective


def forget_unsteady(values: dict[str, float | None]) -> None:
    """Take out what follows from transport that did not converge."""
    for key in [key for key in values if key.startswith("converged.") and not values[key]]:
        for unsteady in transport_keys(key.removeprefix("converged.")):
            if unsteady in values:
                values[unsteady] = None


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
