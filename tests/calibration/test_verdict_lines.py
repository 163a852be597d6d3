"""The verdict of a twin in words, whatever its file holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from napari_assb_twin.calibration.verdict import Check, Verdict
from napari_assb_twin.calibration.verdict_lines import (
    JUDGING,
    NOT_FITTED,
    NOT_JUDGED,
    told,
    told_of,
    verdict_lines,
)
from napari_assb_twin.twin.presets import preset

CHECKS = (
    Check(name="curves", z=0.3, level=0, sentence="The curves are met."),
    Check(name="contact shares", z=4.0, level=1, sentence="The phases touch otherwise."),
    Check(name="homogeneity", z=9.0, level=2, sentence="The phases drift."),
)


def judged(*checks: Check):
    return replace(preset("pressed"), provenance={"verdict": Verdict(checks=checks).document()})


def test_a_fit_without_objection_says_that_all_checks_agree() -> None:
    lines = verdict_lines(judged(*[CHECKS[0]] * 5))
    assert lines == ("The twin fits.", "All five checks agree.")


def test_the_checks_that_sound_follow_the_headline_the_gravest_first() -> None:
    assert verdict_lines(judged(*CHECKS)) == (
        "The twin does not fit.",
        "The phases drift.",
        "The phases touch otherwise.",
    )
    assert verdict_lines(judged(*CHECKS[:2])) == (
        "The twin fits with reservations.",
        "The phases touch otherwise.",
    )


def test_signs_tell_verdicts_and_checks_apart_without_colour() -> None:
    shown = told_of(judged(*CHECKS))
    assert shown.sign == "✗"
    assert [line[0] for line in shown.checks] == ["✗", "!", "✓"]


def test_a_twin_without_record_was_not_fitted_or_is_changed() -> None:
    fitted = judged(CHECKS[0])
    assert verdict_lines(preset("pressed")) == (NOT_FITTED,)
    assert verdict_lines(fitted.with_value("pore", 0.2)) == (NOT_FITTED,)


@pytest.mark.parametrize(
    "verdict",
    [None, "fits", 3, [], {}, {"word": "perfect"}, {"word": ["fits"]}, {"checks": []}],
)
def test_what_is_no_verdict_is_not_judged(verdict: object) -> None:
    twin = replace(preset("pressed"), provenance={"method": "coverage", "verdict": verdict})
    assert verdict_lines(twin) == (NOT_JUDGED, JUDGING)


@pytest.mark.parametrize(
    "checks",
    [
        None,
        "all",
        [None, 3, {}, {"level": 1}, {"level": True, "sentence": "a"}],
        [{"level": 7, "sentence": "a"}, {"level": [1], "sentence": "a"}],
        [{"level": 1, "sentence": ["a"]}, {"level": 1, "sentence": ""}],
    ],
)
def test_checks_that_are_none_are_left_out(checks: object) -> None:
    assert told({"word": "does not fit", "checks": checks}).lines == ("The twin does not fit.",)


def test_a_sentence_stays_one_line_of_bounded_length() -> None:
    checks = [{"level": 2, "sentence": "a\nb" + "c" * 10_000}]
    (_, sentence) = told({"word": "does not fit", "checks": checks}).lines
    assert sentence.startswith("a bccc")
    assert len(sentence) <= 2000
