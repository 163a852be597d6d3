"""All descriptors of one volume, in Python, as a table and from the command."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from reference import ended

from napari_assb_twin import cli
from napari_assb_twin.descriptors.bulk import Bulk, BulkValue
from napari_assb_twin.descriptors.definitions import DEFINITIONS, GROUPS, definition
from napari_assb_twin.descriptors.describe import Choice, describe, exact_values
from napari_assb_twin.measure.sections import Volume
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.synthesis import generate
from napari_assb_twin.twin.twin_file import save_twin

pytestmark = pytest.mark.xdist_group("one description")  # measured once

SMALL = replace(preset("isotropic"), grid=replace(preset("isotropic").grid, shape=(40, 40, 40)))

BULK = Bulk(
    ionic=BulkValue(2.0, "mS/cm"),
    electronic=BulkValue(10.0, "S/m"),
    diffusivity=BulkValue(1e-9, "m²/s"),
)


@pytest.fixture(scope="module")
def measured() -> tuple[list, dict]:
    return ended(describe(Volume(generate(SMALL), (0.1, 0.1, 0.1)), Choice(bulk=BULK)))


def test_every_number_has_a_definition_and_every_definition_a_number(measured) -> None:
    _, values = measured
    assert {definition(key).name for key in values} == {one.name for one in DEFINITIONS}
    assert all(one.text.endswith(".") for one in DEFINITIONS)


def test_numbers_hang_together(measured) -> None:
    _, values = measured
    assert sum(v for k, v in values.items() if k.startswith("volume_fraction")) == pytest.approx(1)
    surface = values["surface_per_um.pore"]
    assert surface == pytest.approx(
        values["area_per_um.pore,active_material"] + values["area_per_um.pore,solid_electrolyte"]
    )
    assert values["active_material_utilised"] <= values["active_material_connected"] <= 1
    for phase in ("active_material", "solid_electrolyte"):
        for axis in "zyx":
            factor = values[f"tortuosity_factor.{phase}.{axis}"]
            conducts = values[f"relative_conductivity.{phase}.{axis}"]
            assert factor * conducts == pytest.approx(values[f"volume_fraction.{phase}"])
            assert factor > values[f"geodesic_tortuosity.{phase}.{axis}"] > 1
            assert values[f"converged.{phase}.{axis}"] == 1
            name, bulk = BULK.of(phase)
            assert values[f"{name}.{axis}"] == pytest.approx(conducts * bulk.value)


def test_progress_names_the_part(measured) -> None:
    told, _ = measured
    assert [one.step for one in told] == sorted(one.step for one in told)
    assert told[0].total == len(GROUPS)
    assert any("along z, iteration" in one.message for one in told)


def test_a_choice_is_measured_alone() -> None:
    volume = Volume(generate(SMALL), (0.1, 0.1, 0.1))
    choice = Choice(groups=("geodesic",), axes=("x",), phases=("pore",))
    assert list(ended(describe(volume, choice))[1]) == ["geodesic_tortuosity.pore.x"]


def test_a_phase_that_is_not_there_has_no_numbers() -> None:
    labels = generate(SMALL)
    labels[labels == 0] = 2
    quick = [group for group in GROUPS if group != "transport"]
    _, values = ended(describe(Volume(labels, (0.1, 0.1, 0.1)), Choice(groups=quick)))
    for key in ("largest_cluster_share.pore", "constrictivity.pore.z", "mean_chord_um.pore.z"):
        assert values[key] is None
    assert values["volume_fraction.pore"] == 0


def test_exact_means_stand_beside() -> None:
    """Interfaces of a volume lie below the exact ones, by what a voxel hides, and near them."""
    _, values = ended(
        describe(Volume(generate(preset("isotropic")), (0.1,) * 3), Choice(groups=("interfaces",)))
    )
    exact = exact_values(preset("isotropic"))
    assert set(values) <= set(exact)
    for key in values:
        if key.startswith("area_per_um"):
            assert 0.75 * exact[key] < values[key] < 1.1 * exact[key], key


def test_the_command_prints_and_writes_them(tmp_path, capsys) -> None:
    twin, table = tmp_path / "a.twin.json", tmp_path / "t.csv"
    save_twin(SMALL, twin)
    call = ["describe", str(twin), "--measure", "composition,networks", "-o", str(table), "--json"]
    assert cli.main(call) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told["exact"]) == {k for k in told["descriptors"] if "volume_fraction" in k}
    rows = list(csv.DictReader(table.open(encoding="utf-8")))
    assert {row["descriptor"]: float(row["value"]) for row in rows} == pytest.approx(
        told["descriptors"]
    )
    assert all(row["definition"] for row in rows)
    assert cli.main([*call[:2], "--measure", "colour"]) == 2
    assert "choose among composition" in capsys.readouterr().err


def test_without_transport_torch_stays_out(tmp_path) -> None:
    np.save(tmp_path / "v.npy", generate(SMALL))
    code = (
        "import sys; from napari_assb_twin.cli import main; "
        f"main(['describe', {str(tmp_path / 'v.npy')!r}, '--voxel-size-um', '0.1', "
        "'--measure', 'composition,clusters', '--json']); sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
