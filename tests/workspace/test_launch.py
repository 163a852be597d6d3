"""Opening from scripts and for pictures, in processes of their own where the screen matters."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from napari_assb_twin.twin.twin_file import save_twin

CORE = (
    "napari_assb_twin, napari_assb_twin.twin.synthesis, napari_assb_twin.twin.exact, "
    "napari_assb_twin.measure.coverage, napari_assb_twin.calibration.least_squares, "
    "napari_assb_twin.images.reading, napari_assb_twin.images.labels, "
    "napari_assb_twin.export.geodict, napari_assb_twin.export.tiff, napari_assb_twin.cli"
)


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if value} | environment
    env = {key: value for key, value in env.items() if value}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=env, timeout=300
    )


def test_nothing_below_the_workspace_imports_qt():
    code = (
        f"import sys; import {CORE}; "
        "bad = [m for m in sys.modules if m.split('.')[0] in "
        "('qtpy', 'PyQt5', 'PyQt6', 'PySide6', 'napari', 'magicgui', 'superqt', 'vispy', 'npe2')]; "
        "print(bad); sys.exit(bool(bad))"
    )
    done = run(code)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="DISPLAY is an X11 word")
def test_without_a_screen_one_sentence():
    code = (
        "from napari_assb_twin.workspace.launch import check_screen\n"
        "from napari_assb_twin.errors import InputError\n"
        "try: check_screen()\n"
        "except InputError as error: print(error)"
    )
    done = run(code, DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
    assert "xvfb-run" in done.stdout, done.stderr
    assert done.stdout.count("\n") == 1


def test_without_a_binding_one_sentence():
    code = (
        "import sys\n"
        "for name in ('PyQt5', 'PyQt6', 'PySide2', 'PySide6'): sys.modules[name] = None\n"
        "from napari_assb_twin.workspace.launch import check_screen\n"
        "from napari_assb_twin.errors import InputError\n"
        "try: check_screen()\n"
        "except InputError as error: print(error)"
    )
    done = run(code, QT_API="")
    assert "pip install" in done.stdout, done.stderr


def test_a_picture_of_the_window(tmp_path, small_twin):
    path = save_twin(small_twin, tmp_path / "small.twin.json")
    code = (
        "from pathlib import Path\n"
        "from napari_assb_twin.workspace.launch import run_view\n"
        f"raise SystemExit(run_view([{str(path)!r}], Path({str(tmp_path / 'window.png')!r})))"
    )
    done = run(code)
    assert done.returncode == 0, done.stderr
    from PIL import Image

    with Image.open(tmp_path / "window.png") as picture:
        assert picture.size[0] >= 1000
        assert len(set(picture.convert("RGB").resize((64, 64)).getdata())) > 50


@pytest.mark.each_binding
def test_view_opens_files(tmp_path, small_twin, qtbot, monkeypatch, make_napari_viewer):
    from conftest import rest

    from napari_assb_twin.workspace import adapter, launch

    monkeypatch.setattr(adapter, "new_viewer", lambda *, show, title: make_napari_viewer())
    path = save_twin(small_twin, tmp_path / "small.twin.json")
    _, widget = launch.view(files=[path], show=False)
    assert widget.controller.twin == small_twin
    rest(qtbot, widget)
    widget.shutdown()
