"""The record of a training in words, whatever a file lacks."""

from __future__ import annotations

from napari_assb_twin.calibration.training_record import comparisons, in_a_sentence

RECORD = {
    "method": "adversarial",
    "steps": 150,
    "steps_taken": 40,
    "finished": False,
    "seconds": 12.3,
    "before": {"misfit": 0.0123, "z": 4.44, "critic": {"plan": {"accuracy": 0.81, "auc": 0.9}}},
    "after": {"misfit": 0.0034, "z": None, "critic": {"plan": None, "cross": {"accuracy": 0.5}}},
}


def test_before_and_after_stand_side_by_side() -> None:
    rows = {one.name: one.texts for one in comparisons(RECORD)}
    assert rows == {
        "misfit of the curves, rms": ("0.0123", "0.0034"),
        "other statistics, rms z": ("4.4", "–"),
        "critic's accuracy, plan views": ("0.81", "–"),
        "critic's accuracy, cross-sections": ("–", "0.50"),
    }


def test_method_steps_and_time_are_a_sentence() -> None:
    assert in_a_sentence(RECORD) == (
        "Trained on simulated sections, adversarial (algorithm 2), 40 of 150 steps, 12 s."
    )
    assert "150 steps" in in_a_sentence({**RECORD, "steps_taken": 150, "finished": True})


def test_what_is_missing_or_wrong_is_left_out() -> None:
    assert comparisons({}) == []
    assert comparisons({"before": 3, "after": {"misfit": "small", "critic": [1]}}) == []
    assert in_a_sentence({"method": None}) == "Trained on simulated sections, None."
