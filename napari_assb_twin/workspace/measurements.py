"""Measured properties of volumes: one job at a time, and the last few results."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal
from weakref import ReferenceType, ref

from qtpy.QtCore import QObject, Signal

from napari_assb_twin.descriptors.beside import Measurement
from napari_assb_twin.descriptors.describe import Choice, Measured, Values, described, exact_values
from napari_assb_twin.errors import InputError
from napari_assb_twin.images.draft import Data
from napari_assb_twin.measure.sections import Volume
from napari_assb_twin.twin.device import choose_backend
from napari_assb_twin.twin.gradient import SeparatorSide
from napari_assb_twin.twin.parameters import PARAMETERS, Twin
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.jobs import Job
from napari_assb_twin.workspace.torch_import import import_torch

KEPT = 4
"""Measurements that stand beside each other; the oldest one goes."""

Source = Literal["drawn", "measured"]
Origin = Twin | ReferenceType[Data]
"""What a volume is of; data are not kept for it once the window has let them go."""

STILL_MADE = "The volume is still being made; measure again when it rests."
NO_VOLUME = "There is no measured volume; open one in Data, or measure the twin."


@dataclass(frozen=True, eq=False, kw_only=True)
class Subject:
    """A volume to measure.

    Attributes
    ----------
    volume
        Its phases.
    of
        The twin that it is a realisation of, or the data that it is.
    name, about
        Short, and in full.
    separator
        Where the separator is, as far as is known.
    """

    volume: Volume
    of: Twin | Data
    name: str
    about: str
    separator: SeparatorSide | None

    @property
    def origin(self) -> Origin:
        """What tells later whether this volume is shown, without keeping it."""
        return self.of if isinstance(self.of, Twin) else ref(self.of)

    @property
    def exact(self) -> Values:
        """Exact means of the model; none of data."""
        return exact_values(self.of) if isinstance(self.of, Twin) else {}


class Measurements(QObject):
    """Measures off the GUI thread, and keeps the last `KEPT` measurements, the newest one first.

    Signals
    -------
    changed()
        There is another measurement, or one has become old, or is the current one again.
    """

    changed = Signal()

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        self._kept: tuple[tuple[Measurement, Origin], ...] = ()
        self._asked: tuple[Subject, Choice] | None = None
        self._count = 0
        self._shown: tuple[bool, ...] = ()
        self.job = Job()
        self.job.finished.connect(self._on_finished)
        self.job.refused.connect(self._on_ended)
        self.job.stopped.connect(self._on_ended)
        controller.twin_changed.connect(self._on_state)
        controller.data_changed.connect(self._on_state)

    @property
    def kept(self) -> tuple[Measurement, ...]:
        """Those that stand beside each other."""
        return tuple(one for one, _ in self._kept)

    def fresh(self, measurement: Measurement) -> bool:
        """Whether its volume is the one of the current twin, or of the current data."""
        return any(one is measurement and self.shown(origin) for one, origin in self._kept)

    def shown(self, origin: Origin) -> bool:
        """Whether a volume of this twin, or these data, is what the window shows."""
        if isinstance(origin, Twin):
            return origin == self._controller.twin
        data = self._controller.data
        return data is not None and origin() is data

    def subject(self, source: Source) -> Subject:
        """The volume that is drawn, or the measured one.

        Raises
        ------
        InputError
            If there is none at the moment.
        """
        controller = self._controller
        if source == "measured":
            data = controller.data
            if data is None or not isinstance(data.measured, Volume):
                raise InputError(NO_VOLUME)
            name = data.sources[0] if data.sources else "data"
            return Subject(
                volume=data.measured,
                of=data,
                name=name,
                about=name,
                separator=data.separator_side,
            )
        realisation = controller.realisation
        if realisation is None or realisation.twin != controller.twin:
            raise InputError(STILL_MADE)
        twin = realisation.twin
        return Subject(
            volume=Volume(realisation.labels, realisation.voxel_size_um),
            of=twin,
            name=f"seed {twin.seed}",
            about=about_twin(twin),
            separator=None if twin.gradient is None else twin.gradient.separator_side,
        )

    def start(self, source: Source, choice: Choice) -> None:
        """Measure; ignored while a measuring is under way.

        Raises
        ------
        InputError
            If there is no such volume at the moment.
        """
        if self.job.running:
            return
        subject = self.subject(source)
        self._asked = subject, choice
        self.job.start(partial(_measure, subject.volume, choice))

    def forget(self) -> None:
        """Keep none."""
        self._kept, self._shown = (), ()
        self.changed.emit()

    def close(self) -> None:
        """Stop, and hear no more of it."""
        self.job.close()

    def _on_finished(self, description) -> None:
        subject, choice = self._asked
        self._count += 1
        measurement = Measurement(
            name=f"{self._count}: {subject.name}",
            about=subject.about,
            description=description,
            exact=subject.exact,
            choice=choice,
        )
        self._asked = None
        self._kept = ((measurement, subject.origin), *self._kept)[:KEPT]
        self._shown = self._which_shown()
        self.changed.emit()

    def _on_ended(self, sentence: str = "") -> None:
        self._asked = None

    def _on_state(self, state: object = None) -> None:
        """Tell when one has become old, or the current one again: not at every tick of a slider."""
        shown = self._which_shown()
        if shown != self._shown:
            self._shown = shown
            self.changed.emit()

    def _which_shown(self) -> tuple[bool, ...]:
        return tuple(self.shown(origin) for _, origin in self._kept)


def about_twin(twin: Twin) -> str:
    """All numbers of a twin in one line, as they are called in files."""
    parts = [f"{path} {_said(twin.value(path))}" for path in PARAMETERS if twin.lists(path)]
    shape = " x ".join(map(str, twin.grid.shape))
    return f"{', '.join(parts)}; {shape} voxels of {twin.grid.voxel_size_um:g} µm, seed {twin.seed}"


def _said(value: float | None) -> str:
    return "infinite" if value is None else f"{value:.4g}"


def _measure(volume: Volume, choice: Choice) -> Generator[Measured, None, object]:
    """The measuring, with torch loaded so that a window goes on meanwhile."""
    if "transport" in choice.groups:
        yield Measured(0, len(choice.groups), "Loading PyTorch (once a session)")
        import_torch()
        choice = replace(choice, device=choose_backend(choice.device).name)
    return (yield from described(volume, choice))
