"""Sweeps: their table, stopped and gone on with, failures, and who measures."""

from __future__ import annotations

import errno
import json
import os
from contextlib import closing
from dataclasses import replace
from importlib.metadata import version as metadata_version
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest

from napari_assb_twin.descriptors.describe import Choice, describe
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import Volume
from napari_assb_twin.scenarios import estimate, made_with, record, run, workers
from napari_assb_twin.scenarios import plan as plan_module
from napari_assb_twin.scenarios.lock import FolderHeldError
from napari_assb_twin.scenarios.plan import Key, Plan, Varied
from napari_assb_twin.scenarios.plan_file import save_plan
from napari_assb_twin.scenarios.record import recorded
from napari_assb_twin.scenarios.regenerate import regenerate
from napari_assb_twin.scenarios.results import table
from napari_assb_twin.scenarios.row import Row, failed_row, measured_row
from napari_assb_twin.scenarios.run import Progress, Sweep, SweepOptions, SweepResult
from napari_assb_twin.steps import finished
from napari_assb_twin.twin.memory import needed_bytes
from napari_assb_twin.twin.parameters import FIELD_NAMES, Grid
from napari_assb_twin.twin.stages import FieldKey, kept_spectra_bytes
from napari_assb_twin.twin.synthesis import realise


def done(sweep: Sweep) -> SweepResult:
    return finished(sweep.run())


def same(one: pandas.DataFrame, other: pandas.DataFrame) -> None:
    """All columns but the time."""
    pandas.testing.assert_frame_equal(
        one.drop(columns="seconds"), other.drop(columns="seconds"), check_exact=True
    )


@pytest.fixture
def expected(plan: Plan) -> pandas.DataFrame:
    return table(measured_row(plan, key) for key in plan.places())


def test_the_table_holds_what_describing_each_variant_gives(tmp_path: Path, plan: Plan) -> None:
    result = done(Sweep(plan, tmp_path / "r"))
    assert (result.rows, result.failed, result.resumed) == (6, 0, 0)
    found = pandas.read_parquet(tmp_path / "r" / "results.parquet")
    assert [*found][:7] == [
        *("scenario", "realisation", "seed", "error", "seconds"),
        *("parameter.pore", "parameter.X.length_um"),
    ]
    assert found["scenario"].tolist() == [1, 1, 2, 2, 3, 3]
    assert found["realisation"].tolist() == [1, 2] * 3
    assert found["seed"].nunique() == 6
    assert (found["seconds"] > 0).all()
    row = found.iloc[3]
    twin = plan.twin.with_value("pore", row["parameter.pore"])
    twin = twin.with_value("X.length_um", row["parameter.X.length_um"])
    made = realise(replace(twin, seed=int(row["seed"])))
    values = finished(describe(Volume(made.labels, made.voxel_size_um), plan.choice))
    assert [*found][7:] == [*values]
    assert row[[*values]].tolist() == [*values.values()]


def test_csv_and_parquet_hold_the_same_numbers_to_the_last_digit(
    tmp_path: Path, plan: Plan
) -> None:
    done(Sweep(plan, tmp_path))
    parquet = pandas.read_parquet(tmp_path / "results.parquet")
    csv = pandas.read_csv(tmp_path / "results.csv", float_precision="round_trip")
    assert [*csv] == [*parquet]
    numbers = [name for name in csv if name != "error"]
    np.testing.assert_array_equal(csv[numbers].to_numpy(), parquet[numbers].to_numpy())
    assert csv["error"].isna().all()
    assert "3 scenarios" in (tmp_path / "README.txt").read_text(encoding="utf-8")


def test_a_run_that_is_left_goes_on_to_the_same_table(
    tmp_path: Path, plan: Plan, expected: pandas.DataFrame
) -> None:
    folder = tmp_path / "r"
    with closing(Sweep(plan, folder).run()) as running:
        seen = [next(running) for _ in range(4)]
    assert [one.step for one in seen] == [0, 1, 2, 3]
    assert seen[0].row is None
    assert [one.row.key for one in seen[1:] if one.row] == [(1, 1), (2, 1), (3, 1)]
    assert not (folder / "results.parquet").exists()
    with (folder / "rows.jsonl").open("a") as file:
        file.write('{"scenario": 1, "real')  # a kill in the middle of a line
    before = (folder / "rows.jsonl").read_bytes()
    again = Sweep(plan, folder)
    assert len(again.rows) == len(recorded(folder)[1]) == 3
    assert (folder / "rows.jsonl").read_bytes() == before  # perhaps somebody is writing it
    result = done(again)
    assert result.resumed == 3
    same(pandas.read_parquet(folder / "results.parquet"), expected)


def test_a_finished_sweep_measures_nothing_again(
    tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    done(Sweep(plan, tmp_path))
    monkeypatch.setattr(run.workers, "here", None)
    assert done(Sweep(plan, tmp_path)).resumed == 6


def test_the_results_of_another_plan_are_not_mixed_in(tmp_path: Path, plan: Plan) -> None:
    done(Sweep(plan, tmp_path))
    for other in (replace(plan, seed=1), replace(plan, choice=Choice(groups=("chords",)))):
        with pytest.raises(InputError, match="results of another plan"):
            Sweep(other, tmp_path)


def test_a_plan_that_was_changed_in_the_folder_is_told(tmp_path: Path, plan: Plan) -> None:
    done(Sweep(plan, tmp_path))
    other = replace(plan, twin=plan.twin.with_value("Y.length_um", 0.25))
    save_plan(other, tmp_path / "plan.json")
    with pytest.raises(InputError, match="was changed after the sweep began"):
        recorded(tmp_path)
    with pytest.raises(InputError, match="was changed after the sweep began"):
        Sweep(other, tmp_path)


def test_rows_of_another_design_are_read_but_not_gone_on_with(
    tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if another version of scipy laid the points out otherwise."""
    done(Sweep(plan, tmp_path))
    real = plan_module.Varied.at
    monkeypatch.setattr(plan_module.Varied, "at", lambda one, part: real(one, 1 - part))
    again = replace(plan)
    with pytest.raises(InputError, match="results of another plan"):
        Sweep(again, tmp_path)
    assert len(recorded(tmp_path)[1]) == 6


def test_a_kill_before_the_first_row_leaves_a_folder_that_can_be_used(
    tmp_path: Path, plan: Plan, expected: pandas.DataFrame
) -> None:
    save_plan(plan, tmp_path / "plan.json")
    (tmp_path / ".part-1234.json").write_text("{")
    (tmp_path / ".lock").touch()
    (tmp_path / "rows.jsonl").write_text('{"format": "assb')
    done(Sweep(plan, tmp_path))
    same(pandas.read_parquet(tmp_path / "results.parquet"), expected)


@pytest.mark.parametrize(
    "line", ["[1]", '{"made_with": {"numpy": 2}}', '{"scenario": 1}',
    '{"scenario": 1, "realisation": 1, "seed": 1, "parameters": {"pore": "x"}, "values": {}, '
    '"error": null, "seconds": 1}', "{"],
)  # fmt: skip
def test_a_record_that_makes_no_sense_is_refused(tmp_path: Path, plan: Plan, line: str) -> None:
    with closing(Sweep(plan, tmp_path).run()) as running:
        next(running)
    with (tmp_path / "rows.jsonl").open("a") as file:
        file.write(line + "\n")
    with pytest.raises(InputError, match="cannot be read; restore it, or run the sweep again"):
        Sweep(plan, tmp_path)


def test_a_folder_of_something_else_is_refused(tmp_path: Path, plan: Plan) -> None:
    (tmp_path / "mine.txt").write_text("kept")
    with pytest.raises(InputError, match=r"other files, such as mine\.txt"):
        Sweep(plan, tmp_path)
    with pytest.raises(InputError, match="is a file"):
        Sweep(plan, tmp_path / "mine.txt")


def test_a_folder_is_written_by_one_sweep_at_a_time(
    tmp_path: Path, plan: Plan, expected: pandas.DataFrame
) -> None:
    folder = tmp_path / "r"
    late = Sweep(plan, folder)  # knows of no row
    with closing(Sweep(plan, folder).run()) as running:
        for _ in range(3):
            next(running)
        before = (folder / "rows.jsonl").read_bytes()
        for _ in range(2):
            with pytest.raises(FolderHeldError, match="Another sweep is writing to"):
                done(late)
        assert (folder / "rows.jsonl").read_bytes() == before
        assert len(recorded(folder)[1]) == 2  # reading is free
        assert regenerate(folder, 1, 1).labels.shape == plan.twin.grid.shape
    assert done(late).resumed == 2  # it reads again what is there
    same(pandas.read_parquet(folder / "results.parquet"), expected)
    moved = folder.rename(tmp_path / "moved")
    assert done(Sweep(plan, moved)).resumed == 6


def test_another_version_is_said_and_recorded(
    tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(Sweep(plan, tmp_path).run()) as running:
        for _ in range(3):
            next(running)
    assert Sweep(plan, tmp_path).reservations == ()
    now = metadata_version("numpy")
    monkeypatch.setattr(
        made_with, "version", lambda name: "9.9" if name == "numpy" else metadata_version(name)
    )
    again = Sweep(plan, tmp_path)
    assert again.reservations == (
        f"Rows that are there were measured with numpy {now}, the others will be with numpy 9.9; "
        "their numbers may differ.",
    )
    done(again)
    lines = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text().splitlines()]
    said = {at: line["made_with"]["numpy"] for at, line in enumerate(lines) if "made_with" in line}
    assert said == {1: now, 4: "9.9"}
    assert set(lines[1]["made_with"]) == {"napari-assb-twin", "numpy", "scipy"}
    readme = (tmp_path / "README.txt").read_text(encoding="utf-8")
    assert f"numpy {now}, scipy" in readme
    assert "other rows with napari-assb-twin" in readme
    assert len(recorded(tmp_path)[1]) == 6
    assert Sweep(plan, tmp_path).reservations == ()  # nothing is left to measure


def test_going_back_to_the_first_version_names_only_the_other(
    tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in ("1", "2", "1"):
        monkeypatch.setattr(made_with, "version", lambda name, number=number: number)
        with closing(Sweep(plan, tmp_path).run()) as running:
            for _ in range(2):
                next(running)
    (sentence,) = Sweep(plan, tmp_path).reservations
    assert sentence.count("2") == len(made_with.versions_for(plan))
    monkeypatch.setattr(made_with, "version", lambda name: "3")
    (sentence,) = Sweep(plan, tmp_path).reservations
    assert sentence.count("numpy 1") == sentence.count("numpy 2") == 1


def test_a_folder_that_cannot_be_begun_does_not_stay(
    tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(record, "append_line", full)
    with pytest.raises(InputError, match="no space left"):
        done(Sweep(plan, tmp_path / "new" / "results"))
    assert not list(tmp_path.iterdir())


def test_a_disk_without_locks_is_refused(
    tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(*args: object, **options: object) -> None:
        raise NotImplementedError

    monkeypatch.setattr("filelock.FileLock.acquire", cannot)
    with pytest.raises(InputError, match="choose a folder on another disk"):
        done(Sweep(plan, tmp_path / "results"))
    assert not list(tmp_path.iterdir())


def test_a_record_without_versions_is_gone_on_with(tmp_path: Path, plan: Plan) -> None:
    with closing(Sweep(plan, tmp_path).run()) as running:
        for _ in range(2):
            next(running)
    lines = (tmp_path / "rows.jsonl").read_text().splitlines()
    older = [line for line in lines if not line.startswith('{"made_with"')]
    assert len(older) == len(lines) - 1
    (tmp_path / "rows.jsonl").write_text("\n".join([*older, ""]))
    again = Sweep(plan, tmp_path)
    (sentence,) = again.reservations
    assert "measured with versions that were not recorded, the others will be with" in sentence
    assert done(again).resumed == 1


def test_transport_depends_on_more_packages(plan: Plan) -> None:
    asked = replace(plan, choice=replace(plan.choice, groups=("transport",)))
    names = {"napari-assb-twin", "numpy", "scipy", "torch", "taufactor"}
    assert set(made_with.versions_for(asked)) == names
    on_cuda = replace(plan, choice=replace(plan.choice, device="cuda"))
    assert set(made_with.versions_for(on_cuda)) == names - {"taufactor"}


def test_failures_are_rows(tmp_path: Path, plan: Plan) -> None:
    """Some corners of the ranges leave nothing for the electrolyte."""
    steps = {"low": 0.1, "high": 0.7, "steps": 2}
    corners = replace(
        plan,
        varied=(
            Varied(parameter="pore", **steps),
            Varied(parameter="active_material", **steps),
        ),
        design="grid",
        points=None,
        realisations=1,
    )
    assert done(Sweep(corners, tmp_path)).failed == 1
    found = pandas.read_parquet(tmp_path / "results.parquet")
    assert found["error"].notna().tolist() == [False, False, False, True]
    assert "pore and active_material are 0.7 and 0.7, 1 or more together" in found["error"][3]
    assert found.iloc[3, 7:].isna().all()
    assert found.iloc[:3, 7:].notna().all(axis=None)


def test_whatever_goes_wrong_is_said_and_tried_again_if_asked(
    tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch, expected: pandas.DataFrame
) -> None:
    from napari_assb_twin.scenarios import row

    real = row.describe

    def failing(*given: Any) -> Any:
        raise RuntimeError("the solver broke")

    monkeypatch.setattr(row, "describe", failing)
    assert done(Sweep(plan, tmp_path)).failed == 6
    errors = pandas.read_csv(tmp_path / "results.csv")["error"]
    assert set(errors) == {"RuntimeError: the solver broke"}
    monkeypatch.setattr(row, "describe", real)
    assert done(Sweep(plan, tmp_path)).failed == 6
    assert done(Sweep(plan, tmp_path, SweepOptions(retry=True))).failed == 0
    same(pandas.read_parquet(tmp_path / "results.parquet"), expected)


def test_an_interrupt_leaves_what_is_measured(
    tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(plan: Plan, key: Key) -> Row:
        if key == (3, 1):
            raise KeyboardInterrupt
        return measured_row(plan, key)

    monkeypatch.setattr(run, "measured_row", interrupted)
    with pytest.raises(KeyboardInterrupt):
        done(Sweep(plan, tmp_path))
    assert {row.key for row in Sweep(plan, tmp_path).rows} == {(1, 1), (2, 1)}


def test_what_does_not_fit_is_refused_before_anything_is_written(
    tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = replace(plan, twin=replace(plan.twin, grid=Grid(shape=(4000, 4000, 4000))))
    with pytest.raises(InputError, match=r"GiB of memory, but .* a smaller shape"):
        done(Sweep(large, tmp_path / "r"))

    class Usage:
        free = 1 << 10

    monkeypatch.setattr(estimate.shutil, "disk_usage", lambda _: Usage)
    with pytest.raises(InputError, match="on the disk, but 0 MiB are free"):
        done(Sweep(plan, tmp_path / "r"))
    assert not (tmp_path / "r").exists()


def test_the_memory_of_an_open_window_is_that_of_its_torus(plan: Plan) -> None:
    """The largest of all variants; each is made on a torus larger than its box."""
    grid = Grid(shape=(48, 50, 52), window="open")
    opened = replace(plan, twin=replace(plan.twin, grid=grid), points=5)
    needed = {}
    for point in opened.design_points:
        twin = opened.variant(point, 0)
        keys = {name: FieldKey.of(twin, name) for name in FIELD_NAMES}
        tori = {name: key.torus.shape for name, key in keys.items()}
        spectra = kept_spectra_bytes((key.field, key.torus) for key in keys.values())
        needed[tori["X"]] = needed_bytes(grid.shape, tori, spectra)
    assert len(needed) > 1
    assert all(min(torus) > 52 for torus in needed)
    assert max(needed.values()) > 50 * 48 * 50 * 52  # more than measuring takes
    process = 300 << 20
    found = estimate.Estimate.of(opened, 1, at_once=1).memory_bytes
    assert found == process + max(needed.values())
    far = Varied(parameter="X.length_um", low=0.2, high=60.0, scale="log")
    reaching = replace(opened, varied=(far,), points=40)  # many have no open window
    assert estimate.Estimate.of(reaching, 1, at_once=1).memory_bytes > found
    periodic = replace(opened, twin=replace(opened.twin, grid=replace(grid, window="periodic")))
    found = estimate.Estimate.of(periodic, 1, at_once=1).memory_bytes
    assert found == process + 50 * 48 * 50 * 52


def test_scenarios_with_a_small_box_are_counted(tmp_path: Path, plan: Plan) -> None:
    assert Sweep(plan, tmp_path).reservations == ()
    long = Varied(parameter="X.length_um", low=0.2, high=1.5, steps=2)
    wide = replace(plan, varied=(long,), design="grid", points=None)
    (sentence,) = Sweep(wide, tmp_path).reservations
    assert sentence.startswith("In 1 of 2 scenarios the box is small")


def test_scenarios_without_a_twin_are_counted(tmp_path: Path, plan: Plan) -> None:
    ranges = (("pore", 0.1, 0.6), ("active_material", 0.2, 0.8))
    shares = tuple(Varied(parameter=n, low=low, high=high, steps=3) for n, low, high in ranges)
    job = Sweep(replace(plan, varied=shares, design="grid", points=None), tmp_path)
    (sentence,) = job.reservations
    assert sentence == (
        "In 3 of 9 scenarios there is no twin, as in scenario 6: pore and active_material are 0.35 "
        "and 0.8, 1 or more together, but the third phase needs a share, too; narrow their ranges."
    )


# --- processes -----------------------------------------------------------------------------------


def test_processes_measure_the_same_table(
    tmp_path: Path, plan: Plan, expected: pandas.DataFrame
) -> None:
    done(Sweep(plan, tmp_path, SweepOptions(workers=2)))
    same(pandas.read_parquet(tmp_path / "results.parquet"), expected)


def threads_of_libraries(plan: Plan, key: Key) -> Row:
    """As the error of its row; torch is loaded by now or never."""
    import torch
    from threadpoolctl import threadpool_info

    found = {one["internal_api"]: one["num_threads"] for one in threadpool_info()}
    return failed_row(plan, key, json.dumps(found | {"torch": torch.get_num_threads()}))


def test_processes_share_the_processors(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(workers.os, "cpu_count", lambda: 2)
    (row,) = workers.in_processes(threads_of_libraries, plan, plan.places()[:1], 2)
    found = json.loads(row.error or "")
    assert {"openblas", "torch"} <= set(found)
    assert set(found.values()) == {1}, found


def dies_at_first(plan: Plan, key: Key) -> Row:
    """Takes its process with it: always at (2, 1), the first time at (1, 1)."""
    mark = Path(os.environ["ASSB_TWIN_TEST_MARK"])
    if key == (2, 1) or (key == (1, 1) and not mark.exists()):
        if key == (1, 1):
            mark.touch()
        os._exit(9)
    return measured_row(plan, key)


def test_a_process_that_dies_costs_no_other_row(
    tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch, expected: pandas.DataFrame
) -> None:
    monkeypatch.setenv("ASSB_TWIN_TEST_MARK", str(tmp_path / "mark"))
    rows = list(workers.in_processes(dies_at_first, plan, plan.places(), 2))
    assert len(rows) == 6
    (failed,) = [row for row in rows if row.error]
    assert failed.key == (2, 1)
    assert "killed 2 times" in (failed.error or "")
    rest = table(row for row in rows if not row.error)
    kept = expected[(expected["scenario"] != 2) | (expected["realisation"] != 1)]
    same(rest, kept.reset_index(drop=True))


def test_leaving_a_sweep_ends_its_processes(tmp_path: Path, plan: Plan) -> None:
    import psutil

    before = set(psutil.Process().children(recursive=True))
    with closing(Sweep(plan, tmp_path, SweepOptions(workers=2)).run()) as running:
        seen = [next(running) for _ in range(2)]
        assert isinstance(seen[1], Progress)
    left = set(psutil.Process().children(recursive=True)) - before
    assert not [one for one in left if "spawn_main" in " ".join(one.cmdline())]
    assert len(json.loads((tmp_path / "plan.json").read_text())["vary"]) == 2
