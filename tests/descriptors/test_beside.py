"""Measurements beside each other: rows of all, units kept apart, as text."""

from __future__ import annotations

import csv

import pytest

from napari_assb_twin.descriptors.beside import Measurement, rows, title, write_beside_csv
from napari_assb_twin.descriptors.bulk import Bulk, BulkValue
from napari_assb_twin.descriptors.describe import Choice, Description
from napari_assb_twin.twin.phases import SHORT_NAMES


def measurement(name: str, unit: str, **values: float | None) -> Measurement:
    keyed = {key.replace("__", "."): value for key, value in values.items()}
    return Measurement(
        name=name,
        about=f"{name}, seed 1",
        description=Description(values=keyed),
        exact={"volume_fraction.pore": 0.1},
        choice=Choice(bulk=Bulk(ionic=BulkValue(2.0, unit))),
    )


@pytest.fixture
def two() -> tuple[Measurement, Measurement]:
    return (
        measurement("A", "mS/cm", ionic_conductivity__z=0.5, volume_fraction__pore=0.11),
        measurement(
            "B",
            "S/m",
            mean_chord_um__pore__z=None,
            volume_fraction__pore=0.12,
            ionic_conductivity__z=0.05,
        ),
    )


def test_rows_are_those_of_all_in_the_order_of_the_definitions(two) -> None:
    shown = rows(two)
    assert [(row.key, row.unit) for row in shown] == [
        ("volume_fraction.pore", ""),
        ("mean_chord_um.pore.z", "µm"),
        ("ionic_conductivity.z", "mS/cm"),
        ("ionic_conductivity.z", "S/m"),
    ]
    fraction, chord, ionic, other = (row.cells for row in shown)
    assert [cell.value for cell in fraction] == [0.11, 0.12]
    assert [cell.exact for cell in fraction] == [0.1, 0.1]
    assert chord[0] is None
    assert chord[1].value is None
    assert (ionic[0].value, ionic[1]) == (0.5, None)
    assert (other[0], other[1].value) == (None, 0.05)


def test_titles_are_words() -> None:
    for key, words in {
        "volume_fraction.pore": "Volume fraction pore",
        "contact_share.active_material,solid_electrolyte": "Contact CAM with SE",
        "area_per_um.pore,active_material": "Interface pore–CAM",
        "geodesic_tortuosity.solid_electrolyte.z": "Geodesic tortuosity SE, z",
        "ionic_conductivity.z": "Ionic conductivity z",
        "active_material_utilised": "Utilised CAM",
    }.items():
        assert title(key, SHORT_NAMES) == words


def test_as_a_table(two, tmp_path) -> None:
    path = write_beside_csv(tmp_path / "t.csv", two)
    table = list(csv.reader(path.open(encoding="utf-8-sig")))
    assert table[0] == ["descriptor", "unit", "A", "A, exact mean", "B", "B, exact mean"]
    assert table[1] == ["(volume)", "", "A, seed 1", "", "B, seed 1", ""]
    assert table[2] == ["volume_fraction.pore", "", "0.11", "0.1", "0.12", "0.1"]
    assert table[3] == ["mean_chord_um.pore.z", "µm", "", "", "", ""]
