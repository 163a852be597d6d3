"""The report as one HTML file: its pictures are inside it, it runs no script and loads nothing."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from napari_assb_twin.atomic import whole_file
from napari_assb_twin.report import tables
from napari_assb_twin.report.evidence import Evidence, gather
from napari_assb_twin.report.html import DrawnPicture, filled
from napari_assb_twin.report.look import Look
from napari_assb_twin.report.methods import bibtex, methods
from napari_assb_twin.report.pictures import pictures
from napari_assb_twin.report.words import (
    LIMITS,
    misfit_words,
    model_words,
    provenance,
    remarks,
    segmentation_words,
    verdict_words,
)
from napari_assb_twin.twin.twin_file import SUFFIX, load_twin

PACKAGE = "napari-assb-twin"


def write_report(
    source: str | os.PathLike[str], output: str | os.PathLike[str]
) -> tuple[Path, Evidence]:
    """Write the report of a twin file; the file appears whole or not at all.

    Returns
    -------
    The path written, and what the report shows.

    Raises
    ------
    InputError
        If the twin file cannot be read, or the report cannot be written.
    """
    source, output = Path(source), Path(output)
    with whole_file(output) as aside:
        twin = load_twin(source)
        evidence = gather(twin, title=title_of(source), beside=source.absolute().parent)
        aside.write_text(page(evidence), encoding="utf-8")
    return output, evidence


def save_page(evidence: Evidence, output: str | os.PathLike[str], look: Look | None = None) -> Path:
    """Write the report of what was gathered before."""
    with whole_file(output) as aside:
        aside.write_text(page(evidence, look), encoding="utf-8")
    return Path(output)


def own_version() -> str:
    """The version of this program."""
    return version(PACKAGE)


def title_of(path: Path) -> str:
    """A twin file's name without its ending."""
    return path.name.removesuffix(SUFFIX) or path.name


def page(evidence: Evidence, look: Look | None = None) -> str:
    """The HTML of what was gathered."""
    own = own_version()
    drawn: dict[str, Any] = dict.fromkeys(
        ("curves in-plane", "curves through-plane", "sections", "statistics", "contacts",
         "correlations")
    )  # fmt: skip
    drawn.update(
        (one.name, DrawnPicture.of(one, look or Look()).embedded()) for one in pictures(evidence)
    )
    twin, record = evidence.twin, evidence.record
    return filled(
        "report.html.jinja",
        title=evidence.title,
        version=own,
        made=datetime.now(UTC).date().isoformat(),
        verdict=verdict_words(record),
        state=evidence.state,
        model=model_words(evidence),
        parameters=tables.parameters_table(evidence),
        remarks=remarks(evidence),
        derived=tables.derived_table(evidence),
        segmentation=segmentation_words(record),
        misfit=misfit_words(record),
        pictures=drawn,
        plates_note=evidence.plates_note,
        statistics=tables.statistics_table(evidence),
        contacts=tables.contacts_table(evidence),
        assignments=tables.assignments_table(evidence),
        kinds=tables.kinds_table(evidence),
        training=tables.training_table(evidence),
        limits=LIMITS,
        files=tables.files_table(evidence),
        provenance=provenance(evidence),
        methods=methods(twin, record, own),
        bibtex=bibtex(own),
    )
