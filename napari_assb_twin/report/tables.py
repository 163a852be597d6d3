"""The tables of a report as headings and printed cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from napari_assb_twin.calibration.training_record import comparisons, in_a_sentence
from napari_assb_twin.report.evidence import Evidence
from napari_assb_twin.report.numbers import NONE, beside, error_of, plain, signed
from napari_assb_twin.report.parameters import Names, parameter_rows
from napari_assb_twin.report.plots import LARGE
from napari_assb_twin.report.rows import Statistic
from napari_assb_twin.twin.phases import LONG_NAMES, PHASES, SHORT_NAMES, Phase

SPREAD = "Segmentation: largest change of the value over other segmentations."


@dataclass(frozen=True)
class Row:
    """One row; ``mark`` is ``"chosen"``, ``"far"`` or empty."""

    cells: tuple[str, ...]
    mark: str = ""


@dataclass(frozen=True)
class Table:
    """A table as printed.

    Attributes
    ----------
    headings, rows
        What stands in it.
    caption
        A sentence above it.
    numeric
        Columns whose cells stand at the right.
    scores
        The column of z, or None.
    dense
        Whether it is long and set in small print.
    """

    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    caption: str = ""
    numeric: frozenset[int] = frozenset()
    scores: int | None = None
    dense: bool = False


def long_name(phase: Phase | None, names: Names) -> str:
    """The long name of a phase, or the user's own."""
    if phase is None:
        return NONE
    return LONG_NAMES[phase] if names[phase] == SHORT_NAMES[phase] else names[phase]


def short_name(phase: Phase | None, names: Names) -> str:
    """The short name of a phase."""
    return NONE if phase is None else names[phase]


def parameters_table(evidence: Evidence) -> Table:
    """Values, standard errors, intervals, the change by other segmentations."""
    rows = parameter_rows(evidence.twin, evidence.record, evidence.names)
    record = evidence.record
    with_errors = any(row.error != NONE for row in rows)
    with_spread = any(row.spread != NONE for row in rows)
    headings = ["Parameter", "Symbol", "Value"]
    headings += ["Standard error", "95 % interval"] if with_errors else []
    headings += ["Segmentation"] if with_spread else []
    numeric = frozenset(range(2, len(headings)))
    caption = ""
    if with_errors:
        caption = "Standard errors are statistical."
        if record is None or not record.intervals:
            caption += " Intervals are value ± 1.96 standard errors: the record holds none."
    if with_spread:
        caption += f" {SPREAD}"
    return Table(
        (*headings, "Unit"),
        tuple(
            Row(
                (
                    *(row.name, row.symbol, row.value),
                    *((row.error, row.interval) if with_errors else ()),
                    *((row.spread,) if with_spread else ()),
                    row.unit,
                ),
                "weak" if row.remark else "",
            )
            for row in rows
        ),
        caption.strip(),
        numeric,
    )


def derived_table(evidence: Evidence) -> Table | None:
    """Numbers that follow from the parameters, with their errors."""
    record = evidence.record
    if record is None or not record.derived:
        return None
    with_spread = any(one.segmentation_spread is not None for one in record.derived)
    rows = [
        Row(
            (
                one.name or NONE,
                (" touching " if one.name == "contact share" else " – ").join(
                    _phase_name(p, evidence.names) for p in one.phases
                )
                or NONE,
                beside(one.value, one.standard_error),
                error_of(one.standard_error),
                *((error_of(one.segmentation_spread),) if with_spread else ()),
                unit(one.unit),
            )
        )
        for one in record.derived
    ]
    headings = ("Number", "Phases", "Value", "Standard error")
    if not with_spread:
        return Table((*headings, "Unit"), tuple(rows), numeric=frozenset({2, 3}))
    return Table((*headings, "Segmentation", "Unit"), tuple(rows), SPREAD, frozenset({2, 3, 4}))


def statistics_table(evidence: Evidence) -> Table | None:
    """Higher-order statistics, measured and simulated."""
    record = evidence.record
    if record is None or not record.statistics:
        return None
    rows = [
        Row(
            (
                f"{one.name or NONE} [{unit(one.unit)}]" if one.unit else one.name or NONE,
                ", ".join(part for part in (one.plane, one.direction) if part),
                NONE if one.length_um is None else plain(one.length_um, 3),
                short_name(one.phase, evidence.names),
                beside(one.measured, one.standard_error),
                beside(one.simulated, one.standard_error),
                error_of(one.standard_error),
                signed(one.z),
            ),
            "far" if one.z is not None and abs(one.z) > LARGE else "",
        )
        for one in sorted(record.statistics, key=_place)
    ]
    headings = (
        *("Statistic", "Sections", "Length [µm]", "Phase"),
        *("Measured", "Simulated", "Standard error", "z"),
    )
    numeric = frozenset({2, 4, 5, 6, 7})
    return Table(headings, tuple(rows), numeric=numeric, scores=7, dense=True)


def contacts_table(evidence: Evidence) -> Table:
    """Contact shares of measured surfaces beside the model's."""
    with_data = any(one.measured is not None for one in evidence.contacts)
    rows = []
    for one in evidence.contacts:
        name = f"{short_name(one.phase, evidence.names)} touching "
        name += short_name(one.neighbour, evidence.names)
        cells = [name]
        if with_data:
            cells.append(beside(one.measured, one.standard_error))
        cells.append(beside(one.model, one.standard_error))
        if with_data:
            cells += [error_of(one.standard_error), signed(one.z)]
        cells.append("pinned by the order of cutting" if one.pinned else "")
        rows.append(Row(tuple(cells), "far" if one.z is not None and abs(one.z) > LARGE else ""))
    if with_data:
        headings = ("Surface", "Measured", "Model", "Standard error", "z", "Remark")
        return Table(headings, tuple(rows), numeric=frozenset({1, 2, 3, 4}), scores=4)
    return Table(("Surface", "Model", "Remark"), tuple(rows), numeric=frozenset({1}))


def assignments_table(evidence: Evidence) -> Table | None:
    """Which phase is cut first: the fits that were compared."""
    record, twin = evidence.record, evidence.twin
    if record is None or not record.assignments:
        return None
    rows = [
        Row(
            (
                long_name(one.first_phase, evidence.names),
                long_name(one.second_phase, evidence.names),
                plain(one.rms, 3),
                plain(one.ratio_variation, 3),
            ),
            "chosen" if one.first_phase == twin.first_phase else "",
        )
        for one in record.assignments
    ]
    caption = (
        "Bold: chosen. Misfit: root mean square of C_ij. Variation of the ratio C_ij / C_ik over "
        "the lags, i the first phase: 0 where the model holds exactly."
    )
    headings = ("Cut first", "Cut second", "Misfit", "Variation of the ratio")
    return Table(headings, tuple(rows), caption, numeric=frozenset({2, 3}))


def training_table(evidence: Evidence) -> Table | None:
    """What a training has changed."""
    record = evidence.record
    if record is None or not record.training:
        return None
    rows = tuple(
        Row((one.name[0].upper() + one.name[1:], *one.texts, one.meaning))
        for one in comparisons(record.training)
    )
    headings = ("Judged by", "Before", "After", "Meaning")
    return Table(headings, rows, in_a_sentence(record.training), numeric=frozenset({1, 2}))


def kinds_table(evidence: Evidence) -> Table | None:
    """Kinds of fields that were fitted and ranked."""
    record = evidence.record
    if record is None or not record.kinds:
        return None
    rows = []
    for one in record.kinds:
        worst = plain(one.worst, 3) if isinstance(one.worst, float) else one.worst or NONE
        cells = (
            f"{one.field or NONE}: {kind_name(one.degrees_of_freedom)}",
            one.tail or NONE,
            plain(one.rms, 3),
            plain(one.score, 3),
            worst,
        )
        rows.append(Row(cells, "chosen" if one.chosen else ""))
    caption = (
        "Bold: chosen. Score: root mean square of z over the higher-order statistics, measured "
        "against simulated from the candidate; about 1 where it is right."
    )
    headings = ("Field", "Tail", "Misfit", "Score", "Farthest")
    return Table(headings, tuple(rows), caption, numeric=frozenset({2, 3}), dense=True)


def files_table(evidence: Evidence) -> Table | None:
    """The files that were fitted, by their SHA-256."""
    record = evidence.record
    if record is None or not record.files:
        return None
    rows = [Row((f.file or NONE, f.plane or NONE, f.sha256 or NONE)) for f in record.files]
    return Table(("File", "Plane", "SHA-256"), tuple(rows))


def kind_name(degrees_of_freedom: int | None) -> str:
    """Gaussian, or chi-square with its degrees of freedom."""
    if degrees_of_freedom is None:
        return NONE
    return f"chi-square, k = {degrees_of_freedom}" if degrees_of_freedom else "Gaussian"


def unit(text: str | None) -> str:
    """A unit as printed."""
    return (text or "").replace("um", "µm").replace("^2", "²").replace("^3", "³")


def _place(statistic: Statistic) -> tuple[str, str, str, int, float]:
    """Those of one panel of the figure together, by phase and length."""
    phase = -1 if statistic.phase is None else PHASES.index(statistic.phase)
    where = (statistic.name or "", statistic.plane or "", statistic.direction or "")
    return *where, phase, statistic.length_um or 0.0


def _phase_name(name: str, names: Names) -> str:
    phases: Sequence[Phase] = [phase for phase in PHASES if phase == name]
    return names[phases[0]] if phases else name
