"""Damaged files of every format are read or refused; the whole study has two thousand."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

STUDIES = Path(__file__).parents[1] / "studies"
NAMES = ("fuzz_seeds", "fuzz_files")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits the memory of a process")


@pytest.fixture(scope="module")
def study() -> Iterator[Any]:
    sys.path.insert(0, str(STUDIES))
    yield importlib.import_module("fuzz_files")
    sys.path.remove(str(STUDIES))
    for name in NAMES:
        sys.modules.pop(name, None)


def test_every_sound_file_is_read(study: Any, tmp_path: Path) -> None:
    """Otherwise its damages would show nothing."""
    from napari_assb_twin.images.reading import read_image

    for name in study.SEEDS:
        image = read_image(study.fresh(tmp_path / "one", name))
        assert image.array.shape in ((6, 40, 48), (40, 48)), name


def test_a_number_makes_the_same_file_again(study: Any, tmp_path: Path) -> None:
    for seed in (3, 40, 77):
        name, path = study.damaged(tmp_path / "one", seed)
        again, other = study.damaged(tmp_path / "other", seed)
        assert (name, path.name) == (again, other.name)
        for file in path.parent.rglob("*"):
            twin = other.parent / file.relative_to(path.parent)
            if file.is_file():
                assert file.read_bytes() == twin.read_bytes()


def test_damaged_files_are_read_or_refused_with_one_sentence(study: Any) -> None:
    found = study.run(range(100), seconds=60.0)
    assert [one for one in found if one[2] not in ("read", "refused")] == []
    assert {one[2] for one in found} == {"read", "refused"}
