"""What a fit found, as rows of text for the tables of the window."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from napari_assb_twin.calibration.field_selection import FieldCandidate, kind_in_words
from napari_assb_twin.calibration.result import CalibrationResult
from napari_assb_twin.calibration.weakness import AT_BOUND
from napari_assb_twin.twin.parameters import FIELD_CORRELATION, PARAMETERS, Twin
from napari_assb_twin.twin.phases import at_surface
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.scales import scale_of

KEPT = "Padlocked: kept as it was."
WRONG = "Share of the pixels that hold a label by chance; a number of the data, not of the twin."


@dataclass(frozen=True)
class Row:
    """Texts of the columns, and a tooltip."""

    cells: tuple[str, ...]
    tip: str


def parameter_name(path: str, names: PhaseNames, twin: Twin) -> str:
    """A parameter's name in a list: field and symbol, or the fraction's phase."""
    if path == FIELD_CORRELATION:
        return at_surface(names[twin.second_phase], names[twin.first_phase])
    field, _, attribute = path.rpartition(".")
    return f"{PARAMETERS[path].label} {field}" if field else f"φ {names[attribute]}"


def parameter_rows(
    result: CalibrationResult, names: PhaseNames, fixed: Collection[str]
) -> list[Row]:
    """Name, value, error, change under other segmentations (if known), unit of each parameter.

    A high-parametric field has no numbers of its own here.
    """
    doubted = has_doubt(result)
    rows = []
    for path, parameter in PARAMETERS.items():
        if not result.twin.lists(path):
            continue
        scale, value = scale_of(path), result.twin.value(path)
        error, tips = _error(result, path, fixed)
        cells = [parameter_name(path, names, result.twin), scale.text(scale.shown(value)), error]
        if doubted:
            spread = _doubt(result).get(path)
            cells.append("–" if spread is None else f"{scale.spread(value, spread):.2g}")
        rows.append(Row((*cells, parameter.unit), "\n".join((*tips, parameter.documentation))))
    wrong = result.findings.get("segmentation", {})
    if wrong.get("error") is not None:
        error = wrong.get("error_standard_error")
        cells = [
            "Wrong pixels e",
            f"{wrong['error']:.4g}",
            "–" if error is None else f"{error:.2g}",
        ]
        rows.append(Row((*cells, *(["–"] if doubted else []), ""), WRONG))
    return rows


def has_doubt(result: CalibrationResult) -> bool:
    """Whether other segmentations were fitted."""
    return bool(_doubt(result))


def derived_rows(result: CalibrationResult, names: PhaseNames) -> list[Row]:
    """Name, value, error and unit of interfaces, contacts, chords and the triple line."""
    rows = []
    for one in result.findings.get("derived", ()):
        error = one["standard_error"]
        told = "–" if error is None else f"{error:.2g}"
        value = "–" if one["value"] is None else f"{one['value']:.4g}"
        phases = tuple(names[phase] for phase in one["phases"])
        name, tip = _derived(one["name"], phases)
        rows.append(Row((name, value, told, one["unit"]), tip))
    return rows


def candidate_row(candidate: FieldCandidate) -> Row:
    """Field, kind, misfit, score, and a sign where it was chosen."""
    kind = kind_in_words(candidate.degrees_of_freedom, candidate.tail)
    tip = (
        f"{kind}; misfit of the curves {candidate.rms:.2g}.\nScore: root mean square z of Euler "
        f"numbers and lineal paths, {candidate.score:.1f}; about 1 where the kind is right.\n"
        f"Speaks most against it: {candidate.worst.statistic.words} (z {candidate.worst.z:+.1f})."
    )
    cells = (
        candidate.field,
        _short(candidate),
        f"{candidate.rms:.2g}",
        f"{candidate.score:.1f}",
        "✓" if candidate.chosen else "",
    )
    return Row(cells, tip)


def _short(candidate: FieldCandidate) -> str:
    if not candidate.degrees_of_freedom:
        return "Gaussian"
    return f"chi-square ({candidate.degrees_of_freedom}), {candidate.tail} tail"


def _error(
    result: CalibrationResult, path: str, fixed: Collection[str]
) -> tuple[str, tuple[str, ...]]:
    """The error as it is shown, and what there is to say of it."""
    if path in fixed:
        return "kept", (KEPT,)
    if path in result.fit.at_bounds:
        return "at bound", (AT_BOUND,)
    error = result.uncertainty.get(path)
    if error is None:
        return "–", ()
    scale = scale_of(path)
    ends = result.findings.get("errors", {}).get("intervals", {}).get(path, {}).get("95")
    told = f"{scale.spread(result.twin.value(path), error):.2g}"
    if ends is None:
        return told, ()
    low, high = sorted(scale.shown(end) for end in ends)
    unit = PARAMETERS[path].unit
    interval = f"95 % interval: {scale.text(low)} to {scale.text(high)} {unit}".rstrip()
    return told, (f"{interval}.",)


def _doubt(result: CalibrationResult) -> dict[str, float]:
    spread: dict[str, float] = (
        result.findings.get("segmentation", {}).get("doubt", {}).get("spread", {})
    )
    return spread


def _derived(name: str, phases: tuple[str, ...]) -> tuple[str, str]:
    if name == "interface area":
        return f"Interface {'–'.join(phases)}", "Area of the interface per volume."
    if name == "contact share":
        i, j = phases
        return f"{j} on {i}", f"Share of the surface of {i} that touches {j}."
    if name == "mean chord":
        return f"Mean chord {phases[0]}", "Mean length of segments in the phase."
    return "Triple line", "Length per volume of the lines where all three phases meet."
