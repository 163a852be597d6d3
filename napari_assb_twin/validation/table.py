"""A validation as a table and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from napari_assb_twin.csv_file import write_csv
from napari_assb_twin.descriptors.definitions import definition
from napari_assb_twin.twin.twin_file import twin_to_document
from napari_assb_twin.validation.judging import Row
from napari_assb_twin.validation.quantities import Quantity
from napari_assb_twin.validation.run import TWINS, Validation, data_record
from napari_assb_twin.validation.verdict import verdict

HEADINGS = (
    *("quantity", "name", "unit", "other_half", "first_half", "data_error", "long_range"),
    *(
        f"{twin.partition('-')[0]}_{column}"
        for twin in TWINS
        for column in ("value", "spread", "error", "z", "p", "p_holm", "within")
    ),
    "definition",
)


def write_table(path: Path, validation: Validation) -> None:
    """One row a quantity, as CSV; what there is none of stays empty."""
    write_csv(path, HEADINGS, map(_cells, validation.rows))


def document(validation: Validation) -> dict[str, Any]:
    """The whole as one JSON object."""
    return {
        "format": "assb-validation",
        "version": 1,
        "sources": list(validation.sources),
        "data": data_record(validation),
        "halves": {"axis": validation.halves.axis, "layers": validation.halves.layers},
        "sections": [
            {"plane": stack.plane, "count": len(stack.images), "spacing_um": stack.spacing_um}
            for stack in validation.halves.sections
        ],
        "options": validation.options.document(),
        "verdicts": {
            name: {
                "word": found.word,
                "judged": found.judged,
                "beyond": found.beyond,
                "different": list(found.different),
            }
            for name in TWINS
            for found in (verdict(validation.rows, name),)
        },
        "misfit_rms": {name: fit.fit.rms for name, fit in validation.fits.items()},
        "rows": [dict(zip(HEADINGS[:-1], _cells(row), strict=False)) for row in validation.rows],
        "twins": {name: twin_to_document(fit.twin) for name, fit in validation.fits.items()},
        "seconds": validation.seconds,
        "date": validation.date,
        "versions": {"napari-assb-twin": version("napari-assb-twin")},
    }


def _cells(row: Row) -> Iterator[Any]:
    yield from (row.what.key, row.what.label, row.what.unit)
    yield from (row.other, row.first, row.error, row.long_range)
    for name in TWINS:
        one = row.twins[name]
        yield from (one.value, one.spread, one.error, one.z, one.p, one.adjusted, one.within)
    yield (
        definition(row.what.key).text
        if isinstance(row.what, Quantity)
        else _PROFILES[row.what.key.partition(".")[0]]
    )


_PROFILES = {
    "coverage": "Root mean square of the difference of C_ij(h) from the other half, over lags in "
    "the plane and along z up to a quarter of the shortest side.",
    "chords": "Area between the distribution functions of the lengths of chords that lie wholly in "
    "the box: by how much chords are longer or shorter in the mean.",
    "sizes": "Area between the continuous phase size distributions (Münch and Holzer 2008, "
    "J. Am. Ceram. Soc. 91, 4059): by how much radii are larger or smaller in the mean.",
}
