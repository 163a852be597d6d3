"""Windows are checked for leaks; a machine without a screen runs these behind xvfb-run."""

from __future__ import annotations

import gc
import os
from pathlib import Path

os.environ["NAPARI_STRICT_QT"] = "raise"  # 1 would only warn

from dataclasses import replace

import numpy as np
import pytest

from napari_assb_twin.images.draft import Data
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.synthesis import generate

PATIENCE_MS = 30_000


def pytest_configure(config: pytest.Config) -> None:
    """Tests that the gate runs on a second binding of Qt, with ``-m each_binding``.

    A binding can refuse a call that another one takes, so every panel, dialog and dock is opened,
    used and closed on each; tests that open no viewer cost little and are all among them.  What is
    left to one binding are further rules, numbers and sentences of a panel, memory and time.
    """
    config.addinivalue_line("markers", "each_binding: runs on every binding of Qt")


@pytest.hookimpl(tryfirst=True)  # marks are there when they are asked for
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of windows run one after another: they would take the keyboard from each other."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("window"))
            if "make_napari_viewer" not in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.each_binding)


@pytest.fixture(scope="module", autouse=True)
def _modules_are_no_garbage() -> None:
    """Whenever a layer goes napari looks for garbage: spare it what was there before the tests."""
    import napari.viewer  # noqa: F401

    import napari_assb_twin.workspace.widget  # noqa: F401

    gc.unfreeze()
    gc.collect()
    gc.freeze()


@pytest.fixture
def small_twin() -> Twin:
    """The demonstration twin in a small box."""
    twin = preset("pressed")
    return replace(twin, grid=replace(twin.grid, shape=(48, 48, 48)))


@pytest.fixture(scope="session")
def section_data() -> Data:
    """One synthetic cross-section of 128 x 128 pixels."""
    labels = generate(preset("pressed"), seed=3, device="cpu")
    image = np.ascontiguousarray(labels[:, 10, :])
    return Data((SectionStack("xz", (image,), (0.1, 0.1)),), ("synthetic",))


@pytest.fixture
def controller(qtbot):
    """A controller without a window, closed at the end."""
    from napari_assb_twin.workspace.controller import Controller

    one = Controller()
    yield one
    one.close()


@pytest.fixture
def workspace(make_napari_viewer, small_twin, qtbot):
    """A viewer with the workspace docked through the manifest, on a small box, at rest."""
    viewer = make_napari_viewer()
    _, widget = viewer.window.add_plugin_dock_widget("napari-assb-twin", "ASSB Twin workspace")
    widget.controller.adopt(small_twin, "small box")
    rest(qtbot, widget)
    yield widget
    widget.shutdown()
    qtbot.waitUntil(lambda: not widget.busy, timeout=PATIENCE_MS)


def rest(qtbot, widget) -> None:
    """Wait until the full volume of the current twin and its curves are drawn."""

    def at_rest() -> bool:
        realisation = widget.controller.realisation
        drawn = realisation is not None and realisation.twin == widget.controller.twin
        return drawn and not widget.busy

    qtbot.waitUntil(at_rest, timeout=PATIENCE_MS)
