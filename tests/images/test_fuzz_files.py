"""Damaged files of every format are read or refused; the whole study has two thousand."""

from __future__ import annotations

import contextlib
import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

STUDIES = Path(__file__).parents[1] / "studies"
NAMES = ("fuzz_seeds", "fuzz_files")
MARKS = (".zarray", ".zattrs", ".zgroup")

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


@pytest.mark.parametrize("name", ["Zarr 2", "Zarr 3", "RAW and JSON"])
@pytest.mark.parametrize("instead", [None, "assb-twin-geodict", [], ["x"], {}, -1])
def test_metadata_with_values_of_another_kind(
    study: Any, tmp_path: Path, name: str, instead: Any
) -> None:
    """Each value of each JSON file in turn, the outermost one included."""
    from napari_assb_twin.errors import InputError
    from napari_assb_twin.images.reading import read_image

    path = study.fresh(tmp_path / "one", name)
    tried = 0
    for file in sorted(path.parent.rglob("*")):
        if not file.is_file() or (file.suffix != ".json" and file.name not in MARKS):
            continue
        sound = file.read_text()
        for changed in replaced(json.loads(sound), instead):
            file.write_text(json.dumps(changed))
            with contextlib.suppress(InputError):
                read_image(path)
            tried += 1
        file.write_text(sound)
    assert tried > 10


def replaced(value: Any, instead: Any) -> Iterator[Any]:
    """A JSON value with each of its parts replaced in turn."""
    yield instead
    parts: Any = value.items() if isinstance(value, dict) else ()
    for key, part in enumerate(value) if isinstance(value, list) else parts:
        for other in replaced(part, instead):
            copy = value.copy()
            copy[key] = other
            yield copy
