"""The versions that the rows of a sweep are measured with: another one may measure otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from napari_assb_twin.scenarios.plan import Plan

PACKAGE = "napari-assb-twin"

Versions = dict[str, str]
"""Versions of packages by their names; empty: an older record that says none."""


def versions_for(plan: Plan) -> Versions:
    """Those installed here of what the numbers of a plan depend on."""
    names = [PACKAGE, "numpy", "scipy"]
    if "transport" in plan.choice.groups:
        names += ["torch", "taufactor"]
    elif plan.choice.device != "cpu":
        names.append("torch")
    return {name: version(name) for name in names}


def versions_of(document: Any) -> Versions:
    """Versions as a record says them; `ValueError` if these are none."""
    texts = [*document, *document.values()] if isinstance(document, dict) else [None]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("versions are texts by names")
    found: Versions = document
    return found


def in_words(versions: Versions) -> str:
    """As a list of names with their versions."""
    if not versions:
        return "versions that were not recorded"
    return ", ".join(f"{name} {number}" for name, number in versions.items())


def reservation(before: Sequence[Versions], now: Versions) -> str | None:
    """What a user must know who adds rows to those of other versions; None if all are the same."""
    others = [one for one in before if one != now]
    if not others:
        return None
    named = " and ".join(in_words(_differing(one, now)) for one in others)
    return (
        f"Rows that are there were measured with {named}, the others will be with "
        f"{in_words(_differing(now, *others))}; their numbers may differ."
    )


def _differing(versions: Versions, *others: Versions) -> Versions:
    """Those that are not the same in all."""
    return {
        name: number
        for name, number in versions.items()
        if any(one.get(name) != number for one in others)
    }
