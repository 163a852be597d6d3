"""Phases by their short names, wherever a command reads them."""

from __future__ import annotations

import json

import pytest

from napari_assb_twin import cli
from napari_assb_twin.commands.calibration import parse_fix
from napari_assb_twin.images.labels import parse_phases
from napari_assb_twin.images.thresholds import parse_order
from napari_assb_twin.twin.phases import full_key


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("SE", "solid_electrolyte"),
        ("CAM", "active_material"),
        ("pore", "pore"),
        ("contact_share.SE,CAM", "contact_share.solid_electrolyte,active_material"),
        ("geodesic_tortuosity.SE.z", "geodesic_tortuosity.solid_electrolyte.z"),
        ("X.length_um", "X.length_um"),
        ("SEM", "SEM"),
    ],
)
def test_names_and_keys(typed, meant) -> None:
    assert full_key(typed) == meant
    assert full_key(meant) == meant


def test_maps_orders_and_fixed_numbers() -> None:
    long = "pore=0+1,active_material=2,solid_electrolyte=3"
    assert parse_phases("pore=0+1,CAM=2,SE=3") == parse_phases(long)
    assert parse_order("pore,SE,CAM") == ("pore", "solid_electrolyte", "active_material")
    assert parse_fix(["SE=0.4"]) == {"solid_electrolyte": 0.4}


def test_a_recipe(capsys) -> None:
    told = []
    for cam, se in (("CAM", "SE"), ("active_material", "solid_electrolyte")):
        weights = ("--weight", f"{cam}=70,{se}=27,additive=3", "--density", f"{cam}=4.6")
        call = ["composition", *weights, "--porosity", "0.1", "--additive-in", cam, "--json"]
        assert cli.main(call) == 0
        told.append(json.loads(capsys.readouterr().out))
    assert told[0] == told[1]


@pytest.mark.parametrize("command", ["describe", "plan"])
@pytest.mark.parametrize("name", ["void", "SEM"])
def test_what_is_no_phase_is_refused(command, name, tmp_path, capsys) -> None:
    twin = str(tmp_path / "a.twin.json")
    assert cli.main(["new", "--preset", "isotropic", "-o", twin]) == 0
    more = ["--vary", "SE=0.3:0.4", "-o", str(tmp_path / "p.json")] if command == "plan" else []
    assert cli.main([command, twin, "--of", name, *more]) == 2
    assert f"There is no phase {name!r}" in capsys.readouterr().err


def test_describe_measures_the_phase_that_is_meant(tmp_path, capsys) -> None:
    import numpy as np
    import tifffile

    volume = tmp_path / "v.tif"
    tifffile.imwrite(volume, np.random.default_rng(0).integers(0, 3, (32, 32, 32), np.uint8))
    call = ["describe", str(volume), "--voxel-size-um", "0.1", "--measure", "networks"]
    assert cli.main([*call, "--of", "SE", "--json"]) == 0
    short = capsys.readouterr().out
    assert cli.main([*call, "--of", "solid_electrolyte", "--json"]) == 0
    assert json.loads(short) == json.loads(capsys.readouterr().out)
