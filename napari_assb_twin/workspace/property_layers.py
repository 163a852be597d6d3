"""Parts of a measured volume as layers: percolating, disconnected and utilised parts, paths."""

from __future__ import annotations

import html
from functools import partial
from typing import Any

from qtpy.QtCore import QObject, Signal

from napari_assb_twin.descriptors.marks import MarkChoice, Marks, mark
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.workspace import napari_layers
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.display import Display
from napari_assb_twin.workspace.jobs import Job
from napari_assb_twin.workspace.measurements import Measurements, Origin, Subject

COLOURS = {1: "#3fa0d8", 2: "#e69f00", 3: "#cc79a7"}
OLD = " (another volume)"
SEE_THROUGH = 0.25
"""Opacity of the volume while a part of it is shown."""


class PropertyLayers(QObject):
    """Adds one layer for each part that is asked for; `undo` takes the newest one away.

    Signals
    -------
    changed()
        There is another layer, or one less.
    told(str)
        What a new layer shows, as rich text.
    """

    changed = Signal()
    told = Signal(str)

    def __init__(
        self, controller: Controller, display: Display, measurements: Measurements
    ) -> None:
        super().__init__()
        self._controller, self._display, self._measurements = controller, display, measurements
        self._layers: list[tuple[Any, str, Origin]] = []
        self._opacities: list[tuple[Any, float]] = []
        self._asked: tuple[Subject, str] | None = None
        self._newest = False
        self.job = Job()
        self.job.finished.connect(self._on_finished)
        self.job.refused.connect(self._on_ended)
        self.job.stopped.connect(self._on_ended)
        controller.twin_changed.connect(self._on_state)
        controller.data_changed.connect(self._on_state)
        controller.history_changed.connect(self._on_history)

    @property
    def layers(self) -> tuple[Any, ...]:
        """Those that are in the viewer, the newest one last."""
        return tuple(layer for layer, _, _ in self._layers)

    def show(self, subject: Subject, choice: MarkChoice, title: str) -> None:
        """Find a part off the GUI thread, and show it."""
        if not self.job.running:
            self._asked = subject, title
            self.job.start(partial(mark, subject.volume, choice))

    def undo(self) -> bool:
        """Take the newest layer away if adding it was the last thing that was done."""
        if not self._newest or not self._layers:
            return False
        self.take_away()
        return True

    def take_away(self) -> None:
        """Take the newest layer out of the viewer."""
        if self._layers:
            napari_layers.remove_layer(self._display.viewer, self._layers[-1][0])

    def close(self) -> None:
        """Stop, and leave the viewer as it was without these layers."""
        self.job.close()
        while self._layers:
            self.take_away()

    def _on_finished(self, marks: Marks) -> None:
        subject, title = self._asked
        self._asked = None
        whole, translate = self._display.twin_layer, (0.0, 0.0, 0.0)
        if not isinstance(subject.of, Twin):
            if self._display.measured_layer is None:
                self._display.view("beside")
            whole = self._display.measured_layer
            translate = translate if whole is None else tuple(whole.translate)
        if whole is not None and whole not in [one for one, _ in self._opacities]:
            self._opacities.append((whole, float(whole.opacity)))
            napari_layers.set_opacity(whole, SEE_THROUGH)
        layer = napari_layers.add_marks(
            self._display.viewer,
            marks.labels,
            title,
            {number: COLOURS[number] for number in marks.meanings} or None,
            opacity=1.0,
            over_all=True,
            voxel_size_um=subject.volume.voxel_size_um,
            translate=translate,
        )
        if not self._layers:
            self._display.viewer.layers.events.removed.connect(self._on_removed)
        self._layers.append((layer, title, subject.origin))
        self._newest = True
        self._on_state()
        self.told.emit(_with_colours(marks))
        self.changed.emit()

    def _on_ended(self, sentence: str = "") -> None:
        self._asked = None

    def _on_removed(self, event: object = None) -> None:
        """Forget layers that are gone; without any the volume is seen as before."""
        there = self._display.viewer.layers
        left = [one for one in self._layers if one[0] in there]
        if len(left) == len(self._layers):
            return
        self._layers, self._newest = left, False
        if not left:
            there.events.removed.disconnect(self._on_removed)
            for layer, opacity in self._opacities:
                if layer in there:
                    napari_layers.set_opacity(layer, opacity)
            self._opacities = []
        self.changed.emit()

    def _on_state(self, state: object = None) -> None:
        for layer, title, origin in self._layers:
            layer.name = title if self._measurements.shown(origin) else f"{title}{OLD}"

    def _on_history(self) -> None:
        self._newest = False


def _with_colours(marks: Marks) -> str:
    """What is shown, and in which colours, as rich text."""
    keys = (
        f'<font color="{COLOURS[number]}">■</font> {html.escape(said)}'
        for number, said in marks.meanings.items()
    )
    return "<br>".join([html.escape(marks.told), *keys])
