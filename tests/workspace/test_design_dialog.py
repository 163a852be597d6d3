"""Designing backwards from the figures of a sweep: planted laws, and one sweep from end to end."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QApplication

from napari_assb_twin import cli
from napari_assb_twin.descriptors.describe import Choice
from napari_assb_twin.scenarios.plan import Plan, Varied
from napari_assb_twin.scenarios.run import Sweep
from napari_assb_twin.steps import finished
from napari_assb_twin.surrogates.table import results_from
from napari_assb_twin.surrogates.wanted import Wanted
from napari_assb_twin.twin.twin_file import twin_from_document
from napari_assb_twin.workspace.design_dialog import DesignDialog
from napari_assb_twin.workspace.jobs import Job
from napari_assb_twin.workspace.scenarios_panel import ScenariosPanel

PATIENCE_MS = 240_000
PORE, AREA = "volume_fraction.pore", "active_area_per_um"


def plan_of(twin, **more) -> Plan:
    return Plan(
        twin=replace(twin, grid=replace(twin.grid, shape=(32, 32, 32))),
        varied=(
            Varied(parameter="pore", low=0.1, high=0.3),
            Varied(parameter="X.length_um", low=0.3, high=0.6, scale="log"),
        ),
        choice=Choice(groups=("composition", "interfaces"), axes=("z",)),
        **more,
    )


def planted(plan: Plan):
    """The volume fraction of the pores is what was asked for; area = 0.3 / length."""
    rows = [
        {
            "scenario": scenario,
            "realisation": 1,
            **{f"parameter.{name}": value for name, value in point.items()},
            PORE: point["pore"],
            AREA: 0.3 / point["X.length_um"],
        }
        for scenario, point in enumerate(plan.design_points, start=1)
    ]
    return results_from(pd.DataFrame(rows), logarithmic=["X.length_um"])


@pytest.fixture
def dialog(qtbot, small_twin):
    """On a planted table, asked for a porosity of 0.2; two realisations of one proposal."""
    plan = plan_of(small_twin, points=16, realisations=1)
    one = DesignDialog(planted(plan), plan)
    qtbot.addWidget(one)
    one.wanted.rows[0].property.value = PORE
    one.wanted.rows[0].value.value = "0.2"
    one.fields["surrogate"].value = "polynomial"
    one.fields["proposals"].value = 1
    one.fields["realisations"].value = 0
    yield one
    one.job.close()


def run(qtbot, dialog):
    with qtbot.waitSignal(dialog.job.finished, timeout=PATIENCE_MS):
        dialog.start.click()
    return dialog.designs


def column(dialog, column: int) -> dict[str, str]:
    table = dialog.table
    return {
        table.item(row, 0).text(): table.item(row, column).text() for row in range(table.rowCount())
    }


def test_fields_are_those_of_the_options_and_what_is_typed_is_wanted(dialog) -> None:
    assert dialog.options.proposals == 1
    assert dialog.wanted.wanted() == (Wanted(name=PORE, value=0.2, tolerance=0.05 * 0.2),)
    dialog.wanted.more.click()
    second = dialog.wanted.rows[1]
    assert second.property.value == AREA  # the first that no row has
    assert not dialog.wanted.more.isEnabled()
    assert " to " in second.value.native.placeholderText()
    second.value.value, second.tolerance.value = "0.7", "0.1"
    assert dialog.wanted.wanted()[1] == Wanted(name=AREA, value=0.7, tolerance=0.1)
    dialog.wanted.rows[0].remove.click()
    assert [one.name for one in dialog.wanted.wanted()] == [AREA]
    assert not second.remove.isEnabled()


def test_tab_goes_downwards_through_named_fields(dialog, qtbot) -> None:
    dialog.show()
    dialog.wanted.more.click()
    QApplication.processEvents()
    stops, one = [], dialog.nextInFocusChain()
    while one is not dialog:
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus and not one.focusProxy() and one.isVisible():
            stops.append(one)
        one = one.nextInFocusChain()
    heights = [stop.mapTo(dialog, stop.rect().center()).y() for stop in stops]
    assert len(stops) > 12
    assert all(after > before - 5 for before, after in pairwise(heights))
    assert all(stop.toolTip() for stop in stops)
    spoken = [stop.accessibleName() or stop.text() for stop in stops]
    assert all(spoken)


WRONG = {
    "value of volume_fraction.pore is missing": ("", "", 4),
    "'much', which is no number": ("much", "", 4),
    "has no tolerance": ("0.2", "-1", 4),
    "2 or more for an error": ("0.2", "", 1),
}


@pytest.mark.parametrize("said", WRONG)
def test_what_makes_no_sense_is_said_in_a_sentence(dialog, said) -> None:
    value, tolerance, realisations = WRONG[said]
    row = dialog.wanted.rows[0]
    row.value.value, row.tolerance.value = value, tolerance
    dialog.fields["realisations"].value = realisations
    dialog.start.click()
    assert said in dialog.message.text()
    assert not dialog.job.running


def test_a_property_wanted_twice_is_refused(dialog) -> None:
    dialog.wanted.add().property.value = PORE
    dialog.wanted.rows[1].value.value = "0.1"
    dialog.start.click()
    assert "wanted twice" in dialog.message.text()


def test_without_realisations_a_twin_is_proposed_and_not_verified(dialog, qtbot) -> None:
    assert not dialog.use.isEnabled()
    found = run(qtbot, dialog)
    cells = column(dialog, 2)
    assert cells["As wanted"] == "predicted"
    assert float(cells["pore"]) == pytest.approx(0.2, abs=0.01)
    assert not any("verified" in name for name in cells)
    with qtbot.waitSignal(dialog.twin_chosen) as told:
        dialog.use.click()
    twin, text = told.args
    assert twin == found.twins[0]
    assert text == "proposal 1"
    assert twin.value("pore") == pytest.approx(0.2, abs=0.01)


def test_what_cannot_be_reached_is_said(dialog, qtbot) -> None:
    dialog.wanted.rows[0].value.value = "0.6"
    run(qtbot, dialog)
    assert column(dialog, 2)["As wanted"] == "not reached"
    assert "outside what the study saw" in dialog.message.text()


def test_it_is_stopped_and_begun_again(dialog, qtbot) -> None:
    with qtbot.waitSignal(dialog.job.stopped, timeout=PATIENCE_MS):
        dialog.start.click()
        assert not dialog.start.isEnabled()
        dialog.stop.click()
    assert dialog.message.text() == "Stopped."
    assert dialog.designs is None
    assert not dialog.save.isEnabled()
    run(qtbot, dialog)
    assert dialog.save.isEnabled()


def test_a_file_that_cannot_be_written_is_said(dialog, qtbot, tmp_path) -> None:
    run(qtbot, dialog)
    dialog.write(str(tmp_path / "none" / "designs.json"))
    assert "does not exist; create it first" in dialog.message.text()
    assert not list(tmp_path.iterdir())


def test_from_a_sweep_to_a_verified_twin_in_the_sliders(
    controller, small_twin, qtbot, tmp_path, capsys
) -> None:
    """The file is the command's, and the twin can be undone."""
    plan = plan_of(small_twin, points=8, realisations=2)
    finished(Sweep(plan, tmp_path / "r").run())
    job, learning = Job(), Job()
    panel = ScenariosPanel(controller, job, learning)
    qtbot.addWidget(panel)
    panel.folder.value = tmp_path / "r"
    panel.figures.click()
    panel.figures.dialog.design.click()
    dialog = panel.figures.dialog.designing
    row = dialog.wanted.rows[0]
    row.property.value, row.value.value, row.tolerance.value = PORE, "0.2", "0.03"
    dialog.fields["proposals"].value = 2
    dialog.fields["realisations"].value = 2
    found = run(qtbot, dialog)
    cells = column(dialog, 2)
    assert cells["As wanted"] == "✓ confirmed"
    told, _, error = cells["    verified"].removesuffix(" ✓").partition(" ± ")
    values = found.verified[0].values[:, 0]
    assert float(error) == pytest.approx(values.std(ddof=1) / np.sqrt(2), rel=0.06)
    assert float(told) == pytest.approx(values.mean(), abs=0.1 * float(error))
    tip = dialog.table.item(dialog.table.rowCount() - 1, 2).toolTip()
    assert f"The realisations: {values[0]:.4g}, {values[1]:.4g}." in tip

    out = tmp_path / "window.json"
    dialog.write(str(out))
    asked = ["--want", f"{PORE}=0.2+-0.03", "--proposals", "2", "--realisations", "2"]
    by_command = tmp_path / "command.json"
    assert cli.main(["design", str(tmp_path / "r"), *asked, "-o", str(by_command)]) == 0
    assert out.read_bytes() == by_command.read_bytes()

    before = controller.twin
    dialog.table.selectColumn(3)
    dialog.use.click()
    second = json.loads(out.read_text(encoding="utf-8"))["proposals"][1]
    assert controller.twin == twin_from_document(second["twin"]) == found.twins[1]
    controller.undo()
    assert controller.twin == before
    panel.figures.close_dialog()
    assert not dialog.isVisible()
    learning.close()
