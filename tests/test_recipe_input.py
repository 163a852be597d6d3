"""``assb-twin composition``: there, back, and what it answers to wrong calls."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import napari_assb_twin as nat
from napari_assb_twin import cli
from napari_assb_twin.twin.phases import PHASES

RECIPE = ("--weight", "active_material=70,solid_electrolyte=30", "--porosity", "0.12")


def call(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = cli.main(["composition", *(str(argument) for argument in arguments)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def answer(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    code, out, err = call(capsys, *arguments, "--json")
    assert code == 0, err
    assert out.count("\n") == 1
    return json.loads(out)


def test_a_recipe_to_fractions(capsys: pytest.CaptureFixture[str]) -> None:
    density = ("--density", "active_material=4.7,solid_electrolyte=1.64")
    document = answer(capsys, *RECIPE, *density)
    solids = 70 / 4.7 + 30 / 1.64
    assert document["volume_fractions"] == pytest.approx(
        {
            "pore": 0.12,
            "active_material": 0.88 * 70 / 4.7 / solids,
            "solid_electrolyte": 0.88 * 30 / 1.64 / solids,
        }
    )
    assert document["additive_phase"] is None
    assert answer(capsys, *RECIPE) == document  # the densities are the default ones
    dense = answer(capsys, *RECIPE, "--density", "solid_electrolyte=1.86")
    assert dense["volume_fractions"]["solid_electrolyte"] < 0.88 * 30 / 1.64 / solids


def test_a_twin_to_its_recipe_and_back(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    twin = nat.preset("pressed")
    path = nat.save_twin(twin, tmp_path / "a.twin.json")
    for extra in ((), ("--additive-share", "0.03", "--additive-in", "pore")):
        back = answer(capsys, "--from-twin", path, *extra)
        weights = ",".join(f"{name}={share!r}" for name, share in back["weight_fractions"].items())
        again = answer(
            capsys, "--weight", weights, "--porosity", repr(back["porosity"]), *extra[2:]
        )
        for phase in PHASES:
            expected = twin.volume_fractions[phase]
            assert again["volume_fractions"][phase] == pytest.approx(expected, rel=1e-12)
    assert back["porosity"] < 0.11


def test_for_people_there_are_lines(capsys: pytest.CaptureFixture[str]) -> None:
    weight = "active_material=70,solid_electrolyte=27,additive=3"
    code, out, _ = call(capsys, "--weight", weight, "--porosity", 0.12)
    assert code == 0
    assert "70.00" in out
    assert "additive, in solid electrolyte (SE)" in out
    assert "porosity 12.00 %" in out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "A recipe needs"),
        (RECIPE[:2], "A recipe needs"),
        (("--weight", "active_material=70", "--porosity", "0.1"), "lacks solid_electrolyte"),
        (("--weight", "cam=70", "--porosity", "0.1"), "is not understood"),
        (("--weight", "active_material=1,active_material=2", "--porosity", "0.1"), "once"),
        (("--weight", "active_material=x,solid_electrolyte=1", "--porosity", "0.1"), "no number"),
        (("--weight", "active_material=0,solid_electrolyte=0", "--porosity", "0.1"), "positive"),
        (
            ("--weight", "active_material=0,solid_electrolyte=0,additive=0", "--porosity", "0.1"),
            "positive",
        ),
        (("--weight", "active_material=nan,solid_electrolyte=1", "--porosity", "0.1"), "positive"),
        (
            ("--weight", "active_material=1,solid_electrolyte=1,additive=-1", "--porosity", "0.1"),
            "weight fraction of the additive",
        ),
        ((*RECIPE[:3], "1.2"), "porosity is 1.2"),
        ((*RECIPE[:3], "much"), "no list of numbers"),
        ((*RECIPE, "--density", "active_material=0"), "density of the active material"),
        ((*RECIPE, "--density", "additive=2"), "There is no additive"),
        ((*RECIPE, "--additive-in", "pore"), "There is no additive"),
        ((*RECIPE, "--additive-share", "0.1"), "--additive-share is for --from-twin"),
        (("--from-twin", "none.twin.json"), "none.twin.json"),
        ((*RECIPE, "--from-twin", "none.twin.json"), "leave --weight"),
    ],
)
def test_wrong_calls(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], sentence: str
) -> None:
    code, out, err = call(capsys, *arguments)
    assert code == 2
    assert out == ""
    assert sentence in err
    assert err.count("\n") == 1
