"""The files of a fit are read again only if they are the very same."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.report.inputs import measured_again, same_data
from napari_assb_twin.report.record import Record
from napari_assb_twin.twin.twin_file import load_twin

Change = Callable[[dict[str, Any]], object]


def record_in(folder: Path, change: Change = lambda content: None) -> Record:
    """The record of the twin file in a folder, after a change to its provenance."""
    path = folder / "cathode.twin.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    change(document["provenance"])
    path.write_text(json.dumps(document), encoding="utf-8")
    record = Record.of(load_twin(path))
    assert record is not None
    return record


def test_the_same_files_give_the_same_sections(fitted) -> None:
    again = measured_again(record_in(fitted.folder), fitted.folder)
    assert isinstance(again, tuple)
    assert [stack.plane for stack in again] == ["xy", "xz"]
    for stack, original in zip(again, fitted.measured, strict=True):
        assert stack.pixel_size_um == original.pixel_size_um
        for one, other in zip(stack.images, original.images, strict=True):
            np.testing.assert_array_equal(one, other)


def test_files_move_with_their_twin(fitted, tmp_path: Path) -> None:
    """Absolute names, of another system even, are looked for beside the twin file."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for path in fitted.folder.glob("*.*"):
        shutil.move(path, elsewhere)

    def change(content: dict[str, Any]) -> None:
        for number, one in enumerate(content["files"]):
            one["file"] = ("C:\\data\\" if number else "/data/") + one["file"]

    assert len(measured_again(record_in(elsewhere, change), elsewhere)) == 2


def test_the_options_of_the_window_are_followed(fitted) -> None:
    def change(content: dict[str, Any]) -> None:
        phases = {"pore": [0], "active_material": [127], "solid_electrolyte": [254]}
        sizes = [0.1, 0.1]
        content["reading"] = [
            {"kind": kind, "phases": phases, "pressing_axis": 0, "voxel_size_um": sizes}
            for kind in ("xy", "xz")
        ]

    again = measured_again(record_in(fitted.folder, change), fitted.folder)
    np.testing.assert_array_equal(again[1].images[1], fitted.measured[1].images[1])


def test_thresholds_of_grey_values_are_followed(fitted) -> None:
    """The sections hold 0, 127 and 254: pore, active material, solid electrolyte."""

    def change(content: dict[str, Any]) -> None:
        order = ["pore", "active_material", "solid_electrolyte"]
        content["reading"] = [
            {"thresholds": [60.0, 200.0], "dark_to_bright": order, "threshold_doubt": 5,
             "pressing_axis": 0, "voxel_size_um": "0.1"}
        ]  # fmt: skip

    again = measured_again(record_in(fitted.folder, change), fitted.folder)
    np.testing.assert_array_equal(again[0].images[0], fitted.measured[0].images[0])


def test_another_file_of_the_same_name_is_refused(fitted) -> None:
    Image.fromarray(np.zeros((80, 100), np.uint8)).save(fitted.folder / "a.png")
    with pytest.raises(InputError, match=r"a\.png is not the file that was fitted"):
        measured_again(record_in(fitted.folder), fitted.folder)


def _without_files(content: dict[str, Any]) -> None:
    del content["files"]


def _unread(content: dict[str, Any]) -> None:
    content["reading"] = []


def _turned(content: dict[str, Any]) -> None:
    content["reading"][0]["rotation"] = {"degrees": 12}


def _smaller(content: dict[str, Any]) -> None:
    content["data"][0]["sections"] = [[50, 50]]


def _mislabelled(content: dict[str, Any]) -> None:
    content["reading"][0]["phases"] = "pore=9"


def _nowhere(content: dict[str, Any]) -> None:
    content["files"][0]["file"] = "../gone\0.png"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_without_files, "names no files"),
        (_unread, "how the files were read"),
        (_turned, r"not repeated here \(rotation\)"),
        (_smaller, "do not give the phases and sizes"),
        (_mislabelled, "gives no label"),
        (_nowhere, "is not there any more"),
    ],
)
def test_what_cannot_be_repeated_is_said(fitted, change: Change, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        measured_again(record_in(fitted.folder, change), fitted.folder)


def test_a_missing_file_is_named(fitted) -> None:
    (fitted.folder / "b.png").unlink()
    with pytest.raises(InputError, match=r"the file b\.png is not there any more"):
        measured_again(record_in(fitted.folder), fitted.folder)


def test_other_data_of_the_same_size_are_told(fitted) -> None:
    record = record_in(fitted.folder)
    plan, across = fitted.measured
    assert same_data(fitted.measured, record)
    assert not same_data(fitted.measured[:1], record)
    turned = SectionStack("yz", across.images, across.pixel_size_um)
    assert not same_data((plan, turned), record)
    larger = SectionStack("xy", plan.images, (0.37, 0.37))
    assert not same_data((larger, across), record)
    other = SectionStack("xy", (np.ascontiguousarray(plan.images[0][::-1]),), plan.pixel_size_um)
    assert not same_data((other, across), record)


def test_records_without_sums_of_the_phases_are_told_by_sizes(fitted) -> None:
    def older(content: dict) -> None:
        for one in content["data"]:
            del one["sha256"]

    record = record_in(fitted.folder, older)
    plan, across = fitted.measured
    flipped = SectionStack("xy", (np.ascontiguousarray(plan.images[0][::-1]),), (0.1, 0.1))
    assert same_data((flipped, across), record)
    assert not same_data((SectionStack("xy", plan.images, (0.37, 0.37)), across), record)
