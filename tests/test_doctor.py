"""The report on a machine: complete, honest about CUDA, and readable."""

from __future__ import annotations

import json

import pytest

from napari_assb_twin import doctor
from napari_assb_twin.cli import main
from napari_assb_twin.twin import synthesis
from napari_assb_twin.twin.cpu_backend import CpuBackend
from napari_assb_twin.twin.torch_backend import TorchBackend


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("napari_assb_twin.twin.device.nvidia_driver_present", lambda: False)


def test_without_a_gpu_the_cpu_is_timed_and_cuda_is_said_to_be_missing(no_gpu: None) -> None:
    report = doctor.examine(edge=80)
    assert report["auto"] == "cpu"
    assert list(report["devices"]) == ["cpu"]
    assert all(milliseconds > 0 for milliseconds in report["devices"]["cpu"].values())
    assert "No CUDA device" in report["cuda"]
    assert report["libraries"]["numpy"]
    json.dumps(report, allow_nan=False)


@pytest.mark.parametrize(("shift", "verdict"), [(0, "as it should be"), (1, "TOO MANY")])
def test_with_a_gpu_its_labels_are_held_against_the_cpu(
    monkeypatch: pytest.MonkeyPatch, shift: int, verdict: str
) -> None:
    """Torch on the CPU stands in for CUDA; a device that labels wrongly is found out."""

    class StandIn(TorchBackend):
        def label(self, x, y, rule):
            labels, counts = super().label(x, y, rule)
            return (labels + shift) % 3, counts

    monkeypatch.setattr(
        synthesis, "choose_backend", lambda name: CpuBackend() if name == "cpu" else StandIn("cpu")
    )
    report = doctor.examine(edge=80)
    assert list(report["devices"]) == ["cpu", "cuda"]
    assert (report["devices"]["cuda"]["differing_labels"] < 1e-5) == (shift == 0)
    assert any(verdict in line for line in doctor.describe(report))


def test_the_command_prints_lines_or_one_object(
    no_gpu: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    small = doctor.examine
    monkeypatch.setattr(doctor, "examine", lambda: small(edge=80))
    assert main(["doctor"]) == 0
    assert "numpy" in capsys.readouterr().out
    assert main(["doctor", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["edge"] == 80
