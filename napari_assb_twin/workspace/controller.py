"""The state of the window and everything that may be done to it; it knows no widget."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Hashable
from dataclasses import replace
from pathlib import Path

from qtpy.QtCore import QObject, Signal

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.draft import Data
from napari_assb_twin.twin.device import DEVICES
from napari_assb_twin.twin.exact import Direction
from napari_assb_twin.twin.gradient import Gradient
from napari_assb_twin.twin.gradient_ends import END_PARAMETERS, end_value, with_end
from napari_assb_twin.twin.own_presets import find_preset
from napari_assb_twin.twin.parameters import (
    FIELD_CORRELATION,
    FieldName,
    Grid,
    Symmetry,
    Tail,
    Twin,
    VolumeFractions,
)
from napari_assb_twin.twin.phases import PHASES, Phase
from napari_assb_twin.twin.presets import DEMONSTRATION, preset
from napari_assb_twin.twin.realisation import Realisation
from napari_assb_twin.twin.twin_file import load_twin, save_twin
from napari_assb_twin.workspace.edits import (
    by_hand,
    check_padlocks,
    end_within_reach,
    with_kind,
    with_share_of,
    with_symmetry,
    within_reach,
    without_rounding,
)
from napari_assb_twin.workspace.history import History
from napari_assb_twin.workspace.live import LiveVolume, Plane
from napari_assb_twin.workspace.phase_names import PhaseNames

PREPARING = "Preparing… (the first volume of a session compiles its kernels)"


class Controller(QObject):
    """Current twin, measured data, padlocks, undo, and the volume that follows.

    Whatever raises `InputError` leaves the state as it was; the widgets show it (see `refuse`).

    Signals
    -------
    twin_changed(Twin)
    data_changed(Data or None)
    padlocks_changed(frozenset)
    realised(Realisation, bool)
        Something to draw; whether it is the full volume.
    plane_realised(PlaneRealisation)
        The plane that is looked at, while a slider moves (see `look_at`).
    names_changed(PhaseNames)
        What the phases are called on screen.
    status(str), reservations(tuple)
        Something done, and the sentences that stand under the volume.
    refused(str)
        One sentence for a notification.
    device_changed(str)
    busy_changed(bool), history_changed()
    proposal_changed(bool)
        Whether a fitted twin is shown that was neither accepted nor reverted yet.
    """

    twin_changed = Signal(object)
    data_changed = Signal(object)
    padlocks_changed = Signal(object)
    names_changed = Signal(object)
    realised = Signal(object, bool)
    plane_realised = Signal(object)
    status = Signal(str)
    reservations = Signal(object)
    refused = Signal(str)
    device_changed = Signal(str)
    busy_changed = Signal(bool)
    history_changed = Signal()
    proposal_changed = Signal(bool)

    def __init__(self, twin: Twin | None = None) -> None:
        super().__init__()
        self.twin = self._first = twin or preset(DEMONSTRATION)
        self.data: Data | None = None
        self.realisation: Realisation | None = None
        self.seconds = 0.0
        self.names = PhaseNames()
        self.padlocks: frozenset[str] = frozenset()
        self.seed_locked = False
        self._history: History[Twin] = History()
        self._drags = 0
        self._unproven: Twin | None = None
        self._before_proposal: Twin | None = None
        self._open = False
        self._live = LiveVolume()
        self._live.preview.connect(self._on_preview)
        self._live.plane.connect(self.plane_realised)
        self._live.full.connect(self._on_full)
        self._live.refused.connect(self._on_refused)
        self._live.busy_changed.connect(self.busy_changed)

    # life

    @property
    def is_open(self) -> bool:
        """Whether volumes are made."""
        return self._open

    def open(self) -> None:
        """Begin to make volumes; may follow `close`."""
        if not self._open:
            self._open = True
            if self.realisation is None:
                self.status.emit(PREPARING)
            self._live.follow(self.twin, moving=False)

    def close(self) -> None:
        """Stop timers and threads; harmless when called twice."""
        self._open = False
        self._live.close()

    @property
    def busy(self) -> bool:
        """Whether a volume is being made or is about to be."""
        return self._live.busy

    @property
    def device(self) -> str:
        """``auto``, ``cpu`` or ``cuda``."""
        return self._live.device

    def set_device(self, device: str) -> None:
        """Make volumes on another device from now on."""
        if device not in DEVICES:
            raise InputError(f"device is {device!r}; it must be one of {', '.join(DEVICES)}.")
        self._live.device = device
        self.device_changed.emit(device)
        if self._open:
            self._live.refresh()

    def look_at(self, visible_plane: Callable[[], Plane | None]) -> None:
        """Draw one plane alone while a slider moves, where ``visible_plane`` says which."""
        self._live.visible_plane = visible_plane

    def set_previews(self, on: bool, *, half_from: int, quarter_from: int) -> None:
        """Whether a moving slider is followed, and from which longest edge on in fewer voxels."""
        self._live.previews = on
        self._live.half_from, self._live.quarter_from = half_from, quarter_from

    # the twin

    def set_value(self, path: str, value: float | None, *, dragging: bool = False) -> None:
        """Set one parameter; moves while ``dragging`` are one step of undo until `end_drag`."""
        locked = self.padlocks & set(PHASES)
        if dragging and value is not None:
            value = within_reach(self.twin, path, value, locked)
        gesture = (path, self._drags) if dragging else None
        base = self.twin if self.twin.has(path) else self._before(gesture)
        twin = base.with_value(path, value, locked=locked)
        text = twin.description(path).label
        self._change(by_hand(twin), text, gesture=gesture, moving=dragging)

    def set_share(
        self,
        name: FieldName,
        direction: Direction,
        band: int,
        share: float,
        *,
        dragging: bool = False,
    ) -> None:
        """Set the share of one band of a high-parametric field (see `with_share`).

        The others keep their ratio, and what a padlock keeps stays.  Moves while ``dragging`` are
        one step of undo until `end_drag`.
        """
        gesture = (f"{name} {direction} {band}", self._drags) if dragging else None
        twin = with_share_of(
            self._before(gesture), name, direction, band, share, locked=self.padlocks
        )
        text = f"spectrum of field {name}"
        self._change(by_hand(twin), text, gesture=gesture, moving=dragging)

    def set_fractions(self, fractions: VolumeFractions) -> None:
        """All three volume fractions at once, as one step; padlocks must agree with them."""
        check_padlocks(self.twin, fractions, self.padlocks, self.names)
        twin = replace(self.twin, volume_fractions=fractions)
        self._change(by_hand(twin), "volume fractions")

    def set_gradient(self, gradient: Gradient | None) -> None:
        """Fractions that change from the separator to the current collector; None: the same."""
        twin = replace(self.twin, gradient=gradient)
        self._change(by_hand(twin), "no gradient" if gradient is None else "gradient")

    def set_end(self, path: str, value: float, *, dragging: bool = False) -> None:
        """One fraction at an end of the gradient; the means follow, but for those of padlocks."""
        locked = self.padlocks & set(PHASES)
        if dragging:
            value = end_within_reach(self.twin, path, value, locked)
        twin = with_end(self.twin, path, value, locked=locked)
        gesture = (path, self._drags) if dragging else None
        text = END_PARAMETERS[path].label
        self._change(by_hand(twin), text, gesture=gesture, moving=dragging)

    def reset_end(self, path: str) -> None:
        """The fraction that `home` has at an end; one step of undo, with the click before it."""
        locked = self.padlocks & set(PHASES)
        twin = with_end(self.twin, path, end_value(self.home, path), locked=locked)
        text = f"reset of {END_PARAMETERS[path].label}"
        self._change(by_hand(twin), text, gesture=(path, self._drags))

    def end_drag(self) -> None:
        """The slider was let go: draw the full volume, and begin a new step of undo."""
        self._drags += 1
        if self._open:
            self._live.follow(self.twin, moving=False)

    def begin_gesture(self) -> None:
        """Another control is touched: what follows is a new step of undo."""
        self._drags += 1

    @property
    def home(self) -> Twin:
        """The twin that was last adopted: preset, file, accepted fit, or the first one."""
        return self._history.landmark or self._first

    def reset(self, path: str) -> None:
        """Set one parameter to its value in `home`; one step of undo, with the click before it."""
        home, locked = self.home, self.padlocks & set(PHASES)
        if path != FIELD_CORRELATION and home.has(path) != self.twin.has(path):
            raise InputError(
                f"Field {path.partition('.')[0]} had another kind of correlation before; undo "
                "leads back to it."
            )
        twin = self.twin.with_value(path, home.value(path), locked=locked)
        twin = without_rounding(twin, home)
        twin = home if twin == home else by_hand(twin)
        gesture = (path, self._drags)
        text = f"reset of {twin.description(path).label}"
        self._change(twin, text, gesture=gesture)

    def set_field(
        self, name: FieldName, *, degrees_of_freedom: int | None = None, tail: Tail | None = None
    ) -> None:
        """Make a field Gaussian (0 degrees of freedom) or chi-square, or cut its other tail."""
        twin = with_kind(self.twin, name, degrees_of_freedom, tail)
        self._change(by_hand(twin), f"kind of field {name}")

    def set_symmetry(self, symmetry: Symmetry) -> None:
        """Isotropic sets both anisotropies to 1."""
        self._change(by_hand(with_symmetry(self.twin, symmetry)), "symmetry")

    def set_phase_order(self, first_phase: Phase, second_phase: Phase) -> None:
        """Which phase is cut from X, and which from Y in what X leaves."""
        twin = replace(self.twin, first_phase=first_phase, second_phase=second_phase)
        self._change(by_hand(twin), "order of the phases")

    def set_grid(self, grid: Grid) -> None:
        """Another box, voxel size or window."""
        self._change(replace(self.twin, grid=grid), "box")

    def set_seed(self, seed: int) -> None:
        """Another realisation of the same model."""
        self._change(replace(self.twin, seed=seed), "seed")

    def reroll(self) -> None:
        """A new seed by chance."""
        self.set_seed(random.randrange(1_000_000))

    def load_preset(self, name: str) -> None:
        """A built-in twin or an own preset, in the box of the current one."""
        self.adopt(replace(find_preset(name), grid=self.twin.grid), f"preset {name}")

    def open_twin(self, path: str | os.PathLike[str]) -> None:
        """A twin file; taken back if its box cannot hold it."""
        self.adopt(load_twin(path), f"opening {Path(path).name}")

    def save_twin(self, path: str | os.PathLike[str]) -> None:
        """Write the current twin to a file."""
        written = save_twin(self.twin, path)
        self.status.emit(f"Saved {written}")

    def adopt(self, twin: Twin, text: str) -> None:
        """A whole new twin as one step; the seed stays if it is locked."""
        if self.seed_locked:
            twin = replace(twin, seed=self.twin.seed)
        if twin == self.twin:  # perhaps with another record of how it was fitted
            self.twin = twin
            self.twin_changed.emit(twin)
        self._change(twin, text, landmark=True)
        self._unproven = twin

    def set_model(self, twin: Twin, text: str, *, dragging: bool = False) -> None:
        """Another model in the same box, with the same seed; drags as in `set_value`."""
        twin = replace(twin, grid=self.twin.grid, seed=self.twin.seed)
        gesture = (text, self._drags) if dragging else None
        self._change(twin, text, gesture=gesture, moving=dragging)

    def propose(self, twin: Twin) -> None:
        """Show a fitted twin that the user may `accept` or `revert`; other changes accept it."""
        self.accept()
        if self.seed_locked:
            twin = replace(twin, seed=self.twin.seed)
        self._before_proposal = self.twin
        self._show(twin)
        self.proposal_changed.emit(True)

    def accept(self) -> None:
        """Keep the proposed twin, as one step of undo."""
        before, self._before_proposal = self._before_proposal, None
        if before is not None:
            self._history.push(before, self.twin, "fit to sections", landmark=True)
            self.history_changed.emit()
            self.proposal_changed.emit(False)

    def revert(self) -> None:
        """Go back to the twin before the proposal."""
        before, self._before_proposal = self._before_proposal, None
        if before is not None:
            self._show(before)
            self.proposal_changed.emit(False)

    def set_padlock(self, path: str, locked: bool) -> None:
        """Keep a parameter as it is in sliders and in the fit, or free it."""
        self.padlocks = self.padlocks | {path} if locked else self.padlocks - {path}
        self.padlocks_changed.emit(self.padlocks)

    def rename(self, phase: Phase, name: str) -> None:
        """Call a phase otherwise on screen."""
        self.set_names(self.names.renamed(phase, name))

    def set_names(self, names: PhaseNames) -> None:
        """Call all phases so on screen."""
        if names != self.names:
            self.names = names
            self.names_changed.emit(names)

    def set_data(self, data: Data | None) -> None:
        """Measured data to compare with and to fit to; None removes them."""
        self.data = data
        self.data_changed.emit(data)

    def undo(self) -> None:
        """Take the last step back."""
        self.accept()
        self.begin_gesture()
        self._show(self._history.undo())

    def redo(self) -> None:
        """Do the next step again."""
        self.accept()
        self.begin_gesture()
        self._show(self._history.redo())

    @property
    def undo_text(self) -> str | None:
        """What `undo` would take back."""
        return self._history.undo_text

    @property
    def redo_text(self) -> str | None:
        """What `redo` would do again."""
        return self._history.redo_text

    def refuse(self, error: InputError | str) -> None:
        """Tell the user in one sentence what cannot be done."""
        self.refused.emit(str(error))

    # inside

    def _before(self, gesture: Hashable | None) -> Twin:
        """The twin that a running gesture began with: where it ends does not depend on its way."""
        return self._history.before(gesture) or self.twin

    def _change(
        self,
        twin: Twin,
        text: str,
        *,
        gesture: Hashable | None = None,
        moving: bool = False,
        landmark: bool = False,
    ) -> None:
        self._unproven = None
        if twin == self.twin:
            if landmark:
                self._history.mark(twin)
                self.history_changed.emit()
            return
        self.accept()
        if not moving:
            self._drags += 1
        self._history.push(self.twin, twin, text, gesture, landmark=landmark)
        self._show(twin, moving=moving)

    def _show(self, twin: Twin | None, *, moving: bool = False) -> None:
        if twin is None:
            return
        self.twin = twin
        self.twin_changed.emit(twin)
        self.history_changed.emit()
        if self._open:
            self._live.follow(twin, moving=moving)

    def _on_preview(self, realisation: Realisation) -> None:
        self.realised.emit(realisation, False)

    def _on_full(self, realisation: Realisation, seconds: float) -> None:
        self._unproven = None
        self.realisation, self.seconds = realisation, seconds
        self.realised.emit(realisation, True)
        self.reservations.emit(realisation.reservations)

    def _on_refused(self, twin: Twin, sentence: str, rests: bool) -> None:
        self.reservations.emit((f"Not drawn: {sentence}",))
        if not rests:
            return
        if self._unproven is twin:
            self._unproven = None
            self._show(self._history.drop(twin))
            sentence = f"{sentence} The twin before is kept."
        self.refuse(sentence)
