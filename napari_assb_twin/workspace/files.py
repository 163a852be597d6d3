"""Open…, Save… and what stands in its menu: twin files, sessions, presets of one's own."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial
from pathlib import Path
from typing import Any

from qtpy.QtCore import QObject, Signal
from qtpy.QtWidgets import QFileDialog, QInputDialog, QMenu, QMessageBox, QPushButton, QWidget

from napari_assb_twin.session import session_file
from napari_assb_twin.session.session_file import load_session, save_session
from napari_assb_twin.session.state import Session
from napari_assb_twin.twin import twin_file
from napari_assb_twin.twin.own_presets import checked_name, delete_preset, is_own, save_preset
from napari_assb_twin.workspace.attempt import attempt
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.forms import show
from napari_assb_twin.workspace.jobs import Job
from napari_assb_twin.workspace.preset_choice import PresetChoice

TWINS, SESSIONS = f"*{twin_file.SUFFIX}", f"*{session_file.SUFFIX}"
BUSY = "Another session is still being read or written; try again when it is done."
YES = QMessageBox.StandardButton.Yes


class Files(QObject):
    """Dialogs over the window; sessions are read and written off the GUI thread.

    Parameters
    ----------
    window
        The widget that the dialogs stand over.
    controller, presets
        What is saved, and the list that shows it.
    capture
        Returns the session as it is now.

    Signals
    -------
    picked(str)
        A file to open.
    opened(Session, str)
        A session that was read, and the name of its file.
    """

    picked = Signal(str)
    opened = Signal(object, str)

    def __init__(
        self,
        window: QWidget,
        controller: Controller,
        presets: PresetChoice,
        capture: Callable[[], Session],
    ) -> None:
        super().__init__(window)
        self._window, self._controller = window, controller
        self._presets, self._capture = presets, capture
        self.job = Job()
        self.job.finished.connect(self._on_finished)
        self.job.refused.connect(controller.refuse)
        self.menu = QMenu(window)
        self.menu.setToolTipsVisible(True)
        self.twin_action = self._add(
            "Twin file…", f"The parameters of the twin ({TWINS}).", self.save_twin
        )
        self.session_action = self._add(
            "Session…",
            f"Twin, measured data, view and window as one file ({SESSIONS}): to go on later, or to "
            "send.",
            self.save_session,
        )
        self.menu.addSeparator()
        self._add("As preset…", "Keep this twin in the list of presets.", self.save_preset)
        self._delete = self._add(
            "Delete preset…", "Delete the preset of your own that is shown.", self.delete_preset
        )
        self.menu.aboutToShow.connect(self._on_menu)

    def attach(self, open_button: QPushButton, save_button: QPushButton) -> None:
        """Let two buttons open and save."""
        open_button.setToolTip(f"Open a twin file ({TWINS}) or a session ({SESSIONS}).")
        open_button.clicked.connect(lambda checked=False: self.open())
        save_button.setToolTip("Save as twin file, as session, or as preset of your own.")
        save_button.setMenu(self.menu)

    def open(self) -> None:
        """Ask for a twin file or a session."""
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            "Open twin or session",
            "",
            f"Twins and sessions ({TWINS} {SESSIONS});;All files (*)",
        )
        if name:
            self.picked.emit(name)

    def open_session(self, path: str | Path) -> None:
        """Read a session; `opened` tells when it is there."""
        self._start(partial(_reading, Path(path)))

    def save_twin(self) -> None:
        """Ask for a name, and write the twin file."""
        path = self._name_of("Save twin file", twin_file.SUFFIX, ".json")
        if path is not None:
            with attempt(self._controller):
                self._controller.save_twin(path)

    def save_session(self) -> None:
        """Ask for a name, and write the session."""
        path = self._name_of("Save session", session_file.SUFFIX, session_file.SUFFIX)
        if path is not None:
            self.write_session(path)

    def write_session(self, path: Path) -> None:
        """Write the session as it is now."""
        self._start(partial(_writing, self._capture(), path))

    def save_preset(self) -> None:
        """Ask for a name, and keep the twin under it."""
        name, accepted = QInputDialog.getText(
            self._window, "Save as preset", "Name of the preset:", text=self._presets.own or ""
        )
        if not accepted:
            return
        with attempt(self._controller):
            name = checked_name(name)
            if is_own(name) and not self._agreed(f"Replace the preset {name}?"):
                return
            name = save_preset(self._controller.twin, name, overwrite=True)
            self._presets.refresh()
            show(self._presets.field, name)
            self._controller.status.emit(f"Saved as preset {name}")

    def delete_preset(self) -> None:
        """Delete the preset of one's own that is shown; the twin stays as it is."""
        name = self._presets.own
        if name is None or not self._agreed(f"Delete the preset {name}? The twin stays."):
            return
        with attempt(self._controller):
            delete_preset(name)
        self._presets.refresh()
        show(self._presets.field, self._presets.name_of(self._controller.twin))

    def close(self) -> None:
        """Hear no more of what is read or written; a file begun is finished or not there."""
        self.job.close()

    def _add(self, text: str, tip: str, slot: Callable[[], None]) -> Any:
        action = self.menu.addAction(text)
        action.setToolTip(tip)
        action.triggered.connect(lambda checked=False: slot())
        return action

    def _on_menu(self) -> None:
        own = self._presets.own
        self._delete.setVisible(own is not None)
        self._delete.setText(f"Delete preset {own}…")

    def _name_of(self, title: str, suffix: str, known: str) -> Path | None:
        name, _ = QFileDialog.getSaveFileName(
            self._window, title, f"cathode{suffix}", f"{title[5:].capitalize()} (*{suffix})"
        )
        if not name:
            return None
        return Path(name) if name.endswith(known) else Path(name + suffix)

    def _agreed(self, question: str) -> bool:
        return QMessageBox.question(self._window, "Presets", question) == YES

    def _start(self, generator: Callable[[], Generator[None, None, Any]]) -> None:
        if self.job.running:
            self._controller.refuse(BUSY)
        else:
            self.job.start(generator)

    def _on_finished(self, result: Path | tuple[Session, str]) -> None:
        if isinstance(result, Path):
            self._controller.status.emit(f"Saved {result}")
        else:
            self.opened.emit(*result)


def _reading(path: Path) -> Generator[None, None, tuple[Session, str]]:
    yield
    return load_session(path), path.name


def _writing(session: Session, path: Path) -> Generator[None, None, Path]:
    yield
    return save_session(session, path)
