"""The line at the bottom: what is drawn, on which device, and with which reservations."""

from __future__ import annotations

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from napari_assb_twin.twin.device import DEVICES
from napari_assb_twin.twin.realisation import Realisation
from napari_assb_twin.workspace.attempt import attempt
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.forms import choice, show
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.tips import rich

NAMES = {"auto": "auto", "cpu": "CPU", "cuda": "CUDA"}


class StatusBar(QWidget):
    """Always visible, below the tabs."""

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        self.message = QLabel()
        self.detail = QLabel()
        self.detail.setWordWrap(True)
        for label in (self.message, self.detail):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.warning = QLabel()
        self.warning.setWordWrap(True)
        self.device = choice(
            "Device",
            [(NAMES[device], device) for device in DEVICES],
            "Where volumes are made; auto takes a GPU if there is one.",
        )
        self.device.native.setFixedWidth(84)
        line = QHBoxLayout()
        self.message.setMinimumWidth(1)
        line.addWidget(self.message, 1)
        line.addWidget(self.device.native)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 2, 6, 2)
        layout.addLayout(line)
        layout.setSpacing(0)
        layout.addWidget(self.detail)
        layout.addWidget(self.warning)
        show(self.device, controller.device)
        controller.status.connect(self._on_status)
        controller.realised.connect(self._on_realised)
        controller.names_changed.connect(self._on_names)
        controller.reservations.connect(self._on_reservations)
        self.device.changed.connect(self._on_device)
        self._on_reservations(())

    def _on_status(self, text: str) -> None:
        """The first line stands beside the device, the rest below."""
        first, _, rest = text.partition("\n")
        self.message.setText(first)
        self.message.setToolTip(rich(text))
        self.detail.setText(rest)
        self.detail.setVisible(bool(rest))

    def _on_realised(self, realisation: Realisation, full: bool) -> None:
        if full:
            self._on_names(self._controller.names)

    def _on_names(self, names: PhaseNames) -> None:
        controller = self._controller
        if controller.realisation is not None:
            self._on_status(_sentence(controller.realisation, controller.seconds, names))

    def _on_device(self, device: str) -> None:
        with attempt(self._controller):
            self._controller.set_device(device)

    def _on_reservations(self, sentences: tuple[str, ...]) -> None:
        more = f" (And {len(sentences) - 1} more: point here.)" if len(sentences) > 1 else ""
        self.warning.setText(f"⚠ {sentences[0]}{more}" if sentences else "")
        self.warning.setToolTip("\n".join(sentences))
        self.warning.setVisible(bool(sentences))


def _sentence(realisation: Realisation, seconds: float, names: PhaseNames) -> str:
    shape = " × ".join(map(str, realisation.labels.shape))
    shares = ", ".join(
        f"{names[phase]} {share:.1%}" for phase, share in realisation.volume_fractions.items()
    )
    took = f"{seconds * 1e3:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
    return (
        f"{shape} voxels, {took} on {realisation.device.upper()}\n"
        f"Seed {realisation.twin.seed}: {shares}"
    )
