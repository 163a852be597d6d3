"""What is imported by what: the package is light, and nothing below the workspace knows Qt."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import napari_assb_twin

PACKAGE = Path(napari_assb_twin.__file__).parent
SCREEN = {
    *("napari", "qtpy", "PyQt5", "PyQt6", "PySide2", "PySide6", "sip"),
    *("magicgui", "superqt", "vispy", "pytestqt"),
}
SHARED = {"colours", "edits", "history", "lags", "scales"}
"""Values of the workspace that the notebook uses, too: they know no widget."""

HEAVY = {
    *(*SCREEN, "torch", "matplotlib", "numba", "scipy", "skimage", "tifffile", "PIL"),
    *("pandas", "pyarrow"),
}


def loaded_after(code: str) -> set[str]:
    """Top-level modules that a fresh interpreter holds after running the code."""
    code += "\nimport sys\nprint('\\n'.join({m.partition('.')[0] for m in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def core_files() -> list[Path]:
    rooms = {"workspace", "notebook"}
    files = PACKAGE.rglob("*.py")
    return [path for path in files if path.relative_to(PACKAGE).parts[0] not in rooms]


def notebook_files() -> list[Path]:
    return list((PACKAGE / "notebook").glob("*.py"))


def imported(path: Path) -> list[str]:
    """Modules that a file names, within functions too."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
    return names


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_importing_the_package_imports_nothing_heavy() -> None:
    assert not loaded_after("import napari_assb_twin") & HEAVY


def test_calibrating_by_least_squares_does_not_wait_for_torch() -> None:
    assert "torch" not in loaded_after("import napari_assb_twin.methods, napari_assb_twin.cli")


def test_a_window_does_not_wait_for_torch() -> None:
    loaded = loaded_after("import napari_assb_twin.workspace.widget")
    assert "torch" not in loaded
    assert "napari" in loaded
    late = "from napari_assb_twin.workspace.torch_import import import_torch\nimport_torch()\n"
    assert "torch" in loaded_after(f"{late}import gc\nassert gc.isenabled()")


def test_importing_everything_below_the_workspace_brings_no_screen() -> None:
    names = [module_name(path) for path in core_files() if path.name != "__main__.py"]
    assert len(names) > 30
    loaded = loaded_after("\n".join(f"import {name}" for name in names))
    assert "torch" in loaded  # the test sees what is loaded
    assert not loaded & SCREEN


def test_nothing_below_the_workspace_names_a_screen() -> None:
    """Imports within functions too."""
    for path in core_files():
        assert not {name.partition(".")[0] for name in imported(path)} & SCREEN, path


def test_the_notebook_knows_ipywidgets_and_no_screen() -> None:
    names = [module_name(path) for path in notebook_files()]
    loaded = loaded_after("\n".join(f"import {name}" for name in names))
    assert {"magicgui", "ipywidgets"} <= loaded
    assert not loaded & (SCREEN - {"magicgui"})
    for path in notebook_files():
        for name in imported(path):
            assert name.partition(".")[0] not in SCREEN - {"magicgui"}, path
            if name.startswith("napari_assb_twin.workspace"):
                assert name.rpartition(".")[2] in SHARED, f"{path} imports {name}"


def test_arrows_run_down() -> None:
    """command, workspace -> report -> calibration, export, images -> measure -> twin."""
    below = {
        "twin": {"twin"},
        "measure": {"measure", "twin"},
        "comparison": {"comparison", "twin"},
        "calibration": {"calibration", "measure", "twin"},
        "training": {"training", "calibration", "measure", "twin"},
        "images": {"images", "measure", "twin"},
        "descriptors": {"descriptors", "measure", "twin"},
        "export": {"export", "images", "measure", "twin"},
        "blocks": {"blocks", "export", "twin"},
        "report": {"report", "calibration", "images", "measure", "twin"},
        "scenarios": {"scenarios", "blocks", "descriptors", "export", "measure", "twin"},
        "surrogates": {"surrogates", "descriptors", "report", "scenarios", "measure", "twin"},
        "validation": {
            *("validation", "report", "calibration", "comparison", "descriptors"),
            *("measure", "twin"),
        },
        "session": {"session", "images", "measure", "twin"},
    }
    for layer, allowed in below.items():
        for path in (PACKAGE / layer).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.ImportFrom) or not node.module:
                    continue
                own, _, rest = node.module.partition(".")
                target = rest.partition(".")[0]
                if own == PACKAGE.name and (PACKAGE / target).is_dir():
                    assert target in allowed, f"{path} imports {node.module}"


@pytest.mark.parametrize("name", [n for n in napari_assb_twin.__all__ if n != "view"])
def test_public_names_are_there(name: str) -> None:
    assert getattr(napari_assb_twin, name) is not None
    assert name in dir(napari_assb_twin)


def test_the_names_of_the_contract_are_public() -> None:
    assert {
        *("load_twin", "save_twin", "generate", "coverage", "estimate_coverage"),
        *("calibrate", "export_geodict", "view"),
    } <= set(napari_assb_twin.__all__)
    with pytest.raises(AttributeError, match="nonsense"):
        _ = napari_assb_twin.nonsense
