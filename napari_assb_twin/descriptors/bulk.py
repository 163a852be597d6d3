"""What a phase conducts by itself: bulk conductivities and diffusivity, in the user's units."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.phases import LONG_NAMES, Phase

BulkName = Literal["ionic", "electronic", "diffusivity"]

CONDUCTIVITIES = ("mS/cm", "S/m", "S/cm", "mS/m", "µS/cm")
DIFFUSIVITIES = ("m²/s", "cm²/s", "mm²/s", "µm²/s")


@dataclass(frozen=True)
class BulkValue:
    """A number with its unit; effective values are given in the same unit.

    Raises
    ------
    InputError
        If the number is not positive and finite.
    """

    value: float
    unit: str

    def __post_init__(self) -> None:
        if not (math.isfinite(self.value) and self.value > 0):
            raise InputError(
                f"A bulk value of {self.value:g} {self.unit} conducts nothing; give a positive "
                "number."
            )

    def __str__(self) -> str:
        return f"{self.value:g} {self.unit}"

    @property
    def text(self) -> str:
        """With all its digits; `parse_bulk` reads it."""
        return f"{self.value!r} {self.unit}"


@dataclass(frozen=True)
class Words:
    """What a field of `Bulk` is called, whose it is, and in which units it is given.

    Attributes
    ----------
    phase
        The phase that conducts.
    effective
        Name of the effective value among the descriptors.
    title, help
        On screen and in the command.
    units
        As they are written; the first one is the usual one.
    example
        For the command.
    """

    phase: Phase
    effective: str
    title: str
    help: str
    units: tuple[str, ...]
    example: str


def _say(*told: Any) -> dict[str, Words]:
    return {"words": Words(*told)}


@dataclass(frozen=True, kw_only=True)
class Bulk:
    """Bulk values; where one is None, transport in its phase is told relative to the bulk alone.

    Attributes
    ----------
    ionic
        Conductivity of the solid electrolyte.
    electronic
        Conductivity of the active material.
    diffusivity
        Of what diffuses in the pores.
    """

    ionic: BulkValue | None = field(
        default=None,
        metadata=_say(
            "solid_electrolyte",
            "ionic_conductivity",
            "SE, ionic",
            "bulk ionic conductivity of the solid electrolyte",
            CONDUCTIVITIES,
            "2mS/cm",
        ),
    )
    electronic: BulkValue | None = field(
        default=None,
        metadata=_say(
            "active_material",
            "electronic_conductivity",
            "CAM, electronic",
            "bulk electronic conductivity of the active material",
            CONDUCTIVITIES,
            "10S/m",
        ),
    )
    diffusivity: BulkValue | None = field(
        default=None,
        metadata=_say(
            "pore",
            "effective_diffusivity",
            "Pores, diffusivity",
            "bulk diffusivity of what diffuses in the pores",
            DIFFUSIVITIES,
            "1e-5m2/s",
        ),
    )

    def __iter__(self) -> Iterator[tuple[Words, BulkValue]]:
        """Those that are known, with what they are called."""
        for name, told in WORDS.items():
            value: BulkValue | None = getattr(self, name)
            if value is not None:
                yield told, value

    def of(self, phase: Phase) -> tuple[str, BulkValue] | None:
        """Name of the effective value of a phase, and its bulk value; None if that is not known."""
        return next(((told.effective, one) for told, one in self if told.phase == phase), None)

    def unit(self, effective: str) -> str:
        """Unit of an effective value by its name; empty where it has none."""
        return next((one.unit for told, one in self if told.effective == effective), "")

    def document(self) -> dict[str, str]:
        """Known values as text of all their digits, for a record; see `bulk_from_document`."""
        return {told.effective: one.text for told, one in self}


WORDS: Mapping[BulkName, Words] = {
    one.name: one.metadata["words"]  # type: ignore[misc]
    for one in fields(Bulk)
}
"""By field of `Bulk`."""


def parse_bulk(name: BulkName, text: str) -> BulkValue:
    """A bulk value from ``"0.2mS/cm"`` or ``"1e-5 m2/s"``.

    Raises
    ------
    InputError
        If it is no positive number with one of the units of its kind.
    """
    told = WORDS[name]
    match = _VALUE.fullmatch(text.strip())
    unit = None if match is None else _unit(match["unit"], told.units)
    if match is None or unit is None:
        raise InputError(
            f"{text!r} is no {told.help}; give a number and one of {', '.join(told.units)}, as "
            f"{told.example}."
        )
    return BulkValue(float(match["number"]), unit)


def bulk_from_document(content: Mapping[str, object]) -> Bulk:
    """The bulk values of `Bulk.document`.

    Raises
    ------
    InputError
        If there is another name, or something that is no text of a value.
    """
    names = {told.effective: name for name, told in WORDS.items()}
    found: dict[str, BulkValue] = {}
    for effective, text in content.items():
        if effective not in names:
            raise InputError(
                f"bulk has {effective!r}; it may have {', '.join(names)}, leave out the rest."
            )
        found[names[effective]] = parse_bulk(names[effective], str(text))
    return Bulk(**found)


def check_measured(bulk: Bulk, *, transport: bool, phases: tuple[Phase, ...]) -> None:
    """Refuse bulk values of which nothing would come.

    Raises
    ------
    InputError
        If transport, or the phase that conducts, is not measured.
    """
    for told, one in bulk:
        if not transport or told.phase not in phases:
            missing = "transport" if not transport else LONG_NAMES[told.phase]
            raise InputError(
                f"The {told.help} ({one}) changes nothing while {missing} is not measured; add it "
                "to what is measured, or leave the value out."
            )


def _unit(text: str, units: tuple[str, ...]) -> str | None:
    """The unit that is meant: with ^2 or 2 for the square, and u or either sign for micro."""
    plain = text.replace("^", "").replace("2", "²").replace("μ", "µ")
    if plain.startswith("u"):
        plain = f"µ{plain[1:]}"
    return plain if plain in units else None


_VALUE = re.compile(r"(?P<number>[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)\s*(?P<unit>[^\s0-9.]\S*)")
