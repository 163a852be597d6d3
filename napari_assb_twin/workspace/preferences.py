"""The user's preferences, kept by napari under the manifest's ``configurations``."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from qtpy.QtCore import QObject, Signal

from napari_assb_twin.workspace.adapter import plugin_settings
from napari_assb_twin.workspace.live import HALF_FROM, QUARTER_FROM

GROUP = "workspace"
"""Key of the manifest under which they stand."""


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """What a window begins with; defaults and names are those of the manifest.

    Attributes
    ----------
    device
        Where volumes are made: ``auto``, ``cpu`` or ``cuda``.
    threads
        Threads of the CPU that are used; 0 for as many as suit the machine.
    previews
        Whether the volume follows a moving slider, or waits until it is let go.
    half_from, quarter_from
        Longest edges in voxels from which a moving slider draws every second or fourth voxel.
    colours
        Name of the colours of the phases.
    """

    device: str = "auto"
    threads: int = 0
    previews: bool = True
    half_from: int = HALF_FROM
    quarter_from: int = QUARTER_FROM
    colours: str = "paper"


class PreferenceWatch(QObject):
    """The preferences as they are now, and whenever they change in napari's dialog.

    Signals
    -------
    changed(Preferences)
    """

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._settings: Any = None
        self.open()

    @property
    def current(self) -> Preferences:
        """What napari keeps; the defaults where the plugin is not registered with it."""
        if self._settings is None:
            return Preferences()
        names = (field.name for field in fields(Preferences))
        return Preferences(**{name: getattr(self._settings, name) for name in names})

    def open(self) -> None:
        """Listen to napari."""
        if self._settings is None:
            self._settings = plugin_settings(GROUP)
            if self._settings is not None:
                self._settings.events.connect(self._on_changed)

    def close(self) -> None:
        """Listen no more."""
        if self._settings is not None:
            self._settings.events.disconnect(self._on_changed)
            self._settings = None

    def _on_changed(self, event: object = None) -> None:
        self.changed.emit(self.current)
