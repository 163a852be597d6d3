"""What is explored: a twin, its volume and its curves, told anew at every change."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal

from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.coverage import measured_coverage
from napari_assb_twin.measure.sections import PLANES, Plane, Volume
from napari_assb_twin.twin.curves import Curves
from napari_assb_twin.twin.exact import DIRECTIONS, Direction, coverage
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.realisation import Realisation
from napari_assb_twin.twin.synthesis import Synthesizer
from napari_assb_twin.workspace.edits import by_hand, within_reach
from napari_assb_twin.workspace.history import History
from napari_assb_twin.workspace.lags import default_lags_um

MOST_VOXELS = 128**3
"""Larger volumes are shown on every second or fourth voxel, so that a slider drags smoothly."""

NORMALS: dict[Plane, str] = {"xy": "z", "xz": "y", "yz": "x"}
AXES = "zyx"


class Exploration:
    """The state behind the panel; it knows no widget and draws nothing.

    The volume is that of the twin's own box and seed, made by `Synthesizer`: what
    ``generate(twin)`` returns, where it has at most 128^3 voxels.

    Parameters
    ----------
    twin
        Where to start.
    plane
        Which section is shown: ``"xy"``, ``"xz"`` or ``"yz"``.
    device
        ``"auto"``, ``"cpu"`` or ``"cuda"``.

    Attributes
    ----------
    changed
        Signal: the twin, the section or the curves are new.
    realisation
        The volume, or None where the box cannot hold the twin; then ``refusal`` says why.
    curves
        Exact two-point coverage of the twin.
    realised
        Coverage estimated from the volume, where it is wanted and can be measured.

    Raises
    ------
    InputError
        If the plane or the device is unknown.
    """

    changed = Signal()

    def __init__(self, twin: Twin, *, plane: Plane = "xz", device: str = "auto") -> None:
        check_plane(plane)
        self._synthesizer = Synthesizer(device)
        self._history: History[Twin] = History()
        self._twin = twin
        self.plane: Plane = plane
        self.depth = 0.5
        self.direction: Direction = "in-plane"
        self.with_realised = False
        self.realisation: Realisation | None = None
        self.refusal = ""
        self.realised: Curves | None = None
        self._realise()

    @property
    def twin(self) -> Twin:
        """The current twin; every change makes a new one."""
        return self._twin

    def set_twin(self, twin: Twin, text: str, gesture: str | None = None) -> None:
        """Another twin; moves of the same ``gesture`` that follow each other are undone at once."""
        if twin == self._twin:
            return
        self._history.push(self._twin, twin, text, gesture)
        self._adopt(twin)

    def set_value(self, path: str, value: float | None, *, gesture: str | None = None) -> None:
        """One number, for example ``"pore"`` or ``"X.length_um"``; fractions stay one in sum.

        Raises
        ------
        InputError
            If there is no such number, or it cannot have this value; nothing has changed then.
        """
        if value != self._twin.value(path):
            self.set_twin(by_hand(self._twin.with_value(path, value)), path, gesture)

    def drag(self, path: str, value: float | None) -> None:
        """Like `set_value`, a fraction held back where the others would vanish."""
        if value is not None:
            value = within_reach(self._twin, path, value, ())
        self.set_value(path, value, gesture=path)

    def undo(self) -> None:
        """Take back the last step, if there is one."""
        self._back(self._history.undo())

    def redo(self) -> None:
        """Do the step that was taken back again, if there is one."""
        self._back(self._history.redo())

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self._history.undo_text is not None

    @property
    def can_redo(self) -> bool:
        """Whether a step was taken back."""
        return self._history.redo_text is not None

    def show_section(self, plane: Plane, depth: float) -> None:
        """Another section: its plane, and where it lies along its normal, 0 to 1."""
        check_plane(plane)
        self.plane, self.depth = plane, min(1.0, max(0.0, depth))
        self.changed.emit()

    def show_curves(self, direction: Direction, *, with_realised: bool) -> None:
        """Curves in another direction, and whether those of the volume are estimated, too."""
        if direction not in DIRECTIONS:
            raise InputError(f"direction is {direction!r}; it must be in-plane or through-plane.")
        self.direction, self.with_realised = direction, with_realised
        self._measure()
        self.changed.emit()

    @property
    def curves(self) -> Curves:
        """Exact curves of the twin over about six correlation lengths."""
        return coverage(self._twin, default_lags_um(self._twin), direction=self.direction)

    @property
    def section(self) -> NDArray[np.uint8] | None:
        """The section that is shown, uint8 (rows, columns), z along the rows where it has z."""
        if self.realisation is None:
            return None
        labels = self.realisation.labels
        axis = AXES.index(NORMALS[self.plane])
        return np.take(labels, [self._index(labels.shape[axis])], axis=axis).squeeze(axis)

    @property
    def section_size_um(self) -> tuple[float, float]:
        """Height and width of the section in micrometres."""
        axis = AXES.index(NORMALS[self.plane])
        height, width = (d for i, d in enumerate(self._twin.grid.size_um) if i != axis)
        return height, width

    @property
    def section_at_um(self) -> float:
        """Where the section lies along its normal, in micrometres: the middle of its voxels."""
        axis = AXES.index(NORMALS[self.plane])
        if self.realisation is None:
            return self.depth * self._twin.grid.size_um[axis]
        index = self._index(self.realisation.labels.shape[axis])
        return (index + 0.5) * self.realisation.voxel_size_um[axis]

    def forget(self) -> None:
        """Free what is kept between changes."""
        self._synthesizer.forget()

    @property
    def coarsen(self) -> int:
        """1 where every voxel is shown; 2 or 4 where every second or fourth is."""
        return coarsening(self._twin.grid.shape)

    def _index(self, n: int) -> int:
        return min(n - 1, int(self.depth * n))

    def _back(self, twin: Twin | None) -> None:
        if twin is not None:
            self._adopt(twin)

    def _adopt(self, twin: Twin) -> None:
        self._twin = twin
        self._realise()
        self.changed.emit()

    def _realise(self) -> None:
        try:
            self.realisation = self._synthesizer(self._twin, coarsen=self.coarsen)
            self.refusal = ""
        except InputError as error:
            self.realisation, self.refusal = None, str(error)
        except MemoryError:
            self.realisation = None
            self.refusal = "The volume does not fit into the memory; choose a smaller box."
        self._measure()

    def _measure(self) -> None:
        self.realised = None
        if self.realisation is None or not self.with_realised:
            return
        try:
            volume = Volume(self.realisation.labels, self.realisation.voxel_size_um)
            periodic = self._twin.grid.window == "periodic"
            self.realised = measured_coverage(volume, self.direction, periodic=periodic)
        except InputError:  # a box under the size that can be measured has no curves
            return


def coarsening(shape: tuple[int, int, int]) -> int:
    """Every how many-th voxel of a box is shown: the least of 1, 2, 4 that is quick enough."""
    for factor in (1, 2):
        if math.prod(-(-n // factor) for n in shape) <= MOST_VOXELS:
            return factor
    return 4


def check_plane(plane: str) -> None:
    """Refuse a plane that has no name here."""
    if plane not in PLANES:
        raise InputError(f"The plane is {plane!r}; it must be xy, xz or yz.")
