"""Writes the table of definitions in docs/descriptors.md from the code: ``python`` this file."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from napari_assb_twin.descriptors.definitions import DEFINITIONS

PAGE = Path(__file__).parent / "descriptors.md"
BEGIN, END = "<!-- definitions: begin -->", "<!-- definitions: end -->"
HEADINGS = ("name", "unit", "definition", "over", "connectivity", "edges", "source")


def table() -> str:
    """All definitions in Markdown, a table for each group."""
    lines = []
    for group, members in groupby(DEFINITIONS, key=lambda one: one.group):
        lines += ["", f"### `{group}`", "", _row(HEADINGS), _row("---" for _ in HEADINGS)]
        lines += [
            _row(
                (
                    f"`{one.name}`",
                    one.unit,
                    f"**{one.label}.** {one.text}",
                    one.denominator,
                    one.connectivity,
                    one.edges,
                    one.source,
                )
            )
            for one in members
        ]
    return "\n".join([*lines, ""])


def page(text: str) -> str:
    """The page with the table of the code in the place of the one that it holds."""
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def _row(cells) -> str:
    return f"| {' | '.join(cell or '–' for cell in cells)} |"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
