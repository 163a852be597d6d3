"""Make the pictures of the documentation: drives the real window as the tutorial describes.

On a machine without a screen::

    xvfb-run -a -s "-screen 0 1920x1080x24" python docs/make_pictures.py

The cross-section of the tutorial is a simulated one (labels 0, 127, 254, no pixel size in the
file); ``--section IMG`` takes one of yours instead.
"""

from __future__ import annotations

import argparse
import contextlib
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from qtpy.QtWidgets import QApplication, QWidget

from napari_assb_twin.images.draft import Data
from napari_assb_twin.measure.sections import SectionStack, Volume
from napari_assb_twin.methods import calibrate
from napari_assb_twin.twin.parameters import Twin, VolumeFractions
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus
from napari_assb_twin.workspace.launch import view
from napari_assb_twin.workspace.picture import wait_until_drawn

PICTURES = Path(__file__).parent / "pictures"
SIZE = (1440, 900)
SMALL, LARGE = (1280, 800), (1920, 1080)
PIXEL_UM = 0.05
COLOURS = 255


def main() -> None:
    """Drive the window and write every picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--section", type=Path, help="a cross-section with three labels")
    parser.add_argument("--views", action="store_true", help="only the pictures of the views")
    parser.add_argument("--compare", action="store_true", help="only those of the comparison")
    parser.add_argument("--training", action="store_true", help="only that of a training")
    parser.add_argument("--properties", action="store_true", help="only of properties, scenarios")
    parser.add_argument("--tutorial", action="store_true", help="only those of the tutorial")
    options = parser.parse_args()
    PICTURES.mkdir(exist_ok=True)
    if options.properties:
        _properties()
        return
    if options.tutorial:
        _own_section(options.section)
        return
    if options.training:
        _training()
        return
    samples = _two_samples()
    for theme in ("dark", "light"):
        _comparison(theme, samples)
    if options.compare:
        return
    for theme in ("dark", "light"):
        for size in (SMALL, LARGE):
            _views(theme, size)
    if options.views:
        return
    _own_section(options.section)
    _training()
    _properties()
    _presets()


def _own_section(given: Path | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        section = given or _simulated_section(Path(folder) / "cross_section.tif")
        _tutorial(section, Path(folder))


def _simulated_section(path: Path) -> Path:
    """A cross-section of 600 x 800 pixels from a twin that the tutorial does not know."""
    twin = preset("fine-electrolyte")
    fractions = VolumeFractions(pore=0.14, active_material=0.5, solid_electrolyte=0.36)
    twin = replace(twin, volume_fractions=fractions)
    sampler = WindowSampler(twin, Torus((600, 1, 800), (PIXEL_UM,) * 3))
    labels = sampler(np.random.default_rng(7))[:, 0]
    Image.fromarray(labels * np.uint8(127)).save(path)
    return path


def _tutorial(section: Path, folder: Path) -> None:
    viewer, workspace = view()
    viewer.window.resize(*SIZE)
    _settle(workspace)
    _shoot(viewer, "workspace")

    workspace.open_files([section])
    form = workspace.data.form
    form.kind.value = "xz"
    for size in form.sizes:
        size.value = PIXEL_UM
    for label, phase in zip(
        sorted(form.parts), ("pore", "active_material", "solid_electrolyte"), strict=True
    ):
        form.parts[label].value = phase
    _settle(workspace)
    _until(lambda: form.card.found is not None)
    _shoot(viewer, "data_form")
    form.use.click()
    _settle(workspace)
    _shoot(viewer, "data_loaded")

    workspace.tabs.setCurrentIndex(2)
    workspace.calibrate.fit.click()
    _until(lambda: workspace.calibrate.bar.value() > 8)
    _shoot(viewer, "fit_running")
    _until(lambda: not workspace.calibrate.job.running)
    _settle(workspace)
    sizes = workspace.splitter.sizes()
    workspace.splitter.setSizes([620, 200])
    _shoot(viewer, "fit_done")
    workspace.splitter.setSizes(sizes)
    workspace.calibrate.accept.click()

    workspace.tabs.setCurrentIndex(1)
    workspace.controller.set_value("pore", 0.06)
    _settle(workspace)
    _shoot(viewer, "what_if")
    workspace.controller.undo()
    _settle(workspace)

    workspace.tabs.setCurrentIndex(3)
    workspace.export.folder.value = folder
    workspace.export.name.value = "my_cathode"
    workspace.export.start()
    _until(lambda: not workspace.export.job.running)
    _settle(workspace)
    workspace.export.message.setText("Written: for_geodict")
    workspace.export.folder.line_edit.value = "for_geodict"
    _shoot(viewer, "export")
    viewer.theme = "light"
    workspace.tabs.setCurrentIndex(1)
    _settle(workspace)
    _shoot(viewer, "light")
    workspace.shutdown()
    viewer.close()


def _training() -> None:
    """A discriminator learns to tell simulated sections from four plan and four cross-sections."""
    sampler = WindowSampler(preset("fine-electrolyte"), Torus((128, 128, 128), (0.1,) * 3))
    volumes = [sampler(np.random.default_rng(seed)) for seed in range(4)]
    plan = tuple(np.ascontiguousarray(volume[0]) for volume in volumes)
    cross = tuple(np.ascontiguousarray(volume[:, 64]) for volume in volumes)
    stacks = (SectionStack("xy", plan, (0.1, 0.1)), SectionStack("xz", cross, (0.1, 0.1)))
    viewer, workspace = view()
    viewer.window.resize(*SIZE)
    workspace.controller.set_data(Data(stacks, ("simulated",)))
    workspace.tabs.setCurrentIndex(2)
    panel = workspace.calibrate
    panel.options.method.value = "combined"
    _settle(workspace)
    panel.fit.click()
    _until(lambda: len(panel.training.course.steps) >= 110)
    _until(lambda: not panel.training.figure.drawing)
    _shoot(viewer, "training")
    panel.abandon()
    _until(lambda: not panel.job.running)
    workspace.shutdown()
    viewer.close()


def _properties() -> None:
    """Two volumes measured beside each other, and a small sweep."""
    viewer, workspace = view()
    viewer.window.resize(*SIZE)
    controller, panel = workspace.controller, workspace.properties
    workspace.tabs.setCurrentWidget(workspace.tabs.widget(workspace.tabs.count() - 1))
    for porosity in (0.11, 0.05):
        controller.set_value("pore", porosity)
        _settle(workspace)
        panel.start()
        _until(lambda: not panel.job.running)
    _settle(workspace)
    _shoot(viewer, "properties")
    workspace.scenarios.open()
    scenarios = workspace.scenarios.panel
    for path in ("pore", "X.length_um"):
        scenarios.form.varied.rows[path].tick.setChecked(True)
    scenarios.form.points.value = 12
    scenarios.form.repeats.value = 2
    for edge in scenarios.form.edges:
        edge.value = 64
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        scenarios.folder.value = Path("scenarios")
        scenarios.start()
        _until(lambda: not scenarios.job.running)
        line = scenarios.folder.line_edit.native
        line.blockSignals(True)  # another folder would be another sweep
        line.setText("scenarios")
        _settle(workspace)
        _shoot(viewer, "scenarios")
        scenarios.figures.click()
        results = scenarios.figures.dialog.view
        results.property.setCurrentIndex(
            results.property.findData("surface_per_um.active_material")
        )
        results.parameter.setCurrentIndex(results.parameter.findData("X.length_um"))
        _until(lambda: not results.busy)
        QApplication.processEvents()
        scenarios.figures.dialog.grab().save(str(PICTURES / "results.png"))
        designing = scenarios.figures.dialog.open_design()
        designing.wanted.rows[0].property.value = "surface_per_um.active_material"
        designing.wanted.rows[0].value.value = "1.5"
        designing.begin()
        _until(lambda: designing.designs is not None and not designing.job.running)
        QApplication.processEvents()
        designing.grab().save(str(PICTURES / "design.png"))
        scenarios.figures.close_dialog()
        workspace.shutdown()
        viewer.close()


def _presets() -> None:
    viewer, workspace = view()
    viewer.window.resize(*SIZE)
    workspace.controller.load_preset("sheet-pores")
    _settle(workspace)
    _shoot(viewer, "sheet_pores")
    workspace.shutdown()
    viewer.close()


def _views(theme: str, size: tuple[int, int]) -> None:
    """Every way of looking, with data that are simulated from another twin."""
    viewer, workspace = view()
    viewer.window.resize(*size)
    theme_and_size = theme if size == SMALL else f"{theme}_{size[0]}"
    viewer.theme = theme
    _settle(workspace)
    viewer.reset_view(reset_camera_angle=False)
    bar = workspace.view_bar
    _shoot(viewer, f"view_3d_{theme_and_size}")
    bar.clip.click()
    _shoot(viewer, f"view_cut_{theme_and_size}")
    bar.clip.click()
    for name in ("sections", "xz"):
        bar.views[name].click()
        _shoot(viewer, f"view_{name}_{theme_and_size}")
    twin = preset("fine-electrolyte")
    sampler = WindowSampler(twin, Torus((120, 100, 160), (2 * PIXEL_UM,) * 3))
    labels = sampler(np.random.default_rng(7))
    section = SectionStack("xz", (np.ascontiguousarray(labels[:, 0]),), (2 * PIXEL_UM,) * 2)
    tomogram = Volume(labels, (2 * PIXEL_UM,) * 3)
    for name, measured in (("section", (section,)), ("tomogram", tomogram)):
        workspace.controller.set_data(Data(measured, (name,)))
        workspace.tabs.setCurrentIndex(1)
        _settle(workspace)
        _shoot(viewer, f"view_beside_{name}_{theme_and_size}")
    workspace.lower_tabs.setCurrentIndex(1)
    _settle(workspace)
    _shoot(viewer, f"readouts_{theme_and_size}")
    workspace.shutdown()
    viewer.close()


def _two_samples() -> list[tuple[str, Twin]]:
    """Two cathodes of which the first has more pores, each fitted to two simulated sections."""
    samples = []
    for number, (name, porosity) in enumerate((("200 MPa", 0.16), ("400 MPa", 0.1))):
        truth = preset("pressed").with_value("pore", porosity)
        sampler = WindowSampler(truth, Torus((300, 60, 300), (2 * PIXEL_UM,) * 3))
        labels = sampler(np.random.default_rng(number))
        sections = [np.ascontiguousarray(labels[:, row]) for row in (0, 59)]
        fit = calibrate({"xz": sections}, voxel_size_um=2 * PIXEL_UM, seed=number)
        samples.append((name, fit.twin))
    return samples


def _comparison(theme: str, samples: list[tuple[str, Twin]]) -> None:
    """Between two samples; the slider is where the current twin is."""
    viewer, workspace = view()
    viewer.window.resize(*SMALL)
    viewer.theme = theme
    _settle(workspace)
    workspace.compare_button.click()
    panel = workspace.compare.panel
    for name, twin in samples:
        panel.samples.add(twin, name)
    panel.morph.choose(*(name for name, _ in samples))
    panel.normalised.click()
    panel.morph.slider.setValue(40)
    workspace.controller.end_drag()
    _settle(workspace)
    viewer.reset_view(reset_camera_angle=False)
    _shoot(viewer, f"compare_{theme}")
    workspace.shutdown()
    viewer.close()


def _settle(workspace: Any) -> None:
    wait_until_drawn(workspace, [], 120.0)


def _until(true: Callable[[], bool], seconds: float = 300.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        QApplication.processEvents()
        time.sleep(0.02)
        if time.monotonic() > end:
            raise TimeoutError("the window did not get there in time")


def _shoot(viewer: Any, name: str) -> None:
    for widget in viewer.window._qt_window.findChildren(QWidget):
        if type(widget).__name__ == "NapariQtNotification":
            widget.close()
    for _ in range(2):  # the first one settles the layout
        QApplication.processEvents()
        pixels = viewer.screenshot(path=None, canvas_only=False, flash=False)
    picture = Image.fromarray(pixels).convert("RGB")
    picture = picture.quantize(COLOURS, dither=Image.Dither.NONE)
    picture.save(PICTURES / f"{name}.png", optimize=True)
    print(f"{name}.png")


if __name__ == "__main__":
    main()
