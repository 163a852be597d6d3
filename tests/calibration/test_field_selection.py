"""Sheets are told from blobs though their two-point coverage is the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from reference import ended

from napari_assb_twin.calibration import field_selection
from napari_assb_twin.calibration.calibrate import with_provenance
from napari_assb_twin.calibration.candidate_result import candidate_result
from napari_assb_twin.calibration.field_selection import (
    KINDS,
    FieldCandidate,
    FieldSelection,
    _best,
    select_fields,
)
from napari_assb_twin.calibration.fitted import Fitted
from napari_assb_twin.calibration.lags import LagData, lag_data
from napari_assb_twin.calibration.progress import Progress
from napari_assb_twin.calibration.run import calibration
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.steps import finished
from napari_assb_twin.twin.parameters import FIELD_NAMES, FieldName, RandomField, Twin
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.twin.presets import PRESETS
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus

SHEETS = PRESETS["sheet-pores"].twin
EDGE, PIXEL_UM = 128, 0.1


def cross_sections(twin: Twin, count: int) -> tuple[SectionStack, ...]:
    sampler = WindowSampler(twin, Torus((EDGE, 1, EDGE), (PIXEL_UM,) * 3))
    random = np.random.default_rng(11)
    images = tuple(sampler(random)[:, 0] for _ in range(count))
    return (SectionStack("yz", images, (PIXEL_UM, PIXEL_UM)),)


def known_correlations(fields: Mapping[FieldName, RandomField]) -> Fitted:
    """A fit that costs nothing: kinds as asked, correlations as they were."""
    return Fitted(
        replace(
            SHEETS,
            X=replace(fields["X"], correlation=SHEETS.X.correlation),
            Y=replace(fields["Y"], correlation=SHEETS.Y.correlation),
        )
    )


def quick(seed: int) -> tuple[list[Progress], FieldSelection]:
    (whole,) = cross_sections(SHEETS, 1)
    stacks = (replace(whole, images=(whole.images[0][:64, :64],)),)
    return ended(select_fields(stacks, lag_data(stacks), known_correlations, seed=seed))


def ranked(found: FieldSelection, name: FieldName) -> list[FieldCandidate]:
    return [one for one in found.candidates if one.field == name]


def test_sheets_are_told_from_blobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three kinds, with fractions and X's correlation known to save time."""
    monkeypatch.setattr(field_selection, "KINDS", ((0, "upper"), (1, "lower"), (2, "upper")))
    stacks = cross_sections(SHEETS, 3)
    known = {path: SHEETS.value(path) for path in ("pore", "active_material")}
    known |= {
        f"X.{name}": getattr(SHEETS.X.correlation, name)
        for name in ("length_um", "smoothness", "oscillation_per_um", "anisotropy")
    }

    def fit(fields: Mapping[FieldName, RandomField]) -> Fitted:
        run = calibration(
            stacks, first_phase="active_material", fields=fields, fix=known, bootstrap=0
        )
        return Fitted(finished(run).twin)

    steps, found = ended(select_fields(stacks, lag_data(stacks), fit, seed=0))
    assert len(steps) == 5
    best, *others = ranked(found, "Y")
    assert (best.degrees_of_freedom, best.tail) == (1, "lower")
    assert (found.twin.Y.degrees_of_freedom, found.twin.Y.tail) == (1, "lower")
    assert best.chosen
    assert best.score < 2
    assert min(one.score for one in others) > 3 * best.score
    gaussian = next(one for one in others if one.degrees_of_freedom == 0)
    assert gaussian.rms < 1.3 * best.rms  # the curves say nothing
    assert gaussian.worst.statistic.name == "Euler number density"
    assert gaussian.worst.statistic.phase != "active_material"
    assert abs(gaussian.worst.z) > 5
    assert [one.degrees_of_freedom for one in ranked(found, "X") if one.chosen] == [0]


def test_x_is_ranked_by_the_first_phase_and_y_with_the_chosen_x() -> None:
    _, found = quick(0)
    for one in ranked(found, "X"):
        assert {told.statistic.phase for told in one.deviations} == {"active_material"}
        assert one.twin.Y.degrees_of_freedom == 0
    chosen = next(one for one in ranked(found, "X") if one.chosen)
    for one in ranked(found, "Y"):
        assert {told.statistic.phase for told in one.deviations} == set(PHASES)
        assert one.twin.X.degrees_of_freedom == chosen.degrees_of_freedom
        assert one.twin.Y.degrees_of_freedom == one.degrees_of_freedom
    assert found.twin is next(one for one in ranked(found, "Y") if one.chosen).twin


def test_progress_and_table() -> None:
    steps, found = quick(0)
    assert [step.step for step in steps] == list(range(11))
    assert {step.total for step in steps} == {11}
    assert steps[0].twin is None
    assert all(step.twin is not None and step.misfit is not None for step in steps[1:])
    assert steps[0].message == "Kind of field X: Gaussian"
    assert steps[6].message == "Kind of field Y: chi-square with 1 degree of freedom, lower tail"
    for name in FIELD_NAMES:
        candidates = ranked(found, name)
        kinds = [(one.degrees_of_freedom, one.tail) for one in candidates]
        assert sorted(kinds) == sorted(KINDS)
        scores = [one.score for one in candidates]
        assert scores == sorted(scores)
        assert sum(one.chosen for one in candidates) == 1
    row = found.candidates[-1].document()
    assert list(row) == ["field", "degrees_of_freedom", "tail", "rms", "score", "worst", "chosen"]
    assert "z " in row["worst"]


def test_wrong_pixels_that_are_fitted_are_part_of_every_candidate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """4 % random pixels: the kind that was chosen has the misfit of the fit, and all have e."""
    monkeypatch.setattr(field_selection, "KINDS", ((0, "upper"), (2, "upper")))
    (stack,) = cross_sections(SHEETS, 2)
    random = np.random.default_rng(1)
    wrong = tuple(
        np.where(random.random(im.shape) < 0.04, random.integers(0, 3, im.shape), im)
        for im in stack.images
    )
    stacks = (replace(stack, images=tuple(im.astype(np.uint8) for im in wrong)),)
    run = calibration(
        stacks,
        first_phase="active_material",
        fields="auto",
        segmentation_error=True,
        bootstrap=0,
    )
    result = finished(run)
    assert result.selection is not None
    chosen = next(one for one in ranked(result.selection, "Y") if one.chosen)
    assert chosen.rms == pytest.approx(result.fit.rms, rel=0.02)
    assert chosen.max == pytest.approx(result.fit.max, rel=0.1)
    error = result.findings["segmentation"]["error"]
    assert chosen.segmentation_error == pytest.approx(error, rel=0.05)
    other = next(one for one in ranked(result.selection, "Y") if not one.chosen)
    assert 0.01 < other.segmentation_error < 0.06
    bound = replace(other, at_bounds=("Y.smoothness",))
    own = candidate_result(with_provenance(result, stacks), bound)
    assert own.findings["segmentation"] == {"error": other.segmentation_error}
    assert (own.fit.rms, own.fit.max) == (other.rms, other.max)
    assert own.fit.at_bounds == ("Y.smoothness",)
    record = own.twin.provenance
    assert record is not None
    assert record["misfit"]["max"] == other.max
    assert record["at_bounds"] == ["Y.smoothness"]
    assert record["segmentation"]["error"] == other.segmentation_error


def test_candidates_at_bounds_are_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """One noisy smooth section hardly tells the anisotropy: what is at a bound is told."""
    monkeypatch.setattr(field_selection, "KINDS", ((0, "upper"), (2, "upper")))
    (stack,) = cross_sections(SHEETS, 1)
    smooth = np.repeat(np.repeat(stack.images[0][:32, :32], 3, axis=0), 3, axis=1)
    stacks = (replace(stack, images=(np.ascontiguousarray(smooth),)),)
    found = finished(calibration(stacks, first_phase="active_material", fields="auto", bootstrap=0))
    assert found.selection is not None
    chosen = next(one for one in ranked(found.selection, "Y") if one.chosen)
    assert found.fit.at_bounds == chosen.at_bounds
    assert any(one.at_bounds for one in found.selection.candidates)


def test_the_seed_repeats_it() -> None:
    def scores(seed: int) -> list[float]:
        return [one.score for one in quick(seed)[1].candidates]

    one = scores(1)
    assert one == scores(1)
    assert one != scores(2)


@pytest.mark.parametrize(
    ("scores", "degrees"),
    [
        ([0.9, 0.6, 0.7, 0.8, 0.9, 1.0], 0),  # all alike: Gaussian
        ([1.2, 0.6, 2.0, 1.3, 2.0, 2.0], 1),
        ([4.0, 5.0, 5.0, 3.0, 4.2, 5.0], 0),  # none is right: within half of the smallest
        ([5.0, 5.0, 5.0, 3.0, 4.2, 5.0], 2),
    ],
)
def test_equals_are_decided_by_degrees_of_freedom(scores: list[float], degrees: int) -> None:
    candidates = [
        FieldCandidate(
            field="Y",
            degrees_of_freedom=k,
            tail=tail,
            rms=0.0,
            max=0.0,
            score=score,
            deviations=(),
            twin=SHEETS,
        )
        for (k, tail), score in zip(KINDS, scores, strict=True)
    ]
    assert _best(candidates).degrees_of_freedom == degrees


def test_sections_without_the_first_phase_are_refused() -> None:
    """Stripes along z: nothing of them varies among the simulated sections of no such phase."""
    image = np.full((48, 48), 2, np.uint8)
    image[:, ::3] = 0
    stacks = (SectionStack("yz", (image,), (PIXEL_UM, PIXEL_UM)),)
    data = LagData(
        h_r_um=np.array([0.1]),
        h_z_um=np.array([0.0]),
        values=np.zeros((6, 1)),
        weights=np.ones(1),
        volume_fractions={"pore": 0.3, "active_material": 0.0, "solid_electrolyte": 0.7},
        pixel_um=PIXEL_UM,
    )
    with pytest.raises(InputError, match="choose the fields yourself"):
        ended(select_fields(stacks, data, lambda fields: Fitted(SHEETS), seed=0))
