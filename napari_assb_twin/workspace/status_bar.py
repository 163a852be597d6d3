"""The line at the bottom: what is drawn, on which device, and with which reservations."""

from __future__ import annotations

from qtpy.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from napari_assb_twin.twin.device import DEVICES
from napari_assb_twin.workspace.attempt import attempt
from napari_assb_twin.workspace.choice import Choice
from napari_assb_twin.workspace.controller import Controller

NAMES = {"auto": "auto", "cpu": "CPU", "cuda": "CUDA"}


class StatusBar(QWidget):
    """Always visible, below the tabs."""

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        self.message = QLabel()
        self.detail = QLabel()
        self.detail.setWordWrap(True)
        self.warning = QLabel()
        self.warning.setWordWrap(True)
        self.device = Choice([(device, NAMES[device]) for device in DEVICES], name="Device")
        self.device.setToolTip("Where volumes are made; auto takes a GPU if there is one.")
        self.device.setMinimumContentsLength(4)
        line = QHBoxLayout()
        self.message.setMinimumWidth(1)
        line.addWidget(self.message, 1)
        line.addWidget(self.device)
        self.device.setFixedWidth(84)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 2, 6, 2)
        layout.addLayout(line)
        layout.setSpacing(0)
        layout.addWidget(self.detail)
        layout.addWidget(self.warning)
        self.device.set_value(controller.device)
        controller.status.connect(self._on_status)
        controller.reservations.connect(self._on_reservations)
        self.device.chosen.connect(self._on_device)
        self._on_reservations(())

    def _on_status(self, text: str) -> None:
        """The first line stands beside the device, the rest below."""
        first, _, rest = text.partition("\n")
        self.message.setText(first)
        self.message.setToolTip(text)
        self.detail.setText(rest)
        self.detail.setVisible(bool(rest))

    def _on_device(self, device: str) -> None:
        with attempt(self._controller):
            self._controller.set_device(device)

    def _on_reservations(self, sentences: tuple[str, ...]) -> None:
        more = f" (And {len(sentences) - 1} more: point here.)" if len(sentences) > 1 else ""
        self.warning.setText(f"⚠ {sentences[0]}{more}" if sentences else "")
        self.warning.setToolTip("\n".join(sentences))
        self.warning.setVisible(bool(sentences))
