"""Plan files: written, read again, and read with suspicion."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from napari_assb_twin.descriptors.bulk import Bulk, BulkValue
from napari_assb_twin.descriptors.describe import Choice
from napari_assb_twin.errors import InputError
from napari_assb_twin.scenarios.plan import Plan, Varied
from napari_assb_twin.scenarios.plan_file import load_plan, plan_to_document, save_plan


def test_a_plan_is_read_as_it_was_written(tmp_path: Path, plan: Plan) -> None:
    grid = replace(
        plan,
        varied=(Varied(parameter="Y.smoothness", low=1.0, high=4.0, steps=4),),
        design="grid",
        points=None,
    )
    third = BulkValue(2 / 3, "mS/cm")
    choice = Choice(groups=("transport",), sides="periodic", bulk=Bulk(ionic=third))
    for one in (plan, grid, replace(plan, choice=choice)):
        read = load_plan(save_plan(one, tmp_path / "p.json"))
        assert read == one
        assert read.design_points == one.design_points


def test_what_the_twin_was_fitted_to_is_left_out(tmp_path: Path, plan: Plan) -> None:
    fitted = replace(plan, twin=replace(plan.twin, provenance={"method": "x"}, uncertainty={}))
    assert load_plan(save_plan(fitted, tmp_path / "p.json")).twin.provenance is None


def test_phases_go_by_short_names_too(tmp_path: Path, plan: Plan) -> None:
    file = save_plan(plan, tmp_path / "p.json")
    document = json.loads(file.read_text(encoding="utf-8"))
    document["measure"]["phases"] = ["CAM", "SE"]
    document["vary"][0] |= {"parameter": "SE", "low": 0.3, "high": 0.4}
    file.write_text(json.dumps(document), encoding="utf-8")
    read = load_plan(file)
    assert read.choice.phases == ("active_material", "solid_electrolyte")
    assert read.varied[0].parameter == "solid_electrolyte"
    document["measure"]["phases"] = ["CAM", "active_material"]
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InputError, match="list of different names"):
        load_plan(file)


def _set(*path: Any, value: Any) -> Any:
    def change(document: Any) -> None:
        for key in path[:-1]:
            document = document[key]
        document[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_set("format", value="x"), "it is no plan file"),
        (_set("version", value=2), "this program reads version 1"),
        (_set("colour", value=2), "unknown key 'colour'"),
        (_set("vary", value={}), '"vary" must be a list'),
        (_set("vary", 0, value=3), "each of vary must be a JSON object"),
        (_set("vary", 0, "parameter", value=["pore"]), "give its name as text"),
        (_set("vary", 0, "parameter", value="size"), "choose from pore"),
        (_set("vary", 0, "to", value=1), "unknown key 'to'"),
        (_set("vary", 0, "low", value=True), "two numbers"),
        (_set("points", value="many"), "points is 'many'"),
        (_set("realisations", value=1.5), "realisations is 1.5"),
        (_set("measure", "groups", value=["colours"]), "no descriptors 'colours'"),
        (_set("measure", "groups", value="chords"), "list of different names"),
        (_set("measure", "bulk", value={"ionic": "2mS/cm"}), "bulk has 'ionic'"),
        (_set("measure", "bulk", value={"ionic_conductivity": "2"}), "is no bulk ionic"),
        (_set("measure", "sides", value="closed"), "sides is 'closed'"),
        (_set("measure", "axes", value=["w"]), "must be one of z, y, x"),
        (_set("measure", "axes", value=[]), "list of different names"),
        (_set("measure", "phases", value=["pore", "pore"]), "list of different names"),
        (_set("measure", "separator_side", value="left"), "separator_side is 'left'"),
        (_set("measure", "device", value=1), "device is 1"),
        (
            _set("measure", "bulk", value={"ionic_conductivity": "2 S/m"}),
            "while transport is not measured",
        ),
        (_set("twin", "volume_fractions", "pore", value=0.9), "must sum to 1"),
    ],
)
def test_a_wrong_file_is_refused_in_a_sentence(
    tmp_path: Path, plan: Plan, change: Any, words: str
) -> None:
    document = json.loads(json.dumps(plan_to_document(plan)))
    change(document)
    (tmp_path / "p.json").write_text(json.dumps(document))
    with pytest.raises(InputError, match=words) as raised:
        load_plan(tmp_path / "p.json")
    assert str(raised.value).startswith("p.json: ")


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"{", "no valid JSON|not valid JSON"), (b"\xff\xfe", "not text"), (b"[1]", "JSON object")],
)
def test_what_is_no_plan_at_all(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "p.json").write_bytes(content)
    with pytest.raises(InputError, match=words):
        load_plan(tmp_path / "p.json")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file"):
        load_plan(tmp_path / "p.json")
