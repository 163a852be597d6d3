"""Judgements before and after: exact parts are exact, and the record is JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from reference import ended, recovery_twin, sections

from napari_assb_twin.calibration.deviations import deviations, score
from napari_assb_twin.calibration.fitted import Fitted
from napari_assb_twin.calibration.lags import lag_data
from napari_assb_twin.measure.section_statistics import SectionStatistics
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.training.judging import before_and_after, judged, judgement_rows
from napari_assb_twin.training.run import Trained
from napari_assb_twin.training.training import Losses
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
    trained = Trained(
        twin=right,
        start=wrong,
        misfit=after.misfit,
        start_misfit=before.misfit,
        losses=(Losses(coverage=1.0),) * 3,
        finished=True,
    )
    record = before_and_after(before, after, trained, options={"method": "combined"}, seed=5)
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert record["method"] == "combined"
    assert (record["seed"], record["steps_taken"], record["finished"]) == (5, 3, True)
    rows = {name: pair for name, *pair in judgement_rows(record)}
    assert rows["curves: rms misfit"] == [before.misfit, after.misfit]
    assert rows["higher-order statistics: rms z"] == [before.score, after.score]
    assert rows["critic on held-out cross-sections: accuracy"] == [
        before.critic["cross"].accuracy,
        after.critic["cross"].accuracy,
    ]
    assert len(rows) == 4


def test_what_cannot_be_judged_is_null() -> None:
    small = [SectionStack("yz", tuple(sections(recovery_twin(), "yz", [0], 40)), (1.0, 1.0))]
    found = ended(judged(small, lag_data(small), recovery_twin(), seed=0))[1]
    assert found.critic == {"cross": None}
    document = json.loads(json.dumps(found.document(), allow_nan=False))
    assert document["critic"] == {"cross": None}
    assert document["misfit"] == found.misfit
