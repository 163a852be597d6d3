"""One function and one command for the exact fit and for the three trainings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from reference import exact_data, recovery_twin, sections

import napari_assb_twin as nat
from napari_assb_twin.calibration.fitted import Fitted
from napari_assb_twin.calibration.model_names import TRAINING_METHODS
from napari_assb_twin.calibration.progress import Progress
from napari_assb_twin.calibration.result import CalibrationResult
from napari_assb_twin.cli import main
from napari_assb_twin.errors import InputError

Sections = dict[str, list[np.ndarray]]


@pytest.fixture(scope="module")
def data() -> Sections:
    twin = recovery_twin()
    return {
        plane: sections(twin, plane, range(s, s + 2), 128) for plane, s in (("xy", 0), ("yz", 9))
    }


def fitted(data: Sections, **options: object) -> CalibrationResult:
    return nat.calibrate(data, voxel_size_um=1.0, **{"bootstrap": 0, **options})


@pytest.mark.parametrize("method", TRAINING_METHODS)
def test_a_training_goes_on_from_the_exact_fit(data: Sections, method: str) -> None:
    told: list[Progress] = []
    result = fitted(data, method=method, training={"steps": 3}, on_progress=told.append)
    exact = fitted(data)
    assert (exact.fit.method, result.fit.method) == ("coverage", method)
    record = result.twin.provenance["training"]
    assert record["before"]["misfit"] == pytest.approx(exact.fit.rms)
    assert record["after"]["misfit"] == pytest.approx(result.fit.rms)
    assert record["steps_taken"] == 3
    assert record["device"] in ("cpu", "cuda")
    assert result.twin.X != exact.twin.X
    assert Fitted(result.twin).rms(exact_data(recovery_twin())) < 0.03
    assert [one.step for one in told if one.message.endswith("step 3 of 3")][-1] == 2


def test_a_trained_twin_is_judged_and_has_errors(data: Sections) -> None:
    plan = {"xy": data["xy"]}
    result = fitted(plan, method="simulated-coverage", training={"steps": 2}, bootstrap=2)
    for name in ("before", "after"):
        judgement = result.findings["training"][name]
        assert judgement["z"] > 0
        assert 0 < judgement["critic"]["plan"]["accuracy"] < 1
    assert result.uncertainty["X.length_um"] > 0
    assert result.twin.uncertainty == result.uncertainty


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"method": "magic"}, "method is 'magic'; it must be one of coverage, simulated-coverage"),
        ({"training": {"steps": 3}}, "The method coverage has no steps"),
        ({"time_limit_s": 3.0}, "The method coverage has no time limit"),
        ({"method": "combined", "training": {"stepps": 3}}, "no option 'stepps'; it has"),
        ({"method": "combined", "time_limit_s": 0.0}, "must be positive"),
        ({"method": "combined", "training": {"start": "best"}}, "start is 'best'"),
        ({"method": "combined", "segmentation_error": True}, "with the method coverage"),
    ],
)
def test_what_does_not_go_together_is_said(
    data: Sections, options: dict[str, object], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        fitted(data, **options)


@pytest.fixture
def files(data: Sections, tmp_path: Path) -> list[str]:
    arguments = ["--voxel-size-um", "1", "--bootstrap", "0"]
    for plane, images in data.items():
        for number, image in enumerate(images):
            tifffile.imwrite(tmp_path / f"{plane}{number}.tif", image)
            arguments += [f"--{plane}", str(tmp_path / f"{plane}{number}.tif")]
    return arguments


def calibrate(*arguments: object) -> int:
    return main(["calibrate", *map(str, arguments)])


def test_the_command_goes_on_from_a_checkpoint(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run.checkpoint"
    training = ("--method", "simulated-coverage", "--steps", 4)
    whole, limited, continued = (tmp_path / f"{name}.twin.json" for name in "abc")
    assert calibrate(*files, *training, "-o", whole) == 0
    kept = ("--checkpoint", run)
    assert calibrate(*files, *training, *kept, "--time-limit", 1e-9, "-o", limited) == 0
    assert nat.load_twin(limited).provenance["training"]["finished"] is False
    assert calibrate(*files, *training, *kept, "-o", continued) == 0
    assert nat.load_twin(continued) == nat.load_twin(whole)
    before = run.read_bytes()
    other = (*training[:2], "--steps", 5)
    assert calibrate(*files, *other, *kept, "-o", tmp_path / "d.twin.json") == 2
    told = capsys.readouterr().err.strip().splitlines()[-1]
    assert told.startswith("assb-twin: run.checkpoint is a checkpoint of another run: steps differ")
    assert run.read_bytes() == before
    assert not (tmp_path / "d.twin.json").exists()


def test_the_command_says_that_it_was_interrupted(
    files: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("napari_assb_twin.calibration.run.lag_data", interrupted)
    assert calibrate(*files, "-o", tmp_path / "a.twin.json") == 130
    assert capsys.readouterr().err.strip().endswith("assb-twin: stopped")
    assert not list(tmp_path.glob("*.json"))
