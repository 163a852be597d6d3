"""The page of the descriptors says what the code says."""

from __future__ import annotations

import runpy
from pathlib import Path

from napari_assb_twin.descriptors.definition import GROUPS
from napari_assb_twin.descriptors.definitions import DEFINITIONS
from napari_assb_twin.descriptors.distributions import WORDS

DOCS = Path(__file__).parents[2] / "docs"


def test_the_table_is_that_of_the_code() -> None:
    """If not: ``python docs/make_descriptors.py`` writes it."""
    made = runpy.run_path(str(DOCS / "make_descriptors.py"))
    text = (DOCS / "descriptors.md").read_text(encoding="utf-8")
    assert made["page"](text) == text
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    for one in DEFINITIONS:
        (row,) = [row for row in rows if row.startswith(f"| `{one.name}` | ") and one.text in row]
        assert one.source in row
        assert one.edges in row
    assert [one.group for one in DEFINITIONS] == sorted(
        (one.group for one in DEFINITIONS), key=GROUPS.index
    )


def test_every_distribution_is_on_it() -> None:
    text = (DOCS / "descriptors.md").read_text(encoding="utf-8")
    assert all(f"`{kind}`" in text for kind in WORDS)
