"""Volumes of a sweep for GeoDict: files, index, the looping macro against a stand-in, and tables
that come back."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
from geodict_double import Recorder

from napari_assb_twin import cli
from napari_assb_twin.errors import InputError
from napari_assb_twin.scenarios import geodict
from napari_assb_twin.scenarios.collect import collect
from napari_assb_twin.scenarios.geodict import export_volumes
from napari_assb_twin.scenarios.plan import Plan
from napari_assb_twin.scenarios.plan_file import save_plan
from napari_assb_twin.scenarios.regenerate import regenerate
from napari_assb_twin.scenarios.run import Sweep
from napari_assb_twin.steps import finished

NAMES = [f"scenario{s:04d}_realisation{r:02d}" for s in (1, 2, 3) for r in (1, 2)]


def ran(text: str, folder: Path) -> list[tuple[str, dict[str, Any], str]]:
    """The calls of a macro; it may import nothing and knows few names."""
    assert not any(isinstance(n, ast.Import | ast.ImportFrom) for n in ast.walk(ast.parse(text)))
    gd = Recorder(str(folder).replace("/", "\\"))
    known = {"ValueError": ValueError, "enumerate": enumerate, "dict": dict}
    exec(text, {"gd": gd, "__builtins__": known})
    return gd.calls


@pytest.fixture
def results(tmp_path: Path, plan: Plan) -> Path:
    finished(Sweep(plan, tmp_path / "r").run())
    return tmp_path / "r"


def test_the_command_writes_every_volume(tmp_path: Path, plan: Plan, capsys: Any) -> None:
    file, folder = save_plan(plan, tmp_path / "p.json"), tmp_path / "r"
    given = ["sweep", str(file), "-o", str(folder), "--export", "geodict", "--json"]
    assert cli.main(given) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["volumes"] == str(folder / "geodict_z")
    assert cli.main([*given, "--through-axis", "x"]) == 0
    names = sorted(one.name for one in (folder / "geodict_x").iterdir() if one.is_dir())
    assert names == NAMES
    text = (folder / "geodict_x" / "README_geodict.txt").read_text(encoding="utf-8")
    assert "NONE OF THIS WAS RUN IN GEODICT" in text
    assert "NX 32, NY 34, NZ 36" in text
    assert "pressed along X" in text


@pytest.mark.parametrize("axis", ["z", "x"])
def test_index_and_files_hold_the_volumes_that_were_measured(results: Path, axis: Any) -> None:
    folder = finished(export_volumes(results, through_axis=axis))
    index = pandas.read_csv(folder / "index.csv")
    frame = pandas.read_parquet(results / "results.parquet")
    same = ["scenario", "realisation", "seed", "parameter.pore", "parameter.X.length_um"]
    pandas.testing.assert_frame_equal(index[same], frame[same])
    for line in index.itertuples():
        volume = regenerate(results, line.scenario, line.realisation).labels
        volume = volume if axis == "z" else volume.swapaxes(0, 2)
        shape = line.NZ, line.NY, line.NX
        assert shape == volume.shape
        raw = np.fromfile(folder / line.raw, np.uint8).reshape(shape)
        np.testing.assert_array_equal(raw, volume)
        for label, phase in ((1, "active_material"), (2, "solid_electrolyte")):
            mask = np.fromfile(folder / index[f"mask.{phase}"][line.Index], np.uint8)
            np.testing.assert_array_equal(mask.reshape(shape), volume == label)
        mhd = (folder / line.raw).with_suffix(".mhd").read_text()
        assert f"ElementDataFile = {Path(line.raw).name}\n" in mhd


def test_the_macro_runs_what_was_recorded_on_every_volume(results: Path) -> None:
    folder = finished(export_volumes(results))
    text = (folder / "import_all.py").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="COMMANDS is empty"):
        ran(text, folder)
    recorded = '[("Some:Command", {"ResultFileName": "a.gdr", "K": 1}), ("Other:Command", {})]'
    calls = ran(text.replace("COMMANDS = []", f"COMMANDS = {recorded}"), folder)
    assert len(calls) == 18
    for name, imported, first, second in zip(
        NAMES, calls[::3], calls[1::3], calls[2::3], strict=True
    ):
        command, told, release = imported
        assert (command, release) == ("ImportGeoVol:Import", "2026")
        assert told["FileName"] == str(
            folder / name / "masks" / "volume_AM_36x34x32_0.1um_8bit.raw"
        )
        assert Path(told["FileName"]).is_file()
        assert (told["DimensionX"], told["DimensionY"], told["DimensionZ"]) == (36, 34, 32)
        assert told["VoxelLength"] == pytest.approx(1e-7)
        named = {"ResultFileName": f"{name}_01_Some_Command.gdr", "K": 1}
        assert first == ("Some:Command", named, "2026")
        assert second == ("Other:Command", {}, "2026")


def test_volumes_that_are_there_are_kept_and_half_ones_leave_nothing(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = export_volumes(results)
    for _ in range(3):
        next(steps)
    steps.close()
    folder = results / "geodict_z"
    assert sorted(one.name for one in folder.iterdir()) == NAMES[:2]
    real, made = geodict.raw_and_masks, []

    def full(aside: Path, *given: Any) -> Any:
        made.append(aside)
        yield from real(aside, *given)
        if len(made) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(geodict, "raw_and_masks", full)
    with pytest.raises(InputError, match="free some space"):
        finished(export_volumes(results))
    assert sorted(one.name for one in folder.iterdir()) == NAMES[:3]
    finished(export_volumes(results))
    assert len(made) == 2 + 3


# --- tables that come back -----------------------------------------------------------------------


def tables(folder: Path, **content: str) -> list[Path]:
    paths = [folder / f"{name}.csv" for name in content]
    for path, text in zip(paths, content.values(), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def test_tables_are_joined_by_columns_cells_and_file_names(tmp_path: Path, results: Path) -> None:
    """With commas, with semicolons and decimal commas, and one line in a file named by its row."""
    paths = tables(
        tmp_path,
        a="Scenario,realisation,Permeability\n3,2,1.5\n1,1,2e-3\n",
        b="Result;D eff;Remark\nscenario0002_realisation01_01_X.gdr;0,25;slow, but done\n",
        scenario0003_realisation01="D eff;Flux\n0,75;1.234,5\n",
    )
    found = collect(results, paths).set_index(["scenario", "realisation"])
    assert len(found) == 6
    assert found["Permeability"].dropna().to_dict() == {(1, 1): 2e-3, (3, 2): 1.5}
    assert found["D eff"].dropna().to_dict() == {(2, 1): 0.25, (3, 1): 0.75}
    assert found.loc[(2, 1), "Remark"] == "slow, but done"
    assert found.loc[(3, 1), "Flux"] == "1.234,5"  # a thousand or one: nobody knows
    before = pandas.read_parquet(results / "results.parquet").set_index(["scenario", "realisation"])
    pandas.testing.assert_frame_equal(found[[*before]], before)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_the_command_writes_the_joined_table(
    tmp_path: Path, results: Path, ending: str, capsys: Any
) -> None:
    (path,) = tables(tmp_path, a="scenario,realisation,K\n1,2,0.125\n")
    target = tmp_path / f"all.{ending}"
    assert cli.main(["collect", str(results), str(path), "-o", str(target), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["columns"][-1] == "K"
    read = pandas.read_csv if ending == "csv" else pandas.read_parquet
    assert read(target)["K"].fillna(0).tolist() == [0, 0.125, 0, 0, 0, 0]
    assert cli.main(["collect", str(results), str(path), "-o", str(tmp_path / "all.txt")]) == 2
    assert "end in .csv or .parquet" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("scenario,realisation,K\n7,1,3\n", "scenario 7, realisation 1, which"),
        ("scenario,realisation,K\n1,1,3\n1,1,4\n", "is 3 and, in a.csv, 4"),
        ("scenario,realisation,error\n1,1,none\n", "error of a.csv is one of the sweep"),
        ("scenario,realisation,seed,K\n1,1,3,4\n", "a.csv has seed 3 .* is it of another one"),
        ("scenario,realisation,parameter.pore,K\n1,1,0.9,4\n", "parameter.pore 0.9 in scenario 1"),
        ("scenario,realisation,parameter.pore,K\n1,1,some,4\n", "parameter.pore some in"),
        ("scenario,realisation,parameter.Y.length_um\n1,1,1\n", "which is not of this sweep"),
        ("scenario,realisation,K\none,1,3\n", "'one'; give its number"),
        ("scenario,realisation,K\n1,1\n", "line 2 of a.csv has 2 cells"),
        ("K,L\n1,2\n", "does not say of which scenario"),
        ("K,K\n1,2\n", "name each"),
        ("K\n", "no line below"),
    ],
)
def test_a_table_that_does_not_fit_is_a_sentence(
    tmp_path: Path, results: Path, text: str, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        collect(results, tables(tmp_path, a=text))


@pytest.mark.parametrize("digits", [17, 6])
def test_the_index_comes_back_with_a_column_of_results(
    tmp_path: Path, results: Path, digits: int
) -> None:
    """Its seeds and parameters are those of the sweep, if rounded; they do not come twice."""
    index = pandas.read_csv(finished(export_volumes(results)) / "index.csv").assign(K=2.5)
    index.to_csv(tmp_path / "a.csv", index=False, float_format=f"%.{digits}g")
    found = collect(results, [tmp_path / "a.csv"])
    assert found["K"].tolist() == [2.5] * len(index)
    before = pandas.read_parquet(results / "results.parquet")
    pandas.testing.assert_frame_equal(found[[*before]], before)


def test_a_file_of_one_row_has_one_line(tmp_path: Path, results: Path) -> None:
    with pytest.raises(InputError, match="has 2 lines for one realisation"):
        collect(results, tables(tmp_path, scenario0001_realisation01="K\n1\n2\n"))
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="no UTF-8 text"):
        collect(results, [tmp_path / "b.csv"])
