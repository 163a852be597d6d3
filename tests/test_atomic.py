"""Files and folders appear whole or not at all."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from napari_assb_twin.atomic import (
    check_writable,
    put_in_place,
    whole_file,
    whole_folder,
)
from napari_assb_twin.errors import InputError


def tree(folder: Path) -> dict[str, str | None]:
    return {
        str(path.relative_to(folder)): None if path.is_dir() else path.read_text()
        for path in sorted(folder.rglob("*"))
    }


def write_half(path: Path, error: BaseException) -> None:
    with whole_file(path) as aside:
        aside.write_text("half")
        raise error


def fill(
    folder: Path,
    *names: str,
    stale: tuple[str, ...] = (),
    kept: tuple[Path, ...] = (),
    error: BaseException | None = None,
) -> None:
    with whole_folder(folder, stale=stale, kept=kept) as aside:
        for name in names:
            (aside / name).parent.mkdir(exist_ok=True)
            (aside / name).write_text("new")
        if error is not None:
            raise error


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "a.json"
    target.write_text("old")
    with whole_file(target) as aside:
        assert aside.parent == tmp_path
        assert aside.suffix == ".json"
        aside.write_text("new")
        assert target.read_text() == "old"
    assert tree(tmp_path) == {"a.json": "new"}


def test_a_file_gets_the_usual_permissions(tmp_path: Path) -> None:
    (tmp_path / "usual").write_text("")
    with whole_file(tmp_path / "a") as aside:
        aside.write_text("new")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_file_that_nothing_was_written_to_does_not_take_the_place_of_another(
    tmp_path: Path,
) -> None:
    (tmp_path / "figure").write_text("old")
    with pytest.raises(InputError, match="nothing was written to"), whole_file(tmp_path / "figure"):
        pass
    assert tree(tmp_path) == {"figure": "old"}


def test_a_link_keeps_pointing_at_the_file_written(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link.txt").symlink_to(tmp_path / "real" / "a.txt")
    with whole_file(tmp_path / "link.txt") as aside:
        aside.write_text("new")
    assert (tmp_path / "link.txt").is_symlink()
    assert tree(tmp_path / "real") == {"a.txt": "new"}


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError, InputError])
def test_nothing_is_left_of_a_file_that_failed(tmp_path: Path, error: type[BaseException]) -> None:
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(error):
        write_half(tmp_path / "a.txt", error())
    assert tree(tmp_path) == {"a.txt": "old"}


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "no space left on device); free some space"),
        (errno.EROFS, "read-only file system); choose a folder that you may write to"),
        (errno.EIO, "input/output error); choose another folder"),
    ],
)
def test_a_write_error_says_what_happened(tmp_path: Path, number: int, words: str) -> None:
    with pytest.raises(InputError) as caught:
        write_half(tmp_path / "a.txt", OSError(number, os.strerror(number)))
    assert words in str(caught.value)
    assert "a.txt" in str(caught.value)
    assert tree(tmp_path) == {}
    with pytest.raises(InputError, match="cannot be written"):
        fill(tmp_path / "a" / "b", "c", error=OSError(number, os.strerror(number)))
    assert tree(tmp_path) == {}


@pytest.mark.skipif(
    sys.platform == "win32", reason="no limit on file sizes to simulate a full disk"
)
def test_a_full_disk(tmp_path: Path) -> None:
    """A limit on the size of files stands for the full disk: numpy then raises without errno."""
    code = """
import resource, sys
import numpy as np
from napari_assb_twin.errors import InputError
from napari_assb_twin.export.tiff import write_tiff
from napari_assb_twin.export.geodict import export_geodict
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))
volume = np.zeros((50, 50, 50), np.uint8)
path = sys.argv[1] + "/new"
for write, values in ((write_tiff, (path, volume)), (export_geodict, (volume, path))):
    try:
        write(*values, voxel_size_um=0.1)
    except InputError as error:
        print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    assert len(lines) == 2
    assert all("cannot be written" in line and "free some space" in line for line in lines)
    assert tree(tmp_path) == {}


def test_where_a_file_cannot_go(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path, words in (
        (tmp_path / "none" / "a.txt", "does not exist"),
        (tmp_path / "file" / "a.txt", "does not exist"),
        (tmp_path, "is a folder"),
    ):
        with pytest.raises(InputError, match=words), whole_file(path):
            pytest.fail("the block must not run")


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="no device files here")
def test_a_device_is_not_replaced() -> None:
    with pytest.raises(InputError, match="not a regular file"), whole_file("/dev/null"):
        pytest.fail("the block must not run")


def test_a_folder_that_must_not_be_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbid(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", forbid)
    with pytest.raises(InputError, match="may write to"), whole_file(tmp_path / "a.txt"):
        pytest.fail("the block must not run")
    monkeypatch.setattr(Path, "mkdir", forbid)
    with pytest.raises(InputError, match="may write to"), whole_folder(tmp_path / "a"):
        pytest.fail("the block must not run")


def test_a_folder_is_filled_and_the_rest_stays(tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    for text in ("first", "second"):
        with whole_folder(out) as aside:
            (aside / "sub").mkdir()
            (aside / "sub" / f"{text}.txt").write_text(text)
            (aside / "a.txt").write_text(text)
        (out / "kept.txt").write_text("kept")
    assert tree(out) == {
        "a.txt": "second",
        "kept.txt": "kept",
        "sub": None,
        "sub/second.txt": "second",
    }


def test_stale_files_go_with_a_folder_that_is_whole(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for name in ("a.txt", "b.txt", "mine.txt"):
        (tmp_path / name).write_text("old")
    before = tree(tmp_path)
    stale = ("a.txt", "b.txt", "c.txt", "folder")
    with pytest.raises(KeyboardInterrupt):
        fill(tmp_path, "a.txt", stale=stale, error=KeyboardInterrupt())
    assert tree(tmp_path) == before
    fill(tmp_path, "a.txt", stale=stale)
    assert tree(tmp_path) == {"a.txt": "new", "folder": None, "mine.txt": "old"}


@pytest.mark.parametrize("read", ["a.txt", "stack/1.tif", "stack"])
def test_what_is_kept_is_not_replaced_nor_the_folder_it_lies_in(tmp_path: Path, read: str) -> None:
    (tmp_path / "stack").mkdir()
    for name in ("a.txt", "stack/1.tif", "mine.txt"):
        (tmp_path / name).write_text("old")
    before = tree(tmp_path)
    with pytest.raises(InputError, match="would be written over"):
        fill(tmp_path, "a.txt", "stack/2.tif", kept=(tmp_path / read,))
    assert tree(tmp_path) == before
    fill(tmp_path, "mine.txt", kept=(tmp_path / read,))
    assert tree(tmp_path) == before | {"mine.txt": "new"}


@pytest.mark.parametrize("exists", [False, True])
@pytest.mark.parametrize("error", [KeyboardInterrupt, InputError])
def test_nothing_is_left_of_a_folder_that_failed(
    tmp_path: Path, exists: bool, error: type[BaseException]
) -> None:
    out = tmp_path / "new" / "out"
    if exists:
        out.mkdir(parents=True)
        (out / "a.txt").write_text("old")
    before = tree(tmp_path)
    with pytest.raises(error):
        fill(out, "a.txt", "b.txt", error=error())
    assert tree(tmp_path) == before


def failing_once(
    monkeypatch: pytest.MonkeyPatch, number: int, error: BaseException, *, moved: bool
) -> None:
    """Let the rename of that number fail, before or right after something was moved."""
    replace, calls = Path.replace, iter(range(100))

    def failing(self: Path, target: Path) -> Path:
        fails = next(calls) == number
        if not fails or moved:
            replace(self, target)
        if fails:
            raise error
        return target

    monkeypatch.setattr(Path, "replace", failing)


FAILURES = [
    (OSError(errno.EIO, "Input/output error"), False, InputError),
    (KeyboardInterrupt(), False, KeyboardInterrupt),
    (KeyboardInterrupt(), True, KeyboardInterrupt),
]


@pytest.mark.parametrize(("error", "moved", "raised"), FAILURES)
@pytest.mark.parametrize("number", range(5))
def test_a_move_that_fails_undoes_the_others(
    tmp_path: Path,
    number: int,
    error: BaseException,
    moved: bool,
    raised: type[BaseException],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of a, c and new there are five moves: those of the older a and c, and of all three."""
    for name in ("a", "b", "c"):
        (tmp_path / name).write_text("old")
    failing_once(monkeypatch, number, error, moved=moved)
    with pytest.raises(raised):
        fill(tmp_path, "a", "c", "new")
    assert tree(tmp_path) == {"a": "old", "b": "old", "c": "old"}


@pytest.mark.parametrize(("error", "moved"), [failure[:2] for failure in FAILURES])
@pytest.mark.parametrize("number", range(2))
def test_an_older_store_outlives_an_interrupt(
    tmp_path: Path,
    number: int,
    error: BaseException,
    moved: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, text in (("store", "old"), ("aside", "new")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a").write_text(text)
    failing_once(monkeypatch, number, error, moved=moved)
    with pytest.raises(type(error)):
        put_in_place(tmp_path / "aside", tmp_path / "store")
    text = "new" if moved and number == 1 else "old"
    assert (tmp_path / "store" / "a").read_text() == text
    assert not list(tmp_path.glob(".part-*"))


def test_a_file_does_not_replace_a_folder_nor_a_folder_a_file(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="is a folder in the way"), whole_folder(tmp_path) as aside:
        (aside / "folder").write_text("new")
    with pytest.raises(InputError, match="is a file in the way"), whole_folder(tmp_path) as aside:
        (aside / "file").mkdir()
    with pytest.raises(InputError, match="is a file"), whole_folder(tmp_path / "file"):
        pytest.fail("the block must not run")
    for new, old, words in (("file", "folder", "is a folder"), ("folder", "file", "is a file")):
        with pytest.raises(InputError, match=words):
            put_in_place(tmp_path / new, tmp_path / old)
    assert tree(tmp_path) == {"file": "mine", "folder": None}


def test_what_cannot_be_written_is_told_before(tmp_path: Path) -> None:
    check_writable(tmp_path / "new")
    for path, words in ((tmp_path, "is a folder"), (tmp_path / "no" / "a", "does not exist")):
        with pytest.raises(InputError, match=words):
            check_writable(path)
    assert not list(tmp_path.iterdir())
