"""Kinds of fields in the window: candidates to look at and to use."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from conftest import PATIENCE_MS, rest

from napari_assb_twin.calibration.calibrate import with_provenance
from napari_assb_twin.calibration.candidate_result import candidate_result
from napari_assb_twin.calibration.field_selection import FieldSelection, kind_in_words
from napari_assb_twin.calibration.result import CalibrationResult, Fit
from napari_assb_twin.measure.sections import SectionStack, Volume
from napari_assb_twin.steps import finished
from napari_assb_twin.twin.parameters import RandomField
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.workspace.asked_fit import DoneFit
from napari_assb_twin.workspace.kind_sections import SIDE, section_pair
from napari_assb_twin.workspace.kinds_box import PICTURE


@pytest.fixture(scope="module")
def selection(section_data) -> FieldSelection:
    """All candidates of real sections; only the correlations stay those of the truth."""
    from napari_assb_twin.calibration.field_selection import select_fields
    from napari_assb_twin.calibration.fitted import Fitted
    from napari_assb_twin.calibration.lags import lag_data, section_stacks

    twin = preset("pressed")

    def fit(kinds):
        fields = {
            name: RandomField(
                correlation=twin.field(name).correlation,
                degrees_of_freedom=kind.degrees_of_freedom,
                tail=kind.tail,
            )
            for name, kind in kinds.items()
        }
        return Fitted(replace(twin, **fields))

    stacks = section_stacks(section_data.measured)
    return finished(select_fields(stacks, lag_data(stacks), fit, seed=0))


@pytest.fixture
def result(selection, small_twin) -> CalibrationResult:
    fit = Fit(rms=1e-3, max=1e-2, method="coverage", seconds=1.0, lags=9, longest_lag_um=5.0)
    twin = replace(selection.twin, grid=small_twin.grid, seed=3)
    return CalibrationResult(twin=twin, fit=fit, selection=selection, uncertainty={"pore": 0.01})


@pytest.fixture
def chosen(workspace, section_data, result, qtbot):
    """A workspace whose fit has just let the data decide."""
    workspace.controller.set_data(section_data)
    recorded = with_provenance(result, section_data.measured, section_data.sources)
    workspace.calibrate._on_finished(DoneFit(result=recorded, data=section_data))
    rest(qtbot, workspace)
    yield workspace
    drawn(qtbot, workspace)


def drawn(qtbot, workspace):
    worker = workspace.calibrate.results.kinds.worker
    qtbot.waitUntil(lambda: not worker.busy, timeout=PATIENCE_MS)


def test_every_candidate_has_a_row(chosen, selection, qtbot):
    box = chosen.calibrate.results.kinds
    assert box.table.rowCount() == len(selection.candidates) == 12
    for row, one in enumerate(selection.candidates):
        kind = kind_in_words(one.degrees_of_freedom, one.tail)
        assert box.table.item(row, 0).text() == one.field
        assert box.table.item(row, 1).toolTip().startswith(f"<qt>{kind}")
        assert (box.table.item(row, 4).text() == "✓") == one.chosen
    assert box.selected.chosen
    assert not box.use.isEnabled()
    assert "has taken" in box.use.toolTip()


@pytest.mark.each_binding
def test_a_row_shows_its_section_beside_a_measured_one(chosen, selection, qtbot):
    box = chosen.calibrate.results.kinds
    drawn(qtbot, chosen)
    measured = box.pictures.measured.pixmap().toImage()
    first = box.pictures.simulated.pixmap().toImage()
    other = next(row for row, one in enumerate(selection.candidates) if not one.chosen)
    box.table.selectRow(other)
    assert "drawing" in box.caption.text()
    drawn(qtbot, chosen)
    one = selection.candidates[other]
    assert kind_in_words(one.degrees_of_freedom, one.tail) in box.caption.text()
    assert "xz" in box.caption.text()
    assert box.pictures.measured.pixmap().toImage() == measured
    assert box.pictures.simulated.pixmap().toImage() != first
    assert box.pictures.simulated.pixmap().size() == box.pictures.measured.pixmap().size()
    assert box.pictures.measured.pixmap().width() == PICTURE
    chosen._on_scheme("colour-blind safe")
    assert box.pictures.measured.pixmap().toImage() != measured


@pytest.mark.each_binding
def test_use_this_kind_is_proposed_and_can_be_taken_back(chosen, selection, qtbot):
    panel, controller = chosen.calibrate, chosen.controller
    box, fitted = panel.results.kinds, controller.twin
    other = next(row for row, one in enumerate(selection.candidates) if not one.chosen)
    box.table.selectRow(other)
    box.use.click()
    wanted = selection.candidates[other].twin
    assert controller.twin.X == wanted.X
    assert controller.twin.Y == wanted.Y
    assert controller.twin.grid == fitted.grid
    assert controller.twin.provenance["verdict"] is None
    assert controller.twin.provenance["misfit"]["max"] == selection.candidates[other].max
    assert panel.results.verdict.headline.text().startswith("?  Not judged")
    assert box.table.item(other, 4).text() == "✓"
    panel.revert.click()
    assert controller.twin == fitted
    assert box.table.item(other, 4).text() == ""
    box.table.selectRow(other)
    box.use.click()
    panel.accept.click()
    assert controller.twin.X == wanted.X
    controller.undo()
    assert controller.twin == fitted
    rest(qtbot, chosen)


def test_exactly_one_kind_of_each_field_is_marked(result):
    for candidate in result.selection.candidates:
        own = candidate_result(result, candidate).selection
        marked = [one for one in own.candidates if one.chosen]
        assert sorted(one.field for one in marked) == ["X", "Y"]
        (same,) = [one for one in marked if one.field == candidate.field]
        assert (same.degrees_of_freedom, same.tail) == (
            candidate.degrees_of_freedom,
            candidate.tail,
        )


def test_the_pair_has_one_plane_shape_and_mask():
    image = np.tile(np.arange(3, dtype=np.uint8), (400, 100))
    image[:, 150] = 255
    stacks = (
        SectionStack("xy", (image,), (0.1, 0.1)),
        SectionStack("yz", (image,), (0.1, 0.2)),
    )
    pair = section_pair(stacks, preset("pressed"), seed=0)
    assert pair.plane == "yz"
    assert pair.width_um == pytest.approx(SIDE * 0.2)
    assert pair.measured.shape == pair.simulated.shape == (SIDE, SIDE)
    assert np.array_equal(pair.measured == 255, pair.simulated == 255)
    again = section_pair(stacks, preset("pressed"), seed=0)
    assert np.array_equal(again.simulated, pair.simulated)
    volume = Volume(np.zeros((40, 50, 60), np.uint8), (0.1,) * 3)
    of_volume = section_pair(volume, preset("pressed"), seed=0)
    assert (of_volume.plane, of_volume.simulated.shape) == ("xz", (40, 60))
