"""A button with a menu: picture of the canvas, and movies."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QDialog, QFileDialog, QMenu, QToolButton

from napari_assb_twin.errors import InputError
from napari_assb_twin.movie import write_png
from napari_assb_twin.workspace import icons
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.display import Display
from napari_assb_twin.workspace.movie_dialog import MovieDialog, SweepDialog
from napari_assb_twin.workspace.recorder import Recorder

TURN = "The camera goes once around the volume."
NO_TURN = "A plane cannot be turned; choose 3D, sections or a tomogram beside the twin first."


class CameraButton(QToolButton):
    """Screenshot, turntable movie, parameter sweep movie."""

    def __init__(self, controller: Controller, display: Display) -> None:
        super().__init__()
        self._controller, self._display = controller, display
        self._camera = display.camera
        self.recorder = Recorder(self._camera.picture)
        self.dialog: MovieDialog | None = None
        self.setToolTip("Pictures and movies of the canvas.")
        self.setAccessibleName("Pictures and movies")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        self.screenshot = menu.addAction("Screenshot of the canvas…")
        self.screenshot.setToolTip("The canvas as it is, as PNG.")
        self.turntable = menu.addAction("Turntable movie…")
        self.sweep = menu.addAction("Parameter sweep movie…")
        self.sweep.setToolTip("One parameter changes from frame to frame.")
        self.setMenu(menu)
        menu.aboutToShow.connect(self._on_menu)
        self.screenshot.triggered.connect(self._on_screenshot)
        self.turntable.triggered.connect(lambda checked=False: self.open_dialog(MovieDialog))
        self.sweep.triggered.connect(lambda checked=False: self.open_dialog(SweepDialog))

    def set_theme(self, theme: dict[str, str]) -> None:
        """Draw the camera in the colour of the theme's text."""
        self.setIcon(icons.camera(theme["text"]))

    def save_picture(self, name: str) -> None:
        """Write the canvas as PNG."""
        path = Path(name) if name.lower().endswith(".png") else Path(f"{name}.png")
        try:
            write_png(path, self._camera.picture())
        except InputError as error:
            self._controller.refuse(error)
        else:
            self._controller.status.emit(f"Saved {path}")

    def open_dialog(self, kind: type[MovieDialog]) -> MovieDialog:
        """Ask what a movie shows; the window waits behind."""
        self.close_dialog()
        self.dialog = kind(self._controller, self._display, self.recorder, self.window())
        self.dialog.setWindowModality(Qt.WindowModality.WindowModal)
        self.dialog.finished.connect(self._on_dialog)
        self.dialog.open()
        return self.dialog

    def close_dialog(self) -> None:
        """Stop a movie that is being made and close its dialog."""
        self.recorder.job.stop()
        if self.dialog is not None:
            self._on_dialog()

    def _on_dialog(self, result: int = 0) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            QDialog.done(dialog, 0)
            dialog.deleteLater()

    def _on_menu(self) -> None:
        self.turntable.setEnabled(not self._camera.flat)
        self.turntable.setToolTip(NO_TURN if self._camera.flat else TURN)

    def _on_screenshot(self, checked: bool = False) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, "Screenshot of the canvas", "canvas.png", "PNG (*.png)"
        )
        if name:
            self.save_picture(name)
