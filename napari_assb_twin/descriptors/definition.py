"""What is said of one kind of number, so that others can measure the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Group = Literal[
    "composition",
    "interfaces",
    "chords",
    "topology",
    "clusters",
    "networks",
    "geodesic",
    "sizes",
    "transport",
]
GROUPS: tuple[Group, ...] = get_args(Group)
"""Sets of descriptors that are measured together, from quick to slow."""


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One kind of number, for one phase, a pair of phases, an axis, or the whole.

    Attributes
    ----------
    name
        As in tables: a value is called ``name``, ``name.phase``, ``name.phase.axis``,
        ``name.phase,phase``.
    group
        With which others it is measured.
    label
        On screen.
    unit
        Empty for a share or a ratio.
    text
        What it is, as a sentence.
    denominator
        What it is counted over; empty for what is no share.
    connectivity
        Which voxels are neighbours; empty where none need be.
    edges
        What the faces of the box are to it; empty where that makes no difference.
    source
        Where the definition comes from.
    """

    name: str
    group: Group
    label: str
    unit: str
    text: str
    denominator: str = ""
    connectivity: str = ""
    edges: str = ""
    source: str = ""

    @property
    def told(self) -> str:
        """All of it but the source, as sentences."""
        parts = [f"Over: {self.denominator}."] if self.denominator else []
        parts += [f"Connectivity: {self.connectivity}."] if self.connectivity else []
        parts += [f"Edges: {self.edges}."] if self.edges else []
        return " ".join([self.text, *parts])
