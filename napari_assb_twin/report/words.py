"""What a report says in sentences: verdict, model, misfit, limits, provenance."""

from __future__ import annotations

from dataclasses import dataclass

from napari_assb_twin.report.evidence import Evidence
from napari_assb_twin.report.loose import mapping, text
from napari_assb_twin.report.methods import described, reading_lines, said, share_words
from napari_assb_twin.report.numbers import plain, signed
from napari_assb_twin.report.parameters import parameter_rows
from napari_assb_twin.report.record import Record
from napari_assb_twin.report.tables import kind_name, long_name
from napari_assb_twin.twin.parameters import FIELD_NAMES

LIMITS = (
    "No discrete particles: the phases are excursion sets of random fields. Grains, contact necks "
    "between spheres and fillets are not represented, even where the curves agree.",
    "No gradients: the structure is the same everywhere. A change of composition or porosity "
    "across the electrode is averaged, and lengthens the fitted correlations.",
    "No carbon or binder phase: there are three phases; additives must be counted to one of them.",
    "Two-point coverage does not fix a structure: fields of different kinds can share all curves "
    "and differ in connectivity. The higher-order statistics are the test.",
    "Two independent fields pin the contact shares of the phase that is cut first; correlated "
    "ones (an extension of the model) do not.",
)

STYLES = {
    "fits": ("good", "✓"),
    "fits with reservations": ("reserved", "!"),
    "does not fit": ("bad", "✗"),
}
LEVELS = {0: "✓", 1: "!", 2: "✗"}


@dataclass(frozen=True)
class VerdictWords:
    """The verdict, a sign beside it, the sentences of its checks, and its style."""

    word: str
    sign: str
    style: str
    checks: tuple[str, ...]


def verdict_words(record: Record | None) -> VerdictWords:
    """The verdict of a record as it is shown; the gravest checks first."""
    if record is None:
        return VerdictWords("none, the twin has no record of a fit", "?", "unknown", ())
    if record.verdict is None:
        return VerdictWords("none in this record", "?", "unknown", ())
    style, sign = STYLES.get(record.verdict.word, ("unknown", "?"))
    checks = []
    for one in sorted(record.verdict.checks, key=lambda check: -(check.level or 0)):
        sentence = one.sentence or one.name or ""
        if not sentence:
            continue
        mark = LEVELS.get(one.level if one.level is not None else -1, "·")
        if one.z is not None:
            sentence = f"{sentence.rstrip('.')} (z = {signed(one.z)})."
        checks.append(f"{mark} {sentence}")
    return VerdictWords(record.verdict.word, sign, style, tuple(checks))


def model_words(evidence: Evidence) -> str:
    """Which phase is cut from which field, and of which kind they are."""
    twin, names = evidence.twin, evidence.names
    kinds = []
    for name in FIELD_NAMES:
        field = twin.field(name)
        kinds.append(f"{name} is {kind_name(field.degrees_of_freedom)}, {field.tail} tail")
    symmetry = "isotropic" if twin.symmetry == "isotropic" else "cylindrical about z"
    pair = ""
    if twin.field_correlation:
        pair = f" X and Y are correlated with a coefficient of {plain(twin.field_correlation, 2)}."
    return (
        f"{_upper(long_name(twin.first_phase, names))} is cut first, from field X; "
        f"{long_name(twin.second_phase, names)} second, from field Y in what X leaves; "
        f"{long_name(twin.third_phase, names)} is the rest. {'; '.join(kinds)}. "
        f"The model is {symmetry}.{pair}"
    )


def remarks(evidence: Evidence) -> tuple[str, ...]:
    """What is to be said of single parameters: hardly determined, or not fitted at all."""
    rows = parameter_rows(evidence.twin, evidence.record, evidence.names)
    said: dict[str, list[str]] = {}
    for row in rows:
        if row.remark:
            said.setdefault(row.remark, []).append(row.name)
    return tuple(f"{', '.join(names)}: {remark}" for remark, names in said.items())


def misfit_words(record: Record | None) -> str:
    """Root mean square and largest difference of the fitted curves."""
    if record is None or record.misfit.rms is None:
        return ""
    misfit = record.misfit
    largest = "" if misfit.max is None else f", the largest {plain(misfit.max, 2)}"
    lags = f" at {misfit.lags} lags" if misfit.lags else ""
    return (
        f"Over all six pairs of phases{lags} the difference of measured and exact curves has a "
        f"root mean square of {plain(misfit.rms, 2)}{largest}."
    )


def segmentation_words(record: Record | None) -> str:
    """The fitted share of wrong pixels, and the other segmentations that were fitted."""
    if record is None or record.segmentation is None:
        return ""
    found, parts = record.segmentation, []
    if found.error is not None:
        share = share_words(found.error, found.error_standard_error)
        parts.append(
            "Segmentation error: the share of pixels that hold a label by chance was fitted along "
            f"with the parameters; it is {share.removeprefix('= ')}."
        )
    if found.alternatives:
        parts.append(f"Other segmentations that were fitted: {', '.join(found.alternatives)}.")
    return " ".join(parts)


def provenance(evidence: Evidence) -> tuple[tuple[str, str], ...]:
    """Names and values of what was fitted, how it was read, with which seeds and versions."""
    record, twin = evidence.record, evidence.twin
    lines: list[tuple[str, str]] = []
    if record is not None:
        content = record.content
        if record.sources and not record.files:
            lines.append(("data", f"{', '.join(record.sources)} (no SHA-256 on record)"))
        lines += [("fitted to", described(one)) for one in record.data]
        lines += reading_lines(record)
        for key, name in (("method", "method"), ("model", "model"), ("date", "date of the fit")):
            if text(content.get(key)):
                lines.append((name, said(content[key])))
        if record.bootstrap is not None:
            lines.append(("simulated data sets for the errors", str(record.bootstrap)))
        if record.seed is not None:
            lines.append(("seed of the fit", str(record.seed)))
        versions = mapping(content.get("versions"))
        if versions:
            told = ", ".join(f"{name} {said(one)}" for name, one in versions.items())
            lines.append(("versions of the fit", told))
    lines.append(("seed of the simulated sections", str(evidence.seed)))
    grid, shape = twin.grid, " × ".join(map(str, twin.grid.shape))
    box = f"{shape} voxels (z, y, x) of {plain(grid.voxel_size_um)} µm, {grid.window}"
    lines.append(("box and seed of the twin", f"{box}; seed {twin.seed}"))
    return tuple(lines)


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]
