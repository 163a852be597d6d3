"""A validation as one HTML page, and as a folder with table, figures and twins."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from napari_assb_twin.atomic import whole_folder
from napari_assb_twin.report.html import DrawnPicture, filled
from napari_assb_twin.report.look import Look
from napari_assb_twin.report.numbers import NONE, beside, error_of, plain, signed
from napari_assb_twin.report.page import own_version
from napari_assb_twin.report.tables import Row as Printed
from napari_assb_twin.report.tables import Table
from napari_assb_twin.twin.twin_file import save_twin
from napari_assb_twin.validation.judging import Judged, Row
from napari_assb_twin.validation.pictures import pictures
from napari_assb_twin.validation.quantities import Profile
from napari_assb_twin.validation.run import TWINS, Validation
from napari_assb_twin.validation.sampling_error import LEVEL
from napari_assb_twin.validation.table import document, write_table
from napari_assb_twin.validation.verdict import verdict
from napari_assb_twin.validation.words import READING, done, provenance

CERTAIN, BEYOND = "✗", "!"
LONG_RANGE = "*"

SOMETIMES = ("scores.svg", "chords.svg", "sizes.svg")
"""Figures that not every validation has: one of an earlier run must not stay beside another."""


def fill_folder(folder: str | os.PathLike[str], validation: Validation) -> None:
    """Write ``validation.html``, ``.csv``, ``.json``, the figures and both twins into a folder.

    The folder exists already, as that of `whole_folder` does while it is filled.
    """
    folder = Path(folder)
    drawn = [DrawnPicture.of(one, Look()) for one in pictures(validation)]
    (folder / "validation.html").write_text(page(validation, drawn), encoding="utf-8")
    write_table(folder / "validation.csv", validation)
    (folder / "validation.json").write_text(
        json.dumps(document(validation), indent=1, allow_nan=False), encoding="utf-8"
    )
    for one in drawn:
        (folder / f"{one.picture.name}.{one.picture.kind}").write_bytes(one.content)
    for name, fit in validation.fits.items():
        save_twin(fit.twin, folder / f"{name}.twin.json")


def save_folder(folder: str | os.PathLike[str], validation: Validation) -> Path:
    """As `fill_folder`; the folder appears whole or not at all.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    with whole_folder(folder, stale=SOMETIMES) as aside:
        fill_folder(aside, validation)
    return Path(folder)


def page(validation: Validation, drawn: Sequence[DrawnPicture]) -> str:
    """The HTML, with the figures of `pictures`."""
    embedded: dict[str, Any] = dict.fromkeys(
        ("sections", "scores", "curves_in-plane", "curves_through-plane", "chords", "sizes")
    )
    embedded.update((one.picture.name, one.embedded()) for one in drawn)
    return filled(
        "validation.html.jinja",
        title=", ".join(validation.sources) or "volume",
        version=own_version(),
        made=validation.date[:10],
        verdicts=[_verdict(validation, name) for name in TWINS],
        done=done(validation),
        pictures=embedded,
        numbers=numbers_table(validation.rows),
        profiles=profiles_table(validation.rows),
        reading=READING,
        provenance=provenance(validation),
    )


def _verdict(validation: Validation, name: Any) -> dict[str, str]:
    found = verdict(validation.rows, name)
    return {
        "id": name,
        "title": f"{name.capitalize()} twin",
        "style": "good" if found.within else "bad",
        "sign": "✓" if found.within else "✗",
        "word": found.word,
        "sentence": found.sentence,
    }


def numbers_table(rows: Sequence[Row]) -> Table:
    """Descriptors: both halves, and both twins with z."""
    headings = ["Quantity", "Unit", "Other half", "± its error", "First half"]
    for name in TWINS:
        headings += [name.capitalize(), "z"]
    printed = []
    for row in rows:
        if isinstance(row.what, Profile):
            continue
        cells = [row.what.label, row.what.unit, beside(row.other, row.error)]
        cells += [error_of(row.error) if row.error is not None else NONE]
        cells += [beside(row.first, row.error) + (LONG_RANGE if row.long_range else "")]
        for name in TWINS:
            one = row.twins[name]
            cells += [beside(one.value, row.error), f"{signed(one.z)}{mark(one)}"]
        printed.append(Printed(tuple(cells)))
    return Table(
        tuple(headings),
        tuple(printed),
        caption=_caption("z is the difference from the other half in standard errors"),
        numeric=frozenset(range(2, len(headings))),
        dense=True,
    )


def profiles_table(rows: Sequence[Row]) -> Table:
    """Distances of curves and distributions from those of the other half."""
    headings = ["Distance from the other half", "Unit", "First half"]
    for name in TWINS:
        headings += [name.capitalize(), "by chance"]
    printed = []
    for row in rows:
        if not isinstance(row.what, Profile):
            continue
        first = plain(row.first, 2) + (LONG_RANGE if row.long_range else "")
        cells = [row.what.label, row.what.unit, first]
        for name in TWINS:
            one = row.twins[name]
            cells += [f"{plain(one.value, 2)}{mark(one)}", plain(one.error, 2)]
        printed.append(Printed(tuple(cells)))
    return Table(
        tuple(headings),
        tuple(printed),
        caption=_caption("By chance: the distance that the data's own error makes in the median"),
        numeric=frozenset(range(2, len(headings))),
        dense=True,
    )


def mark(judged: Judged) -> str:
    """A sign behind what lies beyond the data's own error."""
    if judged.within is None or judged.within:
        return ""
    certain = judged.adjusted is not None and judged.adjusted < LEVEL
    return f" {CERTAIN if certain else BEYOND}"


def _caption(first: str) -> str:
    return (
        f"{first}. {BEYOND} beyond 95 % of chance; {CERTAIN} certain even among so many; "
        f"{LONG_RANGE} the halves differ by more than their blocks explain."
    )
