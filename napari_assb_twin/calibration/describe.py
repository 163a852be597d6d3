"""A calibration in lines of text, for the command."""

from __future__ import annotations

from napari_assb_twin.calibration.field_selection import kind_in_words
from napari_assb_twin.calibration.result import CalibrationResult
from napari_assb_twin.calibration.training_record import comparisons, in_a_sentence
from napari_assb_twin.calibration.verdict import FEWEST_REPLICATES, Verdict


def describe_verdict(verdict: Verdict | None) -> str:
    """The verdict in a line."""
    if verdict is None:
        return f"not judged (that takes {FEWEST_REPLICATES} simulated data sets or more)"
    return f"the twin {verdict.word}" + ("" if verdict.word == "fits" else ":")


def describe_fit(result: CalibrationResult) -> list[str]:
    """Reservations, misfit, phases, fields and parameters with their errors."""
    fit, twin = result.fit, result.twin
    reservations = () if result.verdict is None else result.verdict.reservations
    lines = [f"- {sentence}" for sentence in reservations]
    if result.offers_correlation:
        at_surface = f"{twin.second_phase} at the surface of the {twin.first_phase}"
        lines.append(f"the fields may be correlated ({at_surface}): try --correlated-fields")
    lines.append(f"misfit of the curves: rms {fit.rms:.4f}, max {fit.max:.4f}; {fit.seconds:.1f} s")
    lines.append(f"{twin.first_phase} is cut first, {twin.second_phase} second")
    if result.selection is not None:
        lines += [
            f"field {one.field}: {kind_in_words(one.degrees_of_freedom, one.tail)}: "
            f"misfit {one.rms:.4f}, score {one.score:.1f}{' (chosen)' if one.chosen else ''}"
            for one in result.selection.candidates
        ]
    doubt = result.findings.get("segmentation", {}).get("doubt", {}).get("spread", {})
    for path, error in result.uncertainty.items():
        value = twin.value(path)
        shown = "inf" if value is None else f"{value:.4g}"
        line = f"{path:22} {shown:>9} ± {error:.2g}"
        if path in doubt:
            line += f"   (other segmentations: ± {doubt[path]:.2g})"
        if path in fit.at_bounds:
            line += "   (at a bound: not determined)"
        lines.append(line)
    training = result.findings.get("training")
    if training:
        lines.append(in_a_sentence(training))
        lines += [f"{one.name:34} {' -> '.join(one.texts)}" for one in comparisons(training)]
    wrong = result.findings.get("segmentation", {}).get("error")
    if wrong is not None:
        lines.append(f"{'wrongly labelled':22} {wrong:9.4g} of the pixels at random")
    return lines
