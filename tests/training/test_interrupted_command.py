"""Ctrl-C in the command keeps the steps that were taken, and the next call goes on from them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import tifffile
import torch
from reference import recovery_twin, sections

import napari_assb_twin as nat

TELLING = """
import os, signal, sys, time
from napari_assb_twin import cli
from napari_assb_twin.commands.output import ProgressBar

def tell(self, progress):
    print(progress.message, flush=True)
    if os.environ.get("WAIT_AT", "nowhere") in progress.message:
        time.sleep(60)

ProgressBar.__call__ = tell
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
sys.exit(cli.main(sys.argv[1:]))
"""
"""The command, with its progress on stdout, where a test can read it; it may wait there."""

STEPS = 8


@pytest.fixture(scope="module")
def arguments(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder, twin = tmp_path_factory.mktemp("sections"), recovery_twin()
    told = ["calibrate", "--voxel-size-um", "1", "--bootstrap", "0"]
    told += ["--first-phase", "active_material", "--method", "combined"]
    told += ["--width", "8", "--steps", str(STEPS)]
    for plane in ("xy", "yz"):
        (image,) = sections(twin, plane, [1], 96)
        tifffile.imwrite(folder / f"{plane}.tif", image)
        told += [f"--{plane}", str(folder / f"{plane}.tif")]
    return told


def command(*arguments: object, wait_at: str = "nowhere") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", TELLING, *map(str, arguments)],
        env={**os.environ, "WAIT_AT": wait_at},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_an_interrupted_command_goes_on(arguments: list[str], tmp_path: Path) -> None:
    run, out = tmp_path / "run.checkpoint", tmp_path / "a.twin.json"
    kept = ("--checkpoint", run, "-o", out)
    third = f"step 3 of {STEPS}"
    with command(*arguments, *kept, wait_at=third) as child:
        for line in child.stdout:
            if third in line:
                child.send_signal(signal.SIGINT)
                break
        error = child.communicate()[1]
    assert child.returncode == 130
    assert error.strip().endswith("assb-twin: stopped")
    assert [one.name for one in tmp_path.iterdir()] == [run.name]
    steps = len(torch.load(run, weights_only=True)["state"]["losses"])
    assert 3 <= steps < STEPS
    with command(*arguments, *kept) as child:
        told = child.communicate()[0]
    assert child.returncode == 0
    assert "Going on from run.checkpoint" in told
    assert f"step {steps} of" not in told
    whole = tmp_path / "b.twin.json"
    with command(*arguments, "-o", whole) as child:
        child.communicate()
    assert nat.load_twin(out) == nat.load_twin(whole)
