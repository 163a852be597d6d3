"""The page: one file that loads nothing, says everything, and escapes what users name."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from fitted_twin import fitted_in

from napari_assb_twin.report.evidence import Evidence, gather
from napari_assb_twin.report.look import Look, as_bytes
from napari_assb_twin.report.page import page, save_page, write_report
from napari_assb_twin.report.pictures import pictures
from napari_assb_twin.report.tables import derived_table
from napari_assb_twin.twin.exact import coverage
from napari_assb_twin.twin.phases import PAIRS, PHASES
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.twin_file import save_twin

SECTIONS = (
    *("verdict", "parameters", "curves", "sections", "statistics", "contacts", "choices"),
    *("limits", "provenance", "methods", "cite"),
)
VOID = {"meta", "img", "br", "link"}
NASTY = "<script>alert('x')</script>&\"'"


class Page(HTMLParser):
    """Tags with their attributes, ids, headings and the visible text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.headings: list[int] = []
        self.feed(html)
        self.close()
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag: str, attrs) -> None:
        self.tags.append((tag, dict(attrs)))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.text += " " if tag in ("td", "th", "dt", "dd", "li") else ""
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "title"} & set(self.open):
            self.text += data

    def having(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def ids(self) -> list[str]:
        return [str(a["id"]) for _, a in self.tags if "id" in a]

    @property
    def words(self) -> str:
        return " ".join(self.text.split())


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    fitted = fitted_in(tmp_path_factory.mktemp("fitted"))
    return gather(fitted.twin, title="cathode", beside=fitted.folder)


@pytest.fixture(scope="module")
def html(evidence: Evidence) -> str:
    return page(evidence)


@pytest.fixture(scope="module")
def full(html: str) -> Page:
    return Page(html)


def test_every_section_is_there_in_its_order(full: Page) -> None:
    assert full.ids == list(SECTIONS)
    assert full.headings[0] == 1
    assert all(b - a <= 1 for a, b in zip(full.headings, full.headings[1:], strict=False))
    assert full.headings.count(1) == 1


def test_nothing_is_loaded_and_nothing_runs(full: Page) -> None:
    names = {tag for tag, _ in full.tags}
    assert not names & {"script", "link", "iframe", "object", "embed", "form", "base"}
    for tag, attributes in full.tags:
        assert not [key for key in attributes if key.startswith("on")]
        if tag == "a":
            assert attributes["href"] == "https://arxiv.org/abs/2503.17171"
        elif "src" in attributes:
            assert str(attributes["src"]).startswith(("data:image/svg+xml;base64,",
                                                      "data:image/png;base64,"))  # fmt: skip
        else:
            assert "href" not in attributes
    (policy,) = [a for a in full.having("meta") if a.get("http-equiv")]
    assert "default-src 'none'" in str(policy["content"])


def test_style_loads_nothing_and_prints_on_a4(html: str) -> None:
    css = html[html.index("<style>") : html.index("</style>")]
    assert "url(" not in css
    assert "@import" not in css
    assert "@page { size: A4" in css
    assert "@media print" in css


def test_every_picture_has_words(full: Page, evidence: Evidence) -> None:
    images = full.having("img")
    assert [one["alt"] for one in images if one.get("alt")] == [one["alt"] for one in images]
    assert {one.name for one in pictures(evidence)} == {
        *("curves in-plane", "curves through-plane", "sections", "statistics", "contacts"),
        "correlations",
    }
    assert len(images) == 6


def test_the_verdict_stands_above_with_its_gravest_check_first(full: Page) -> None:
    words = full.words
    assert "Verdict: fits with reservations" in words
    assert words.index("Verdict") < words.index("Parameters")
    assert words.index("One contact share is pinned (z = +3.4).") < words.index(
        "The curves lie in their bands (z = +0.8)."
    )


@pytest.mark.parametrize(
    "said",
    [
        "triple-phase boundary",
        "1.234 0.056 1/µm²",
        "Other segmentations that were fitted: pore grown.",
        "root mean square of 0.0042, the largest 0.011",
        "an open window at the pixel size of the data, seed 5.",
        "Euler number density [1/µm²] plan view",
        "pinned by the order of cutting",
        "Y: chi-square, k = 1 lower",
        "No discrete particles",
        "No gradients",
        "No carbon or binder phase",
        "pressing axis of the array 0",
        "seed of the fit 5",
        "napari-assb-twin 0.1.0, numpy 2.0",
        "2026-11-25T00:00:00+00:00",
        "@software{napari_assb_twin",
    ],
)
def test_what_is_on_record_is_said(full: Page, said: str) -> None:
    text = re.sub(r"\s+", " ", full.text)
    assert said in text


def test_files_stand_there_by_their_sha256(full: Page, evidence: Evidence) -> None:
    assert evidence.record is not None
    for one in evidence.record.files:
        assert str(one.sha256) in full.text


def test_names_of_users_are_escaped(fitted, undrawn) -> None:
    content = dict(fitted.twin.provenance or {})
    content["sources"] = [NASTY]
    content["files"] = [{"file": NASTY, "sha256": NASTY, "plane": NASTY}]
    content["verdict"] = {"word": NASTY, "checks": [{"sentence": NASTY, "level": 2}]}
    content["statistics"] = [{"name": NASTY, "phase": "pore", "plane": NASTY, "z": 1.0}]
    content["derived"] = [{"name": NASTY, "phases": [NASTY], "unit": NASTY, "value": 1}]
    content["reading"] = [{NASTY: NASTY}]
    content["versions"] = {NASTY: NASTY}
    twin = replace(fitted.twin, provenance=content)
    names = {"pore": "<b>", "active_material": "A&B", "solid_electrolyte": '"S"'}
    html = page(gather(twin, title=NASTY, beside=fitted.folder, names=names))
    assert "<script" not in html
    assert "<b>" not in html
    shown = Page(html)
    assert shown.text.count(NASTY) >= 9
    assert "A&B" in shown.text


def test_other_segmentations_stand_beside_the_errors_of_what_follows(fitted) -> None:
    content = dict(fitted.twin.provenance or {})
    (entry,) = content["derived"]
    content["derived"] = [entry | {"segmentation_spread": 0.078}]
    twins = (fitted.twin, replace(fitted.twin, provenance=content))
    without, told = (derived_table(gather(twin, title="T", beside=fitted.folder)) for twin in twins)
    assert without is not None
    assert told is not None
    assert "Segmentation" not in without.headings
    place = told.headings.index("Segmentation")
    assert told.rows[0].cells[place] == "0.078"
    assert len(told.rows[0].cells) == len(told.headings)
    assert "other segmentations" in told.caption


def test_an_unfitted_twin_shows_the_model(undrawn) -> None:
    shown = Page(page(gather(preset("pressed"), title="new")))
    assert "no record of a fit" in shown.words
    assert shown.ids == list(SECTIONS)
    assert len(shown.having("img")) == 4  # curves twice, sections, contacts
    assert "Simulated sections" in shown.words
    assert "Measured sections are not shown: there is no record of a fit." in shown.words


def test_a_high_parametric_twin_has_a_page(undrawn) -> None:
    shown = Page(page(gather(preset("layered"), title="layers")))
    assert "20 weights over frequencies" in shown.words


def test_an_older_record_says_so(fitted, undrawn) -> None:
    kept = ("method", "sources", "data", "misfit", "assignments", "date")
    content = {key: (fitted.twin.provenance or {})[key] for key in kept}
    gathered = gather(replace(fitted.twin, provenance=content), title="old", beside=fitted.folder)
    shown = Page(page(gathered))
    assert "written by an older version" in shown.words
    assert "the record of the fit names no files with their SHA-256" in shown.words
    assert "plan.png, a.png, b.png (no SHA-256 on record)" in shown.words


def test_a_file_changed_since_the_fit_says_so(fitted) -> None:
    changed = replace(
        fitted.twin.with_value("pore", 0.3),
        provenance=fitted.twin.provenance,
        uncertainty=fitted.twin.uncertainty,
    )
    state = gather(changed, title="changed").state
    assert [("in-plane" in one, "through-plane" in one) for one in state] == [
        (True, False),
        (False, True),
    ]
    assert all("was changed since the fit" in one for one in state)
    assert gather(fitted.twin, title="as fitted").state == ()


def test_curves_with_the_fitted_segmentation_error_are_no_change(fitted) -> None:
    """C_ij as seen with 3 % random labels: M C M with M = 0.97 + 0.03 / 3."""
    content = dict(fitted.twin.provenance or {})
    content["segmentation"] = {"error": 0.03}
    mixing = np.full((3, 3), 0.01) + 0.97 * np.eye(3)
    curves = {}
    for direction, recorded in content["curves"].items():
        lags = recorded["lags_um"]
        exact = coverage(fitted.twin, lags, direction=direction)
        table = np.array([[exact[i, j] for j in PHASES] for i in PHASES])
        seen = np.einsum("ab,bcn,dc->adn", mixing, table, mixing)
        pairs = {
            f"{i},{j}": {
                **recorded["pairs"][f"{i},{j}"],
                "model": seen[PHASES.index(i), PHASES.index(j)].tolist(),
            }
            for i, j in PAIRS
        }
        curves[direction] = {"lags_um": lags, "pairs": pairs}
    seen_so = replace(fitted.twin, provenance={**content, "curves": curves})
    assert gather(seen_so, title="seen").state == ()
    content["segmentation"] = {"error": 0.0}
    unseen = replace(fitted.twin, provenance={**content, "curves": curves})
    assert len(gather(unseen, title="unseen").state) == 2


def test_a_fit_with_few_simulated_data_sets_was_not_judged(fitted) -> None:
    content = {**(fitted.twin.provenance or {}), "verdict": None, "bootstrap": 3}
    (sentence,) = gather(replace(fitted.twin, provenance=content), title="few").state
    assert "takes 8 simulated data sets or more, and there were 3" in sentence


def test_data_at_hand_are_shown_and_others_are_not(fitted) -> None:
    at_hand = gather(fitted.twin, title="a", measured=fitted.measured)
    assert [len(plate.measured) for plate in at_hand.plates] == [1, 2]
    other = gather(fitted.twin, title="a", measured=fitted.measured[:1])
    assert not any(plate.measured for plate in other.plates)
    assert "the data in the window are not those that were fitted" in other.plates_note


def test_without_recorded_curves_the_data_are_measured_anew(fitted) -> None:
    content = {
        key: value
        for key, value in (fitted.twin.provenance or {}).items()
        if key not in ("curves", "contact_shares")
    }
    anew = gather(replace(fitted.twin, provenance=content), title="a", beside=fitted.folder)
    recorded = gather(fitted.twin, title="a", beside=fitted.folder)
    for direction, curves in anew.curves.items():
        assert not curves.recorded
        np.testing.assert_allclose(
            curves.measured.values, recorded.curves[direction].measured.values
        )
    for one, other in zip(anew.contacts, recorded.contacts, strict=True):
        assert one.measured == pytest.approx(other.measured)
        assert one.pinned == other.pinned


def test_one_figure_gives_the_same_bytes(evidence: Evidence) -> None:
    picture = pictures(evidence)[-1]
    for kind in ("svg", "png"):
        assert as_bytes(picture.draw(Look()), kind) == as_bytes(picture.draw(Look()), kind)


def test_a_report_is_written_whole_beside_its_twin(fitted, tmp_path, undrawn) -> None:
    written, evidence = write_report(fitted.file, tmp_path / "report.html")
    shown = Page(written.read_text(encoding="utf-8"))
    assert "Goodness of fit: cathode" in shown.words
    assert evidence.plates[0].measured
    assert not list(tmp_path.glob(".part-*"))
    again = save_page(evidence, tmp_path / "again.html", Look(ink="#010203"))
    assert again.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_twin_that_cannot_be_simulated_still_has_a_report(tmp_path, undrawn) -> None:
    twin = preset("pressed").with_correlation("X", length_um=1e5, oscillation_per_um=0.0)
    path = save_twin(twin, tmp_path / "long.twin.json")
    _, evidence = write_report(path, tmp_path / "long.html")
    assert evidence.plates == ()
    assert "No sections are shown" in (tmp_path / "long.html").read_text(encoding="utf-8")
