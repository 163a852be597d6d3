"""The lines of the readouts: words, units, numbers and what they mean; no widget."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from napari_assb_twin.measure.percolation import AXES, Clusters
from napari_assb_twin.twin.phases import PHASES, Phase
from napari_assb_twin.twin.readouts import Number, Pair
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.structure import Structure

PINNED = "†"
STALE = "…"
NONE, INFINITE, ABSENT = "–", "infinite", "absent"

CONNECTED = "Voxels are connected over faces (6-connectivity) within the box, whose faces are open."


@dataclass(frozen=True)
class Cell:
    """A number as it stands in the table, and as it is copied."""

    text: str
    value: Number = None
    tip: str = ""
    stale: bool = False

    @property
    def copied(self) -> str:
        """Six digits without marks, or the word."""
        return self.text if self.value is None else f"{self.value:.6g}"


@dataclass(frozen=True)
class Line:
    """One quantity of the three phases; a single cell is one of the whole."""

    label: str
    unit: str
    tip: str
    cells: tuple[Cell, ...]

    @property
    def heading(self) -> str:
        """Label and unit."""
        return f"{self.label}, {self.unit}"


def lines(structure: Structure, names: PhaseNames, *, isotropic: bool) -> tuple[Line, ...]:
    """All readouts, in the order of the table."""
    return (
        *_sizes(structure, isotropic),
        *_contacts(structure, names),
        *_interfaces(structure, names),
        _triple_lines(structure),
        *_clusters(structure),
    )


def as_text(shown: Iterable[Line], names: PhaseNames, separator: str) -> str:
    """The table with its header, one line each, for a clipboard or a CSV file."""
    rows = [["", *(names[phase] for phase in PHASES)]]
    rows += [[line.heading.strip(), *(cell.copied for cell in line.cells)] for line in shown]
    return (
        "\n".join(separator.join(_quoted(part, separator) for part in row) for row in rows) + "\n"
    )


def short(value: float) -> str:
    """Three digits, without an exponent where one can do without."""
    if value == 0 or not 1e-3 <= abs(value) < 1e5:
        return f"{value:.2g}"
    return f"{value:#.3g}" if abs(value) < 99.95 else f"{value:.0f}"


def _sizes(structure: Structure, isotropic: bool) -> Iterable[Line]:
    exact = structure.exact
    yield Line(
        "Volume fraction",
        "%",
        "Share of the phase in the whole volume, as the twin has it.",
        tuple(_percent(exact.volume_fractions[phase]) for phase in PHASES),
    )
    number = partial(_exact, why=exact.reservation)
    yield Line(
        "Mean chord",
        "µm",
        "Mean length of the pieces of a line in the phase, over lines in all directions of space "
        "alike: 4 φ / S_V. Exact for the twin, without simulation.",
        tuple(number(exact.mean_chord_um[phase], missing=NONE) for phase in PHASES),
    )
    if not isotropic:
        for label, chords in (
            ("  in the plane", exact.chord_in_plane_um),
            ("  along z", exact.chord_through_plane_um),
        ):
            yield Line(
                label,
                "µm",
                f"Mean length of the pieces of a line {label.strip()} that lie in the phase: 2 φ "
                "over the crossings of its boundary per length. z is the pressing direction.",
                tuple(number(chords[phase], missing=NONE) for phase in PHASES),
            )
    yield Line(
        "Surface S_V",
        "1/µm",
        "Surface of the phase per volume of the whole, µm²/µm³: the sum of its two interfaces.",
        tuple(number(exact.surface_per_um[phase], missing=INFINITE) for phase in PHASES),
    )


def _interfaces(structure: Structure, names: PhaseNames) -> Iterable[Line]:
    def area(table: dict[Pair, Number], i: Phase, j: Phase) -> Number:
        return table[(i, j) if (i, j) in table else (j, i)]

    exact = structure.exact
    for other in PHASES:
        yield Line(
            f"Interface to {names[other]}",
            "1/µm",
            f"Area over which the phase of the column touches {names[other]}, per volume of the "
            "whole, µm²/µm³. Exact for the twin.",
            _others(
                other,
                lambda phase, other=other: _exact(
                    area(exact.area_per_um, phase, other), exact.reservation, missing=INFINITE
                ),
            ),
        )
        yield from _measured(
            structure, other, lambda found, phase, other: area(found.area_per_um, phase, other), ""
        )


def _contacts(structure: Structure, names: PhaseNames) -> Iterable[Line]:
    exact = structure.exact

    def cell(phase: Phase, other: Phase) -> Cell:
        share = exact.contact_share[phase, other]
        if share is None:
            return Cell(NONE, tip=f"Both parts of the surface are {exact.reservation}.")
        if (phase, other) not in exact.pinned:
            return _percent(share)
        third = next(p for p in PHASES if p not in (phase, other))
        return _percent(
            share,
            mark=PINNED,
            tip=f"Pinned: {names[phase]} is cut first, so this share is "
            f"φ({names[other]}) / (φ({names[other]}) + φ({names[third]})), whatever the fields "
            "are. Choose another phase to be cut first to free it.",
        )

    for other in PHASES:
        yield Line(
            f"Contact with {names[other]}",
            "%",
            f"Contact share: the part of the surface of the phase of the column that touches "
            f"{names[other]}, in % of the whole surface of that phase. {PINNED}: pinned by the "
            "order of cutting.",
            _others(other, lambda phase, other=other: cell(phase, other)),
        )
        yield from _measured(
            structure, other, lambda found, phase, other: found.contact_share[phase, other], "%"
        )


def _measured(structure: Structure, other: Phase, number: Callable, unit: str) -> Iterable[Line]:
    """Measured numbers with those of the model seen through the same pixels, if there are data."""
    found, seen = structure.measured, structure.seen
    if found is None or seen is None:
        return
    show = (lambda value: f"{100 * value:.0f}") if unit == "%" else "{:.2g}".format
    scale = 100.0 if unit == "%" else 1.0

    def cell(phase: Phase) -> Cell:
        data, model = number(found, phase, other), number(seen, phase, other)
        if data is None or model is None:
            return Cell(NONE, tip="The data hold no surface of this phase.")
        return Cell(
            f"{show(data)} ({show(model)})",
            scale * data,
            f"Measured: {show(data)}; the twin seen through the same pixels: {show(model)}.",
        )

    plane = (
        " Plan views hold lines in the plane alone: the interfaces are taken to be isotropic."
        if found.in_plane_only
        else ""
    )
    yield Line(
        "  measured (twin)",
        unit or "1/µm",
        "From the crossings per length of the rows of pixels along every axis of the data; in "
        "parentheses the twin as the same rows would see it: both miss what is finer than a pixel."
        f"{plane}",
        _others(other, cell),
    )


def _clusters(structure: Structure) -> Iterable[Line]:
    def row(label: str, tip: str, number: Callable[[Clusters], float]) -> Line:
        cells = tuple(_of_volume(structure, phase, number) for phase in PHASES)
        return Line(label, "%", f"{tip} {CONNECTED}", cells)

    yield row(
        "Largest cluster",
        "Share of the voxels of the phase that lie in its largest cluster, in this volume.",
        lambda clusters: clusters.largest,
    )
    for axis in AXES:
        yield row(
            f"Connected along {axis}",
            f"Share of the voxels of the phase in clusters that reach from face to face along "
            f"{axis}, in this volume.",
            lambda clusters, axis=axis: clusters.percolating[axis],
        )
    yield row(
        "Isolated",
        "Share of the voxels of the phase in clusters that touch no face of the box, in this "
        "volume.",
        lambda clusters: clusters.isolated,
    )


def _of_volume(structure: Structure, phase: Phase, number: Callable[[Clusters], float]) -> Cell:
    if structure.clusters is None:
        return Cell(STALE, tip="Counted when the full volume is drawn.", stale=True)
    clusters = structure.clusters[phase]
    if clusters is None:
        return Cell(ABSENT, tip="The volume holds no voxel of this phase.")
    if structure.fresh:
        return _percent(number(clusters))
    tip = "Of the volume before; counted again when the full volume is drawn."
    return _percent(number(clusters), mark=STALE, tip=tip, stale=True)


def _triple_lines(structure: Structure) -> Line:
    exact = structure.exact
    return Line(
        "Triple line",
        "1/µm²",
        "Triple-phase boundary: length of the lines where all three phases meet per volume of the "
        "whole, µm/µm³. Exact for the twin.",
        (_exact(exact.triple_phase_boundary_per_um2, exact.reservation, missing=INFINITE),),
    )


def _others(phase: Phase, cell: Callable[[Phase], Cell]) -> tuple[Cell, ...]:
    """Nothing touches itself."""
    return tuple(Cell("") if one == phase else cell(one) for one in PHASES)


def _exact(value: Number, why: str, *, missing: str) -> Cell:
    if value is not None:
        return Cell(short(value), value)
    reason = f"{why[:1].upper()}{why[1:]}." if why else "Not a number that can be shown."
    return Cell(missing, tip=reason if missing == INFINITE else f"No mean chord. {reason}")


def _percent(share: float, *, mark: str = "", tip: str = "", stale: bool = False) -> Cell:
    return Cell(f"{100 * share:.1f}{' ' if mark else ''}{mark}", 100.0 * share, tip, stale)


def _quoted(part: str, separator: str) -> str:
    awkward = separator in part or '"' in part
    return '"' + part.replace('"', '""') + '"' if awkward else part
