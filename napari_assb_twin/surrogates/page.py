"""What was learnt as a folder: one HTML page with its figures inside, figures and CSV tables."""

from __future__ import annotations

import base64
import math
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_assb_twin.atomic import whole_folder
from napari_assb_twin.report.look import Look, as_bytes
from napari_assb_twin.report.numbers import error_of, plain
from napari_assb_twin.surrogates.figures import (
    pair_figure,
    predicted_figure,
    property_figure,
    sensitivity_figure,
)
from napari_assb_twin.surrogates.findings import Findings
from napari_assb_twin.surrogates.tables import tables

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PACKAGE = "napari-assb-twin"
BEST_LAWS = 5
"""Of each property on the page; the table has all."""

MOST_BARS = 12
"""Properties of which the page draws sensitivities in one figure."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Drawing:
    """A figure, what its file is called, and what it shows."""

    name: str
    figure: Figure
    title: str
    caption: str


def write_findings(
    findings: Findings, folder: str | os.PathLike[str], look: Look | None = None
) -> Path:
    """Write ``report.html``, ``figures/*.svg`` and CSV tables; they appear together or not at all.

    Raises
    ------
    InputError
        If the folder cannot be written to.
    """
    with whole_folder(folder) as aside:
        pictures = []
        (aside / "figures").mkdir()
        for drawing in drawings(findings, look or Look()):
            content = as_bytes(drawing.figure, "svg")
            (aside / "figures" / f"{drawing.name}.svg").write_bytes(content)
            pictures.append((drawing, base64.b64encode(content).decode("ascii")))
        for name, table in tables(findings).items():
            table.to_csv(aside / f"{name}.csv", index=False)
        (aside / "report.html").write_text(_page(findings, pictures), encoding="utf-8")
    return Path(folder)


def _file_name(key: str) -> str:
    """A key as a part of a file name: columns that somebody added may be called anything."""
    return re.sub(r"[^\w.+-]", "-", key)


def drawings(findings: Findings, look: Look) -> Iterator[Drawing]:
    """The figures of the page, one after the other."""
    results = findings.results
    shown = findings.sensitivities[:MOST_BARS]
    more = len(findings.sensitivities) - len(shown)
    if shown:
        yield Drawing(
            name="sensitivity",
            figure=sensitivity_figure(shown, look),
            title="Which parameters matter",
            caption="Sobol’ indices of the surrogates: shares of the variance over the ranges of "
            "the study. Bars: standard error over the surrogates of the cross-validation."
            + (f" {more} more properties are in sensitivity.csv." if more else ""),
        )
    yield Drawing(
        name="pairs",
        figure=pair_figure(results, [one.samples.name for one in findings.learned], look),
        title="Scenarios",
        caption="Means of the scenarios against each other.",
    )
    for one in findings.learned:
        key, label = one.samples.name, results.label(one.samples.name)
        yield Drawing(
            name=_file_name(key),
            figure=property_figure(results, one, look),
            title=label,
            caption="Line and band: the surrogate with the other parameters in the middle of their "
            f"ranges ({one.surrogate.kind}, {one.surrogate.words}). Bars: standard deviation of "
            "the realisations.",
        )
        yield Drawing(
            name=f"{_file_name(key)} predicted",
            figure=predicted_figure(
                one.samples.mean, one.validation.predicted, label, look, one.validation.deviation
            ),
            title=f"{label}: scenarios that the surrogate had not seen",
            caption="Bars: the 95 % that the surrogate states.",
        )
    for regression in findings.regressions:
        law, label = regression.laws[0], results.label(regression.name)
        yield Drawing(
            name=f"{_file_name(regression.name)} law",
            figure=predicted_figure(regression.measured, law.predicted, label, look),
            title=f"{label}: the best law of descriptors",
            caption=f"{law.words()}; each volume predicted without its scenario.",
        )


def _page(findings: Findings, pictures: list[tuple[Drawing, str]]) -> str:
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    room = files("napari_assb_twin.report")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string((room / "study.html.jinja").read_text(encoding="utf-8"))
    return template.render(
        version=version(PACKAGE),
        css=Markup((room / "report.css").read_text(encoding="utf-8")),  # our own
        facts=_facts(findings),
        surrogates=_surrogate_rows(findings),
        laws=_law_rows(findings),
        refused=findings.refused,
        pictures=[
            {"title": d.title, "caption": d.caption, "source": f"data:image/svg+xml;base64,{code}"}
            for d, code in pictures
        ],
    )


def _facts(findings: Findings) -> dict[str, str]:
    results = findings.results
    space = results.space
    ranges = (
        f"{name} {low:.4g} to {high:.4g}{' (logarithm)' if log else ''}"
        for name, low, high, log in zip(
            space.names, space.low, space.high, space.logarithmic, strict=True
        )
    )
    return {
        "Scenarios": str(results.rows["scenario"].nunique()),
        "Realisations": " ".join([f"{len(results)}.", *results.reservations]),
        "Varied": "; ".join(ranges),
    }


def _surrogate_rows(findings: Findings) -> list[list[str]]:
    return [
        [
            findings.results.label(one.samples.name),
            one.surrogate.kind.replace("-", " "),
            plain(float(one.samples.mean.std()), 3),
            plain(one.validation.rms, 3),
            plain(one.validation.floor, 3),
            plain(one.validation.q2, 3),
            f"{one.validation.inside:.0%}",
            str(one.samples.missing),
        ]
        for one in findings.learned
    ]


def _law_rows(findings: Findings) -> list[list[Any]]:
    rows, label = [], findings.results.label
    for regression in findings.regressions:
        for law in regression.laws[:BEST_LAWS]:
            powers = "; ".join(
                f"{label(d)}: {plain(e, 3)} ± {error_of(float(s))}"
                for d, e, s in zip(law.descriptors, law.exponents, law.errors, strict=True)
            )
            rows.append(
                [
                    label(regression.name),
                    powers,
                    plain(law.prefactor, 3),
                    f"{law.relative_error:.1%}" if math.isfinite(law.relative_error) else "–",
                    plain(float(np.round(law.r2, 4)), 3),
                ]
            )
    return rows
