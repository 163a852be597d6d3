"""Words and numbers of the readouts, without a window."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from napari_assb_twin.measure.interfaces import as_seen, measured_interfaces
from napari_assb_twin.measure.percolation import percolation
from napari_assb_twin.measure.sections import Volume
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.readouts import readouts
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.readouts_table import (
    ABSENT,
    INFINITE,
    NONE,
    PINNED,
    STALE,
    as_text,
    lines,
    short,
)


def structure(twin=None, **changes) -> SimpleNamespace:
    twin = twin or preset("pressed")
    plain = {"exact": readouts(twin), "clusters": None, "fresh": False}
    return SimpleNamespace(**(plain | {"measured": None, "seen": None} | changes))


def table(of: SimpleNamespace, names: PhaseNames | None = None, isotropic: bool = False) -> dict:
    names = names or PhaseNames()
    return {line.label.strip(): line for line in lines(of, names, isotropic=isotropic)}


def test_every_line_has_a_unit_and_says_what_it_is() -> None:
    shown = lines(structure(), PhaseNames(), isotropic=False)
    assert len(shown) == 17
    for line in shown:
        assert line.unit in ("%", "µm", "1/µm", "1/µm²")
        assert len(line.tip) > 40
        assert len(line.cells) in (1, len(PHASES))
    assert all("6-connectivity" in line.tip for line in shown[-5:])


def test_the_numbers_are_those_of_the_twin() -> None:
    exact = readouts(preset("pressed"))
    shown = table(structure())
    assert shown["Mean chord"].cells[1].value == exact.mean_chord_um["active_material"]
    assert shown["along z"].cells[0].value == exact.chord_through_plane_um["pore"]
    area = exact.area_per_um["pore", "solid_electrolyte"]
    assert shown["Interface to pore"].cells[2].value == area
    assert shown["Interface to SE"].cells[0].value == area
    share = exact.contact_share["pore", "solid_electrolyte"]
    assert shown["Contact with SE"].cells[0].value == pytest.approx(100 * share)
    boundary = exact.triple_phase_boundary_per_um2
    assert shown["Triple line"].cells[0].value == boundary
    for label in ("Contact with CAM", "Interface to CAM"):
        assert shown[label].cells[1].text == ""


def test_pinned_shares_carry_a_sign_and_a_reason() -> None:
    shown = table(structure(), PhaseNames(active_material="NMC"))
    for label in ("Contact with pore", "Contact with SE"):
        cell = shown[label].cells[1]
        assert cell.text.endswith(PINNED)
        assert "NMC is cut first" in cell.tip
        assert PINNED not in cell.copied
    assert PINNED not in shown["Contact with NMC"].cells[0].text


def test_isotropic_twins_have_one_chord() -> None:
    assert "along z" in table(structure())
    assert "along z" not in table(structure(), isotropic=True)


def test_infinite_boundaries_are_words() -> None:
    rough = preset("pressed").with_value("Y.smoothness", 1.0)
    shown = table(structure(rough))
    assert shown["Surface S_V"].cells[0].text == INFINITE
    assert "smoothness of field Y is 1 or less" in shown["Surface S_V"].cells[0].tip
    assert shown["Mean chord"].cells[0].text == NONE
    assert "smoothness of field Y" in shown["Mean chord"].cells[0].tip
    assert shown["Triple line"].cells[0].text == INFINITE
    assert shown["Contact with SE"].cells[0].text == NONE
    text = as_text(shown.values(), PhaseNames(), "\t")
    assert "inf\t" not in text
    assert "nan" not in text


def test_clusters_are_awaited_then_fresh_then_stale() -> None:
    assert table(structure())["Largest cluster"].cells[0].text == STALE
    volume = np.zeros((6, 6, 6), np.uint8)
    volume[:, 2, 2] = 1
    of = structure(clusters=percolation(volume), fresh=True)
    shown = table(of)
    assert shown["Connected along z"].cells[1].text == "100.0"
    assert shown["Connected along y"].cells[1].text == "0.0"
    assert shown["Connected along z"].cells[2].text == ABSENT
    of.fresh = False
    old = table(of)["Connected along z"].cells[1]
    assert old.stale
    assert old.text == f"100.0 {STALE}"


def test_measured_numbers_stand_beside_the_twin_seen_so() -> None:
    twin = preset("pressed")
    labels = np.random.default_rng(0).integers(0, 3, (32, 32, 32)).astype(np.uint8)
    found = measured_interfaces(Volume(labels, (0.1, 0.1, 0.1)))
    of = structure(twin, measured=found, seen=as_seen(twin, found))
    shown = lines(of, PhaseNames(), isotropic=False)
    measured = [line for line in shown if "measured" in line.label]
    assert [line.unit for line in measured] == ["%"] * 3 + ["1/µm"] * 3
    cell = measured[0].cells[2]  # of the electrolyte's surface, on pores
    assert cell.value == pytest.approx(50, abs=3)
    model = of.seen.contact_share["solid_electrolyte", "pore"]
    assert cell.text == f"{cell.value:.0f} ({100 * model:.0f})"
    assert "isotropic" not in measured[0].tip


def test_plan_views_say_that_they_hold_no_z() -> None:
    twin = preset("pressed")
    labels = np.random.default_rng(0).integers(0, 3, (32, 32, 32)).astype(np.uint8)
    found = measured_interfaces((Volume(labels, (0.1, 0.1, 0.1)).planes("xy", 3),))
    of = structure(twin, measured=found, seen=as_seen(twin, found))
    assert "taken to be isotropic" in table(of)["measured (twin)"].tip


def test_the_text_for_a_spreadsheet() -> None:
    names = PhaseNames(pore='a "void", empty')
    rows = as_text(table(structure(), names).values(), names, ",").splitlines()
    assert rows[0] == ',"a ""void"", empty",CAM,SE'
    assert rows[1] == '"Volume fraction, %",11,45,44'
    tabbed = as_text(table(structure()).values(), PhaseNames(), "\t").splitlines()
    assert tabbed[0] == "\tpore\tCAM\tSE"
    assert tabbed[1].split("\t") == ["Volume fraction, %", "11", "45", "44"]
    assert len(tabbed) == 18


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.49, "0.490"), (1, "1.00"), (99.96, "100"), (1234.4, "1234"), (0, "0"), (2e-7, "2e-07")],
)
def test_three_digits(value: float, text: str) -> None:
    assert short(value) == text


def test_replaced_numbers_change_the_cells() -> None:
    twin = preset("pressed")
    before = lines(structure(twin), PhaseNames(), isotropic=False)
    same = lines(structure(replace(twin, seed=9)), PhaseNames(), isotropic=False)
    other = lines(structure(twin.with_value("pore", 0.2)), PhaseNames(), isotropic=False)
    assert before == same
    assert before != other
