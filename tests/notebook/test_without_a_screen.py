"""The inline panel needs no screen; and it leaves magicgui's choice of widgets as it was."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import napari_assb_twin as nat
from napari_assb_twin.notebook.backend import fields_of_the_notebook

SCREEN = "('napari', 'qtpy', 'PyQt5', 'PyQt6', 'PySide2', 'PySide6', 'sip', 'superqt', 'vispy')"
SMALL = (
    "from dataclasses import replace\n"
    "import napari_assb_twin as nat\n"
    "twin = replace(nat.preset('pressed'), grid=nat.Grid(shape=(32, 32, 32)))\n"
)

needs_screen = pytest.mark.skipif(
    sys.platform == "linux" and not os.environ.get("DISPLAY"),
    reason="there is no screen (DISPLAY is not set); run behind xvfb-run -a",
)


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter; an empty value takes a variable out of its environment."""
    env = {key: value for key, value in (os.environ | environment).items() if value}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=env, timeout=300
    )


def test_sliders_move_on_a_server_without_a_screen():
    code = SMALL + (
        "explorer = nat.explore(twin, plane='yz')\n"
        "for path, row in explorer.panel.rows.items():\n"
        "    before = explorer.panel.section.value, explorer.panel.curves.value\n"
        "    row.slider.native.value = 321\n"
        "    assert explorer.twin.value(path) == row.scale.value_at(321), path\n"
        "    assert (explorer.panel.section.value, explorer.panel.curves.value) != before, path\n"
        "assert explorer._repr_mimebundle_()['image/png']\n"
        "import sys\n"
        "assert 'ipywidgets' in sys.modules\n"
        f"print([m for m in sys.modules if m.split('.')[0] in {SCREEN}])\n"
    )
    done = run(code, DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="", QT_API="")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_pictures_do_not_touch_pyplot():
    done = run(SMALL + "nat.explore(twin)\nimport sys\nprint('matplotlib.pyplot' in sys.modules)")
    assert done.stdout.strip() == "False", done.stderr


def test_without_ipywidgets_one_sentence():
    code = SMALL + (
        "import sys\n"
        "sys.modules['ipywidgets'] = None\n"
        "try: nat.explore(twin)\n"
        "except nat.InputError as error: print(error)"
    )
    done = run(code)
    assert "pip install 'napari-assb-twin[notebook]'" in done.stdout, done.stderr
    assert done.stdout.count("\n") == 1


@needs_screen
def test_magicgui_builds_qt_widgets_after_the_panel(qapp):
    from magicgui.widgets import ComboBox
    from qtpy.QtWidgets import QComboBox

    explorer = nat.explore()
    field = ComboBox(choices=("a", "b"))
    assert isinstance(field.native, QComboBox)
    field.close()
    move = explorer.panel.rows["pore"].slider.native
    move.value = 400
    assert explorer.twin.volume_fractions.pore == explorer.panel.rows["pore"].scale.value_at(400)
    explorer.close()


@needs_screen
def test_the_choice_is_given_back_when_building_fails(qapp):
    from magicgui.widgets import Label
    from qtpy.QtWidgets import QLabel

    def fail() -> None:
        with fields_of_the_notebook():
            assert not isinstance(Label(value="inline").native, QLabel)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert isinstance(Label(value="window").native, QLabel)
