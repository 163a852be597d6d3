"""Colours and marks by which open twins are told apart; they are none of the phases'."""

from __future__ import annotations

from collections.abc import Mapping

COLOURS = (
    *("text", "#e69f00", "#3fa0d8", "#0f9f76"),
    *("#cc79a7", "#d55e00", "#8f7fe0", "#9c8f1e"),
)
"""After Okabe and Ito, a little darker where they would vanish on a light background."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
GLYPHS = ("●", "■", "▲", "◆", "▼", "✚", "✖", "★")
"""The marks of the curves, and the same as letters."""


def colour_of(look: int, theme: Mapping[str, str]) -> str:
    """The colour of a twin; the current one takes that of the text."""
    colour = COLOURS[look]
    return theme["text"] if colour == "text" else colour
