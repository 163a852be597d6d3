"""All descriptors of a volume, measured group by group."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from napari_assb_twin.descriptors.bulk import Bulk, check_measured
from napari_assb_twin.descriptors.chords import Chords, chords
from napari_assb_twin.descriptors.definitions import GROUPS, Group
from napari_assb_twin.descriptors.distributions import (
    Distribution,
    of_chords,
    of_geodesic,
    of_sizes,
)
from napari_assb_twin.descriptors.geodesic import geodesic_tortuosity
from napari_assb_twin.descriptors.networks import networks
from napari_assb_twin.descriptors.sides import Sides, check_sides
from napari_assb_twin.descriptors.sizes import phase_sizes
from napari_assb_twin.descriptors.topology import euler_density_per_um3
from napari_assb_twin.descriptors.transport import effective_transport
from napari_assb_twin.descriptors.triple_line import triple_phase_boundary
from napari_assb_twin.measure.interfaces import MeasuredInterfaces, measured_interfaces
from napari_assb_twin.measure.percolation import AXES, percolation
from napari_assb_twin.measure.sections import Labels, Volume, volume_fractions
from napari_assb_twin.steps import retold
from napari_assb_twin.twin.gradient import SeparatorSide
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import LONG_NAMES, PHASES, Phase, code
from napari_assb_twin.twin.readouts import readouts

Values = dict[str, float | None]
Measuring = Generator["Measured", None, Values]


@dataclass(frozen=True)
class Measured:
    """How far the measuring is: groups done, of how many, and what is next."""

    step: int
    total: int
    message: str


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which descriptors, and how.

    Attributes
    ----------
    groups
        See `GROUPS`.
    axes
        Directions of paths, bottlenecks and transport, of ``"z"``, ``"y"``, ``"x"``.
    phases
        Whose paths, sizes and transport are measured.
    separator
        At which end of z the separator lies.
    device
        Where transport is computed: ``"cpu"`` or ``"cuda"``.
    sides
        What the four sides of the box are to transport (see `effective_transport`).
    bulk
        Bulk values, for effective ones beside the relative.

    Raises
    ------
    InputError
        If there is a bulk value of what is not measured.
    """

    groups: Sequence[Group] = GROUPS
    axes: Sequence[str] = AXES
    phases: Sequence[Phase] = PHASES
    separator: SeparatorSide = "first"
    device: str = "cpu"
    sides: Sides = "open"
    bulk: Bulk = field(default_factory=Bulk)

    def __post_init__(self) -> None:
        check_measured(self.bulk, transport="transport" in self.groups, phases=tuple(self.phases))

    def document(self) -> dict[str, Any]:
        """The JSON object of this choice, with the units of effective values in those of bulk."""
        return {
            "groups": list(self.groups),
            "axes": list(self.axes),
            "phases": list(self.phases),
            "separator_side": self.separator,
            "sides": self.sides,
            "bulk": self.bulk.document(),
        }


@dataclass(frozen=True, eq=False, kw_only=True)
class Description:
    """What was measured: values by key (see `Definition`), and the distributions behind them.

    A value is None where there is none, as the tortuosity of a phase through which no path leads.
    """

    values: Values = field(default_factory=dict)
    distributions: list[Distribution] = field(default_factory=list)


Described = Generator["Measured", None, Description]
"""The measuring, which returns what was found."""


def describe(volume: Volume, choice: Choice | None = None) -> Measuring:
    """Measure the descriptors of a volume, and return their values alone (see `described`)."""
    found = yield from described(volume, choice)
    return found.values


def described(volume: Volume, choice: Choice | None = None) -> Described:
    """Measure the descriptors of a volume.

    Yields
    ------
    `Measured`, before each part; the measuring may be left there.

    Raises
    ------
    InputError
        Before anything is measured, if transport cannot be solved in the way that is asked for.
    """
    choice, found = choice or Choice(), Description()
    groups = [group for group in GROUPS if group in choice.groups]
    if "transport" in groups:
        check_sides(choice.sides, volume.voxel_size_um)
    for number, group in enumerate(groups):
        yield Measured(number, len(groups), f"Measuring {group}")
        for part in _MEASURE[group](volume, choice, found):
            yield Measured(number, len(groups), f"Measuring {group}: {part}")
    return found


def _composition(volume: Volume, choice: Choice, into: Description) -> Generator[str, None, None]:
    yield from ()
    put_composition([volume.labels], into)


def _interfaces(volume: Volume, choice: Choice, into: Description) -> Generator[str, None, None]:
    yield from ()
    line = triple_phase_boundary(volume.labels, volume.voxel_size_um)
    put_interfaces(measured_interfaces(volume), line, into)


def _chords(volume: Volume, choice: Choice, into: Description) -> Generator[str, None, None]:
    for axis in choice.axes:
        yield axis
        number = AXES.index(axis)
        put_chords(chords(volume.labels, number, volume.voxel_size_um[number]), axis, into)


def put_composition(images: Sequence[Labels], into: Description) -> None:
    """Volume fractions of images of any dimension."""
    for phase, share in volume_fractions(images).items():
        into.values[f"volume_fraction.{phase}"] = share


def put_interfaces(found: MeasuredInterfaces, triple_line: float, into: Description) -> None:
    """Interfaces, surfaces and contact shares, and the length of triple lines per volume."""
    for pair, area in found.area_per_um.items():
        into.values[f"area_per_um.{','.join(pair)}"] = area
    for phase in PHASES:
        own = sum(area for pair, area in found.area_per_um.items() if phase in pair)
        into.values[f"surface_per_um.{phase}"] = own
    for pair, share in found.contact_share.items():
        into.values[f"contact_share.{','.join(pair)}"] = share
    into.values["triple_phase_boundary_per_um2"] = triple_line


def put_chords(found: Mapping[Phase, Chords | None], axis: str, into: Description) -> None:
    """Mean chords along an axis, and their distributions."""
    for phase, one in found.items():
        into.values[f"mean_chord_um.{phase}.{axis}"] = None if one is None else one.mean_um
        into.distributions.extend(() if one is None else of_chords(one, phase, axis))


def _topology(volume: Volume, choice: Choice, into: Description) -> Generator[str, None, None]:
    for phase in PHASES:
        yield LONG_NAMES[phase]
        inside = volume.labels == code(phase)
        into.values[f"euler_density_per_um3.{phase}"] = euler_density_per_um3(
            inside, volume.voxel_size_um
        )


def _clusters(volume: Volume, choice: Choice, into: Description) -> Generator[str, None, None]:
    yield from ()
    for phase, found in percolation(volume.labels).items():
        largest = None if found is None else found.largest
        into.values[f"largest_cluster_share.{phase}"] = largest
        for axis in AXES:
            share = None if found is None else found.percolating[axis]
            into.values[f"percolating_share.{phase}.{axis}"] = share


def _networks(volume: Volume, choice: Choice, into: Description) -> Generator[str, None, None]:
    yield from ()
    into.values.update(vars(networks(volume, separator=choice.separator)))


def _geodesic(volume: Volume, choice: Choice, into: Description) -> Generator[str, None, None]:
    for phase, axis, part in _phases_and_axes(choice):
        yield part
        found = geodesic_tortuosity(
            volume.labels == code(phase), AXES.index(axis), volume.voxel_size_um
        )
        into.values[f"geodesic_tortuosity.{phase}.{axis}"] = None if found is None else found.mean
        if found is not None:
            into.distributions.append(of_geodesic(found, phase, axis))


def _sizes(volume: Volume, choice: Choice, into: Description) -> Generator[str, None, None]:
    for phase in choice.phases:
        yield LONG_NAMES[phase]
        found = phase_sizes(volume.labels == code(phase), volume.voxel_size_um, choice.axes)
        into.values[f"median_radius_um.{phase}"] = None if found is None else found.median_um
        into.distributions.extend(() if found is None else of_sizes(found, phase))
        for axis in choice.axes:
            ends = (None, None) if found is None else (
                found.bottleneck_um(axis), found.constrictivity(axis)
            )  # fmt: skip
            for name, value in zip(("bottleneck_radius_um", "constrictivity"), ends, strict=True):
                into.values[f"{name}.{phase}.{axis}"] = value


def _transport(volume: Volume, choice: Choice, into: Description) -> Generator[str, None, None]:
    for phase, axis, part in _phases_and_axes(choice):
        solving = effective_transport(
            volume.labels == code(phase),
            AXES.index(axis),
            volume.voxel_size_um,
            sides=choice.sides,
            device=choice.device,
        )
        found = yield from retold(solving, partial("{}, iteration {}".format, part))
        into.values[f"relative_conductivity.{phase}.{axis}"] = found.relative
        into.values[f"tortuosity_factor.{phase}.{axis}"] = found.tortuosity_factor
        conducting = choice.bulk.of(phase)
        if conducting is not None:
            name, bulk = conducting
            into.values[f"{name}.{axis}"] = found.relative * bulk.value
        into.values[f"flux_spread.{phase}.{axis}"] = found.flux_spread
        into.values[f"converged.{phase}.{axis}"] = float(found.converged)


def _phases_and_axes(choice: Choice) -> list[tuple[Phase, str, str]]:
    return [
        (phase, axis, f"{LONG_NAMES[phase]} along {axis}")
        for phase in choice.phases
        for axis in choice.axes
    ]


_Part = Callable[[Volume, Choice, Description], Generator[str, None, None]]
_MEASURE: Mapping[Group, _Part] = {
    "composition": _composition,
    "interfaces": _interfaces,
    "chords": _chords,
    "topology": _topology,
    "clusters": _clusters,
    "networks": _networks,
    "geodesic": _geodesic,
    "sizes": _sizes,
    "transport": _transport,
}


def exact_values(twin: Twin) -> Values:
    """Exact means of a twin under the same keys, where the model has them."""
    exact = readouts(twin)
    values: Values = {f"volume_fraction.{p}": s for p, s in exact.volume_fractions.items()}
    for phase in PHASES:
        values[f"surface_per_um.{phase}"] = exact.surface_per_um[phase]
        values[f"mean_chord_um.{phase}.z"] = exact.chord_through_plane_um[phase]
        for axis in ("y", "x"):
            values[f"mean_chord_um.{phase}.{axis}"] = exact.chord_in_plane_um[phase]
    for name, table in (("area_per_um", exact.area_per_um), ("contact_share", exact.contact_share)):
        values |= {f"{name}.{','.join(pair)}": value for pair, value in table.items()}
    values["triple_phase_boundary_per_um2"] = exact.triple_phase_boundary_per_um2
    return values
