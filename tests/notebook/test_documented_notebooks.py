"""The notebooks of the documentation: what is stored, and that they run."""

from __future__ import annotations

import base64
import importlib.util
import io
import os
import re
import socket
import sys
from pathlib import Path
from types import ModuleType

import nbformat
import numpy as np
import pytest
from nbformat import NotebookNode
from PIL import Image

DOCS = Path(__file__).parents[2] / "docs"
NAMES = ("explore", "desktop")
MACHINE = re.compile(
    r"site-packages|/home/|/root|/tmp|/usr/|/opt/|/Users/|[A-Z]:\\\\|0x[0-9a-f]{6,}"
)
LARGEST_PICTURE = 200_000


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """``docs/make_notebooks.py`` as a module."""
    spec = importlib.util.spec_from_file_location("make_notebooks", DOCS / "make_notebooks.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_notebooks"] = module
    spec.loader.exec_module(module)
    return module


def stored(name: str) -> NotebookNode:
    return nbformat.read(DOCS / "notebooks" / f"{name}.ipynb", as_version=4)


def pictures(node: NotebookNode) -> list[np.ndarray]:
    """The pictures among the outputs."""
    found = []
    for content in picture_files(node):
        with Image.open(io.BytesIO(content)) as picture:
            found.append(np.asarray(picture.convert("RGB")))
    return found


def picture_files(node: NotebookNode) -> list[bytes]:
    data = [one.get("data", {}) for one in outputs(node)]
    return [base64.b64decode(one["image/png"]) for one in data if "image/png" in one]


def outputs(node: NotebookNode) -> list[NotebookNode]:
    return [one for cell in node.cells for one in cell.get("outputs", [])]


def words(node: NotebookNode) -> str:
    """All text among the outputs."""
    texts = [
        one.get("text", "") or one.get("data", {}).get("text/plain", "") for one in outputs(node)
    ]
    return "\n".join(texts)


def reds(picture: np.ndarray) -> float:
    """Share of the pixels in a red like that of the active material."""
    red, green, blue = (picture[..., i].astype(int) for i in range(3))
    return float(((red > 120) & (green < 80) & (blue < 80)).mean())


@pytest.mark.parametrize("name", NAMES)
def test_what_is_stored_is_what_the_script_writes(name, script):
    node = stored(name)
    nbformat.validate(node)
    expected = script.notebook(name)
    assert [(cell.cell_type, cell.source, cell.id) for cell in node.cells] == [
        (cell.cell_type, cell.source, cell.id) for cell in expected.cells
    ]
    assert node.metadata.kernelspec == expected.metadata.kernelspec


@pytest.mark.parametrize("name", NAMES)
def test_what_is_stored_was_executed_and_tells_nothing_of_its_machine(name):
    node = stored(name)
    code = [cell for cell in node.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert all(not cell.metadata for cell in node.cells)
    assert {one.output_type for one in outputs(node)} <= {"execute_result", "stream"}
    text = (DOCS / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8")
    text = re.sub(r'"image/png": "[^"]*"', "", text)
    assert not MACHINE.search(text)
    assert str(Path.home()) not in text
    assert socket.gethostname() not in text
    assert set(node.metadata) == {"kernelspec", "language_info"}
    files = picture_files(node)
    assert files
    assert max(map(len, files)) < LARGEST_PICTURE


def test_the_inline_notebook_runs_without_a_screen(script, tmp_path):
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "QT_API")
    environment = {key: value for key, value in os.environ.items() if key not in hidden}
    node = script.executed("explore", tmp_path, environment)
    first, second = pictures(node)
    assert first.shape == second.shape
    assert (first != second).mean() > 0.1  # a quarter are pores now
    assert reds(first) > 0.15
    assert "(128, 128, 128) uint8" in words(node)
    assert "'pore': 0.25" in words(node)
    assert "smoothness is 0.1; it must be 0.5 or more" in words(node)
    assert words(node) == words(stored("explore"))


@pytest.mark.skipif(
    sys.platform == "linux" and not os.environ.get("DISPLAY"),
    reason="there is no screen (DISPLAY is not set); run behind xvfb-run -a",
)
def test_the_desktop_notebook_opens_the_window(script, tmp_path):
    node = script.executed("desktop", tmp_path)
    (window,) = pictures(node)
    assert window.shape[1] == script.WIDEST
    assert reds(window) > 0.05  # the active material, in 3D
    assert "pore=0.2" in words(node)
    assert words(node).strip().endswith("True")
    assert not [one for one in outputs(node) if one.output_type == "error"]
