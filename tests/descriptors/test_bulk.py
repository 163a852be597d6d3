"""Bulk values as people type them, and effective ones in the same unit."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from reference import ended

from napari_assb_twin import cli
from napari_assb_twin.descriptors.bulk import WORDS, Bulk, BulkValue, parse_bulk
from napari_assb_twin.descriptors.definitions import DEFINITIONS, unit_of
from napari_assb_twin.descriptors.describe import Choice, describe
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import Volume

SHARE = 3 / 8


def laminate() -> np.ndarray:
    """Sheets across x: 3 of 8 voxels electrolyte, 3 active material, 2 pore."""
    sheet = np.array([2, 2, 2, 1, 1, 1, 0, 0], np.uint8)
    return np.ascontiguousarray(np.broadcast_to(np.tile(sheet, 4), (32, 32, 32)))


@pytest.mark.parametrize(
    ("name", "text", "value", "unit"),
    [
        ("ionic", "2mS/cm", 2.0, "mS/cm"),
        ("ionic", " 0.2 S/m ", 0.2, "S/m"),
        ("electronic", "5e1uS/cm", 50.0, "µS/cm"),
        ("electronic", "5 \u03bcS/cm", 5.0, "µS/cm"),  # the Greek letter, not the micro sign
        ("diffusivity", "1e-5cm2/s", 1e-5, "cm²/s"),
        ("diffusivity", "1e-9 m^2/s", 1e-9, "m²/s"),
    ],
)
def test_values_are_read_as_typed(name, text, value, unit) -> None:
    assert parse_bulk(name, text) == BulkValue(value, unit)


@pytest.mark.parametrize("text", ["2", "mS/cm", "-1mS/cm", "2mS", "2 m²/s", "nanS/cm", "1e999S/m"])
def test_others_are_refused_in_one_sentence(text) -> None:
    with pytest.raises(InputError) as told:
        parse_bulk("ionic", text)
    assert "give a" in str(told.value)
    assert "\n" not in str(told.value)


def test_examples_can_be_typed() -> None:
    for name, words in WORDS.items():
        assert parse_bulk(name, words.example).unit in words.units
        assert words.effective in {one.name for one in DEFINITIONS}


@pytest.mark.parametrize("sides", ["open", "periodic"])
def test_a_laminate_conducts_its_share_of_the_bulk_in_the_unit_of_the_bulk(sides) -> None:
    """Along the sheets phi times the bulk value, exactly; across them nothing."""
    bulk = Bulk(
        ionic=BulkValue(2.0, "mS/cm"),
        electronic=BulkValue(10.0, "S/m"),
        diffusivity=BulkValue(1e-9, "m²/s"),
    )
    choice = Choice(groups=("transport",), axes=("z", "x"), sides=sides, bulk=bulk)
    _, found = ended(describe(Volume(laminate(), (0.1, 0.1, 0.1)), choice))
    assert found["ionic_conductivity.z"] == pytest.approx(SHARE * 2.0, rel=1e-3)
    assert found["electronic_conductivity.z"] == pytest.approx(SHARE * 10.0, rel=1e-3)
    assert found["effective_diffusivity.z"] == pytest.approx(2 / 8 * 1e-9, rel=1e-3)
    assert found["ionic_conductivity.x"] == found["electronic_conductivity.x"] == 0
    assert found["converged.solid_electrolyte.z"] == found["converged.pore.x"] == 1
    assert 0 <= found["flux_spread.active_material.z"] < 1e-2
    assert unit_of("ionic_conductivity.z", bulk) == "mS/cm"
    assert unit_of("effective_diffusivity.z", bulk) == "m²/s"


def test_without_a_bulk_value_transport_is_relative() -> None:
    choice = Choice(groups=("transport",), axes=("z",), phases=("pore",))
    _, found = ended(describe(Volume(laminate(), (0.1, 0.1, 0.1)), choice))
    assert found["relative_conductivity.pore.z"] == pytest.approx(2 / 8, rel=1e-3)
    assert not any(key.startswith("effective") for key in found)


def test_a_bulk_value_of_what_is_not_measured_is_refused() -> None:
    bulk = Bulk(ionic=BulkValue(2.0, "mS/cm"))
    with pytest.raises(InputError, match="while transport is not measured"):
        Choice(groups=("composition",), bulk=bulk)
    with pytest.raises(InputError, match="while solid electrolyte"):
        Choice(phases=("pore",), bulk=bulk)


def test_periodic_sides_of_flat_voxels_are_refused_before_anything_is_measured() -> None:
    measuring = describe(Volume(laminate(), (0.1, 0.1, 0.2)), Choice(sides="periodic"))
    with pytest.raises(InputError, match="cubic voxels"):
        next(measuring)


def test_the_command_takes_and_tells_them(tmp_path, capsys) -> None:
    np.save(tmp_path / "v.npy", laminate())
    table, curves = tmp_path / "t.csv", tmp_path / "c.csv"
    call = [
        *("describe", str(tmp_path / "v.npy"), "--voxel-size-um", "0.1"),
        *("--measure", "chords,transport", "--along", "z", "--of", "solid_electrolyte"),
    ]
    files = ["-o", str(table), "--distributions", str(curves)]
    assert cli.main([*call, "--ionic", "0.2S/m", "--sides", "periodic", *files, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["descriptors"]["ionic_conductivity.z"] == pytest.approx(0.2 * SHARE, rel=1e-3)
    assert told["choice"]["sides"] == "periodic"
    assert told["choice"]["bulk"] == {"ionic_conductivity": "0.2 S/m"}
    rows = [row.split(",") for row in table.read_text(encoding="utf-8").splitlines()]
    assert next(row for row in rows if row[0] == "ionic_conductivity.z")[3] == "S/m"
    assert curves.read_text(encoding="utf-8").startswith("distribution,phase,axis,x,unit,y\n")
    assert cli.main(call) == 0
    told = capsys.readouterr().out
    assert re.search(r"^converged\.solid_electrolyte\.z +yes$", told, re.MULTILINE)
    assert cli.main([*call, "--ionic", "0.2"]) == 2
    assert "give a number and one of mS/cm, S/m" in capsys.readouterr().err
    assert cli.main([*call, "--electronic", "10S/m"]) == 2
    assert "active material (CAM) is not measured" in capsys.readouterr().err
    assert cli.main([*call[:-1], "steel"]) == 2
    assert "choose among pore" in capsys.readouterr().err
    few = [*call[:5], "interfaces,topology", "--distributions", str(curves)]
    assert cli.main(few) == 2
    assert "no distributions of interfaces, topology; measure chords" in capsys.readouterr().err
    assert cli.main([*call, "-o", str(tmp_path / "none" / "t.csv")]) == 2
    assert "does not exist" in capsys.readouterr().err


def test_what_did_not_converge_is_told(tmp_path, capsys, monkeypatch) -> None:
    """Electrolyte with walls across it, each with a slit at the other end than the one before:
    its steady state needs more than the 100 iterations that it is given."""
    from napari_assb_twin.descriptors import transport

    monkeypatch.setattr(transport, "MOST_STEPS", 100)
    labels = np.full((60, 33, 33), 2, np.uint8)
    labels[5::10, 2:], labels[10::10, :-2] = 0, 0
    labels[0, 0, 0] = 1
    np.save(tmp_path / "v.npy", labels)
    call = [
        *("describe", str(tmp_path / "v.npy"), "--voxel-size-um", "0.1"),
        *("--measure", "transport", "--along", "z", "--of", "solid_electrolyte"),
    ]
    assert cli.main([*call, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["descriptors"]
    assert told["converged.solid_electrolyte.z"] == 0
    assert told["flux_spread.solid_electrolyte.z"] > 1e-2
    assert cli.main(call) == 0
    seen = capsys.readouterr()
    assert "transport did not converge for solid_electrolyte.z" in seen.err
