"""Fixtures of the whole suite; its exact answers and helpers are in ``reference.py``."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

if "PYTEST_XDIST_WORKER" in os.environ:  # before torch: threads of two workers wait for each other
    os.environ.setdefault("OMP_NUM_THREADS", "1")

from reference import DATA


@pytest.fixture
def real_data() -> Callable[[str], Path]:
    """A real image by its name below ``../shared/data``; skips where it is not there."""

    def find(name: str) -> Path:
        path = DATA / name
        if not path.exists():
            pytest.skip(f"the real image {name} is not beside this checkout")
        return path

    return find


@pytest.fixture(autouse=True)
def _no_presets_of_this_user(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests neither see nor touch the presets of whoever runs them."""
    monkeypatch.setenv("ASSB_TWIN_PRESETS", str(tmp_path_factory.getbasetemp() / "no-presets"))
