"""Judgements before and after: exact parts are exact, and the record is JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from reference import ended, recovery_twin, sections

from napari_assb_twin.calibration.deviations import deviations, score
from napari_assb_twin.calibration.fitted import Fitted
from napari_assb_twin.calibration.lags import lag_data
from napari_assb_twin.calibration.training_record import comparisons
from napari_assb_twin.measure.section_statistics import SectionStatistics
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.training.judging import judged
from napari_assb_twin.twin.parameters import RandomField, Twin


def sheets() -> Twin:
    """The same two-point coverage of its pores may be had with a Gaussian field: it looks other."""
    correlation = replace(recovery_twin().Y.correlation, length_um=9.0, smoothness=3.0)
    return recovery_twin().with_field(
        "Y", RandomField(degrees_of_freedom=1, tail="lower", correlation=correlation)
    )


@pytest.fixture(scope="module")
def stacks() -> list[SectionStack]:
    return [SectionStack("yz", tuple(sections(sheets(), "yz", range(8), 192)), (1.0, 1.0))]


def test_judgements_before_and_after_a_training(stacks: list[SectionStack]) -> None:
    data = lag_data(stacks)
    wrong, right = recovery_twin(), sheets()
    before = ended(judged(stacks, data, wrong, seed=0))[1]
    after = ended(judged(stacks, data, right, seed=0))[1]
    for twin, judgement in ((wrong, before), (right, after)):
        told = deviations(SectionStatistics.of(stacks), stacks, twin, seed=0)
        assert judgement.misfit == Fitted(twin).rms(data)
        assert judgement.score == score(told)
        assert judgement.deviations == told
    assert before.score > 4 > 2.5 > after.score
    assert before.critic["cross"].auc > 0.75
    assert after.critic["cross"].auc == pytest.approx(0.5, abs=0.25)
    record = {"method": "combined", "before": before.document(), "after": after.document()}
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    rows = {one.name: (one.before, one.after) for one in comparisons(record)}
    assert rows["misfit of the curves, rms"] == (before.misfit, after.misfit)
    assert rows["other statistics, rms z"] == (before.score, after.score)
    assert rows["critic's accuracy, cross-sections"] == (
        before.critic["cross"].accuracy,
        after.critic["cross"].accuracy,
    )
    assert len(rows) == 3


def test_what_cannot_be_judged_is_null() -> None:
    small = [SectionStack("yz", tuple(sections(recovery_twin(), "yz", [0], 40)), (1.0, 1.0))]
    found = ended(judged(small, lag_data(small), recovery_twin(), seed=0))[1]
    assert found.critic == {"cross": None}
    document = json.loads(json.dumps(found.document(), allow_nan=False))
    assert document["critic"] == {"cross": None}
    assert document["misfit"] == found.misfit
