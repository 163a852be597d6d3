"""Colours and marks of the phases, in the volume and in the curves."""

from __future__ import annotations

from dataclasses import dataclass

from napari_assb_twin.twin.phases import Phase


@dataclass(frozen=True)
class Scheme:
    """Colours of the phases, and of their curves on a light and on a dark background.

    The pores of the paper are black: their curve takes the colour of the text.
    """

    title: str
    phases: dict[Phase, str]
    lines: dict[Phase, str]


SCHEMES: dict[str, Scheme] = {
    "paper": Scheme(
        title="paper",
        phases={"pore": "#000000", "active_material": "#d62728", "solid_electrolyte": "#9a9a9a"},
        lines={"pore": "text", "active_material": "#e0393a", "solid_electrolyte": "#8c8c8c"},
    ),
    "colour-blind safe": Scheme(
        title="Okabe-Ito",
        phases={"pore": "#0072b2", "active_material": "#e69f00", "solid_electrolyte": "#009e73"},
        lines={"pore": "#2b8fd0", "active_material": "#e69f00", "solid_electrolyte": "#009e73"},
    ),
}

MARKERS: dict[Phase, str] = {"pore": "o", "active_material": "s", "solid_electrolyte": "^"}
"""Curves are told apart without colour, too."""
