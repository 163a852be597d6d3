"""A parameter sweep: from one twin to a row of realisations, each with words that name it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from napari_assb_twin.errors import InputError
from napari_assb_twin.movie import sweep_values
from napari_assb_twin.twin.parameters import FIELD_CORRELATION, Twin
from napari_assb_twin.twin.phases import PHASES, at_surface
from napari_assb_twin.twin.realisation import Realisation
from napari_assb_twin.twin.synthesis import Synthesizer
from napari_assb_twin.workspace.edits import SMALLEST_SHARE
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.scales import LARGEST, scale_of


@dataclass(frozen=True)
class Station:
    """A twin of a sweep, and its number as words."""

    twin: Twin
    caption: str


def title_of(twin: Twin, path: str, names: PhaseNames) -> str:
    """A parameter of a twin as it stands in a list: name, symbol, field."""
    parameter = twin.description(path)
    if path in PHASES:
        return f"Volume fraction of {names[PHASES[PHASES.index(path)]]}"
    if path == FIELD_CORRELATION:
        return f"{at_surface(names[twin.second_phase], names[twin.first_phase])} {parameter.symbol}"
    return f"{parameter.label} {parameter.symbol} of field {path.partition('.')[0]}"


def usual_range(twin: Twin, path: str) -> tuple[float, float]:
    """Ends around the present number, as shown on screen, within the slider."""
    parameter = twin.description(path)
    scale = scale_of(path, twin.grid, parameter).including(twin.value(path))
    shown, (lowest, highest) = scale.shown(twin.value(path)), scale.ends
    if path == FIELD_CORRELATION:
        return lowest, highest
    if not math.isfinite(shown) or shown >= LARGEST:
        low, high = highest / 8, highest
    elif parameter.logarithmic:
        low, high = shown / 2, shown * 2
    else:
        low, high = shown * 0.5, shown * 1.5
    low, high = max(low, lowest, SMALLEST_SHARE), min(high, highest)
    return (low, high) if low < high else (lowest, highest)


def stations(
    twin: Twin,
    path: str,
    start: float,
    stop: float,
    count: int,
    *,
    names: PhaseNames,
    locked: frozenset[str] = frozenset(),
) -> tuple[Station, ...]:
    """The twins of a sweep; ``start`` and ``stop`` are numbers as shown on screen.

    Raises
    ------
    InputError
        If a number is none that the parameter can have.
    """
    scale, parameter = scale_of(path), twin.description(path)
    title, unit = title_of(twin, path, names), parameter.unit
    return tuple(
        Station(
            twin.with_value(path, scale.value(shown), locked=locked & set(PHASES)),
            f"{title} = {shown:.3g} {unit}".rstrip(),
        )
        for shown in sweep_values(parameter, start, stop, count)
    )


def realisations(
    row: Sequence[Station], *, device: str, coarsen: int
) -> Iterator[tuple[Realisation, str]]:
    """The realisation of each twin and its words, made when asked for.

    Raises
    ------
    InputError
        If a twin does not fit into its box, or a volume not into the memory.
    """
    synthesizer = Synthesizer(device)
    for station in row:
        try:
            realisation = synthesizer(station.twin, coarsen=coarsen)
        except MemoryError:
            raise InputError(
                "The volumes of the sweep do not fit into the memory; choose previews."
            ) from None
        except InputError as error:
            raise InputError(f"{station.caption}: {error}") from error
        yield realisation, station.caption
