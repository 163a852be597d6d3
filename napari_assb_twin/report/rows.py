"""The rows of a record: verdict, files, candidates, statistics, contacts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from napari_assb_twin.report.loose import (
    entries,
    flag,
    mapping,
    number,
    read_as,
    text,
    texts,
    whole,
)
from napari_assb_twin.twin.phases import PHASES, Phase


def as_phase(value: Any) -> Phase | None:
    """One of the three phases, or None."""
    return next((one for one in PHASES if one == value), None)


@dataclass(frozen=True)
class Check:
    """One of the things that a verdict looks at; level 0 is good, 1 a reservation, 2 a failure."""

    name: str | None = read_as(text)
    sentence: str | None = read_as(text)
    level: int | None = read_as(whole)
    z: float | None = read_as(number)


@dataclass(frozen=True)
class Verdict:
    """Whether the twin fits, in words."""

    word: str
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class InputFile:
    """One file that was fitted to."""

    file: str | None = read_as(text)
    sha256: str | None = read_as(text)
    plane: str | None = read_as(text)


@dataclass(frozen=True)
class Assignment:
    """One order of the phases and how well it fits."""

    first_phase: Phase | None = read_as(as_phase)
    second_phase: Phase | None = read_as(as_phase)
    rms: float | None = read_as(number)
    ratio_variation: float | None = read_as(number)


@dataclass(frozen=True)
class FieldKind:
    """One kind of a field and how well it fits."""

    field: str | None = read_as(text)
    degrees_of_freedom: int | None = read_as(whole)
    tail: str | None = read_as(text)
    rms: float | None = read_as(number)
    score: float | None = read_as(number)
    worst: Any = read_as(lambda value: text(value) or number(value))
    chosen: bool = read_as(flag)


@dataclass(frozen=True)
class Derived:
    """A number that follows from the parameters, its standard error, and its largest change by
    other segmentations."""

    name: str | None = read_as(text)
    phases: tuple[str, ...] = read_as(texts)
    unit: str | None = read_as(text)
    value: float | None = read_as(number)
    standard_error: float | None = read_as(number)
    segmentation_spread: float | None = read_as(number)


@dataclass(frozen=True)
class Statistic:
    """A higher-order statistic of sections, measured and simulated from the fit."""

    name: str | None = read_as(text)
    phase: Phase | None = read_as(as_phase)
    plane: str | None = read_as(text)
    direction: str | None = read_as(text)
    length_um: float | None = read_as(number)
    unit: str | None = read_as(text)
    measured: float | None = read_as(number)
    simulated: float | None = read_as(number)
    standard_error: float | None = read_as(number)
    z: float | None = read_as(number)


@dataclass(frozen=True)
class Contact:
    """The share of one phase's surface that touches another one."""

    phase: Phase | None = read_as(as_phase)
    neighbour: Phase | None = read_as(as_phase)
    measured: float | None = read_as(number)
    model: float | None = read_as(number)
    standard_error: float | None = read_as(number)
    z: float | None = read_as(number)
    pinned: bool = read_as(flag)


@dataclass(frozen=True)
class Misfit:
    """Root mean square and largest difference of the curves, and the number of lags."""

    rms: float | None = read_as(number)
    max: float | None = read_as(number)
    lags: int | None = read_as(whole)


def verdict(value: Any) -> Verdict | None:
    """The verdict of an object, if it has a word."""
    content = mapping(value)
    word = text(content.get("word"))
    return None if word is None else Verdict(word, entries(Check, content.get("checks")))
