"""Own presets: saved, listed, found, overwritten and deleted; a damaged one hinders nobody."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.own_presets import (
    FOLDER_VARIABLE,
    checked_name,
    delete_preset,
    find_preset,
    is_own,
    own_presets,
    presets_folder,
    save_preset,
)
from napari_assb_twin.twin.presets import PRESETS, preset

TWIN = replace(preset("dense"), seed=5, provenance={"method": "coverage"})


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "not there yet" / "presets"
    monkeypatch.setenv(FOLDER_VARIABLE, str(path))
    return path


def test_without_the_variable_they_lie_in_the_configuration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(FOLDER_VARIABLE)
    assert presets_folder().parts[-2:] == ("napari-assb-twin", "presets")


def test_a_saved_preset_is_found_again(folder: Path) -> None:
    assert own_presets().twins == {}
    assert save_preset(TWIN, "  NMC 811,  batch 2 ") == "NMC 811, batch 2"
    assert [path.name for path in folder.iterdir()] == ["NMC 811, batch 2.twin.json"]
    assert own_presets().twins == {"NMC 811, batch 2": TWIN}
    assert find_preset("NMC 811, batch 2").provenance == TWIN.provenance
    assert find_preset("dense") == preset("dense")
    with pytest.raises(InputError, match="NMC 811, batch 2"):
        find_preset("none")


def test_overwriting_must_be_asked_for() -> None:
    save_preset(TWIN, "mine")
    other = replace(TWIN, seed=6)
    with pytest.raises(InputError, match="already"):
        save_preset(other, "MINE")
    assert find_preset("mine").seed == 5
    assert save_preset(other, "MINE", overwrite=True) == "mine"
    assert {name: twin.seed for name, twin in own_presets().twins.items()} == {"mine": 6}


def test_only_own_ones_are_deleted(folder: Path) -> None:
    save_preset(TWIN, "mine")
    assert is_own("mine")
    delete_preset("mine")
    assert not is_own("mine")
    assert not list(folder.iterdir())
    for name in ("mine", "dense", "../mine"):
        with pytest.raises(InputError, match="no preset of your own"):
            delete_preset(name)


def test_damaged_files_are_told_and_can_be_deleted(folder: Path) -> None:
    save_preset(TWIN, "good")
    (folder / "bad.twin.json").write_bytes(b"\xff\xfe{")
    (folder / "large.twin.json").write_bytes(b" " * ((4 << 20) + 1))
    (folder / "folder.twin.json").mkdir()
    (folder / "notes.txt").write_text("hello")
    found = own_presets()
    assert found.twins == {"good": TWIN}
    assert sorted(found.unreadable) == ["bad", "folder", "large"]
    for name, sentence in found.unreadable.items():
        assert f"{name}.twin.json" in sentence
        assert sentence.endswith(".")
    with pytest.raises(InputError, match=r"bad\.twin\.json"):
        find_preset("bad")
    delete_preset("bad")
    assert sorted(own_presets().unreadable) == ["folder", "large"]
    with pytest.raises(InputError, match="cannot be deleted"):
        delete_preset("folder")


@pytest.mark.parametrize(
    "name",
    [
        *("", "   ", "x" * 41, "a/b", "a\\b", "../a", ".hidden", "a:b", "a*", "what?", "a\tb\0"),
        *("end.", "CON", "nul.x", "com1", "-rf", '"', "<a>", "a|b", "Dense", "pressed"),
    ],
)
def test_names_that_cannot_be_are_refused(name: str) -> None:
    with pytest.raises(InputError) as raised:
        save_preset(TWIN, name)
    assert str(raised.value).endswith(".")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["Über-Kathode", "全固态", "a.b (2)", "80% "[:2], "x" * 40])
def test_names_that_can_be(name: str) -> None:
    assert checked_name(name) == name
    assert save_preset(TWIN, name) == name


def test_a_folder_that_cannot_be_made_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "file" / "presets"))
    assert own_presets().twins == {}
    with pytest.raises(InputError, match=FOLDER_VARIABLE):
        save_preset(TWIN, "mine")


def test_every_built_in_name_could_be_one() -> None:
    for name in PRESETS:
        assert checked_name(f"my {name}") == f"my {name}"
