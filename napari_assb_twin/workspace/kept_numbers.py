"""What padlocks mean to a fit, in words."""

from __future__ import annotations

from collections.abc import Sequence

from napari_assb_twin.twin.parameters import FIELD_CORRELATION, FIELD_NAMES, PARAMETERS, Twin
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.workspace.fit_rows import parameter_name
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.scales import scale_of


def kept_paths(padlocks: frozenset[str]) -> list[str]:
    """The parameters that a fit has to keep, in their order."""
    return [path for path in PARAMETERS if path in padlocks]


def why_not_kept(
    twin: Twin, kept: Sequence[str], names: PhaseNames, *, high_parametric: bool
) -> str:
    """Why a fit cannot keep the numbers, in a sentence; empty where it can."""
    if high_parametric:
        held = [
            parameter_name(path, names, twin)
            for path in kept
            if path not in PHASES and not (path == FIELD_CORRELATION and not twin.value(path))
        ]
        return (
            f"{', '.join(held)} cannot be kept: a high-parametric fit keeps volume fractions only; "
            "open the padlock, or fit the low-parametric model."
            if held
            else ""
        )
    if FIELD_CORRELATION in kept and not twin.has(FIELD_CORRELATION):
        name = parameter_name(FIELD_CORRELATION, names, twin)
        return f"{name} cannot be kept: the fields are not both Gaussian; open the padlock."
    absent = [parameter_name(path, names, twin) for path in kept if not twin.has(path)]
    return (
        f"{', '.join(absent)} cannot be kept: the field is high-parametric and has no such "
        "number; open the padlock."
        if absent
        else ""
    )


def kept_in_words(
    twin: Twin, kept: Sequence[str], names: PhaseNames, *, high_parametric: bool
) -> str:
    """Which numbers the fit keeps, and what it replaces."""
    refusal = why_not_kept(twin, kept, names, high_parametric=high_parametric)
    if refusal and high_parametric:
        return refusal
    locked = [
        f"{parameter_name(path, names, twin)} = "
        f"{scale_of(path).text(scale_of(path).shown(twin.value(path)))}"
        for path in kept
        if twin.has(path)
    ]
    text = f"Kept by padlocks: {', '.join(locked)}." if locked else ""
    text = text or "No parameter is padlocked: all are fitted."
    high = [name for name in FIELD_NAMES if not twin.has(f"{name}.length_um")]
    if high and not high_parametric:
        text += f" The fit replaces the weights of field {' and '.join(high)} by four numbers."
    return text
