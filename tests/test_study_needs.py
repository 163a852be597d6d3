"""What a study needs that is not installed with the package is said in a sentence."""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def study():
    path = ROOT / "tests" / "studies" / "side_by_side.py"
    spec = importlib.util.spec_from_file_location("side_by_side", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_is_missing_is_named(study, monkeypatch) -> None:
    monkeypatch.setattr(study, "find_spec", lambda name: None if name != "openpnm" else object())
    monkeypatch.setattr(sys, "argv", ["side_by_side.py"])
    with pytest.raises(SystemExit) as stopped:
        study.main()
    assert stopped.value.code == ('Not installed: PoreSpy, PyAMG; write: pip install -e ".[bench]"')


def test_the_extra_installs_what_is_needed(study) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(study.NEEDED) <= set(project["optional-dependencies"]["bench"])
