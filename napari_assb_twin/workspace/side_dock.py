"""A panel that has a dock of its own, a page over the workspace at first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from qtpy.QtCore import QObject, QTimer
from qtpy.QtWidgets import QDockWidget, QWidget

from napari_assb_twin.workspace.adapter import dock_behind, undock


class SidePanel(Protocol):
    """What a widget needs to stand in such a dock.

    Attributes
    ----------
    hidden
        A signal: its dock was closed, or lies behind another one.
    """

    hidden: Any

    @property
    def busy(self) -> bool:
        """Whether it works on something."""

    @property
    def first(self) -> QWidget:
        """Where the focus goes when it is opened."""

    def set_theme(self, theme: dict[str, str]) -> None:
        """Colours of the theme."""


class SideDock(QObject):
    """Makes the panel when it is first asked for; closing its dock keeps what the panel holds.

    Parameters
    ----------
    viewer, owner
        The viewer that it is docked in, and the widget that keeps it while it is closed.
    name
        Of the dock.
    make
        Makes the panel, a widget that is a `SidePanel`.
    """

    def __init__(
        self, viewer: Any, owner: QWidget, name: str, make: Callable[[], SidePanel]
    ) -> None:
        super().__init__(owner)
        self._viewer, self._owner = viewer, owner
        self._name, self._make = name, make
        self._theme: dict[str, str] | None = None
        self.panel: Any = None

    @property
    def busy(self) -> bool:
        """Whether the panel works on something."""
        return self.panel is not None and self.panel.busy

    @property
    def docked(self) -> bool:
        """Whether it stands in a dock."""
        return self.panel is not None and self.panel.parent() not in (None, self._owner)

    def open(self) -> Any:
        """Show it, and put the focus into it."""
        if self.panel is None:
            self.panel = self._make()
            self.panel.hidden.connect(self._on_hidden)
            self.panel.destroyed.connect(self._on_destroyed)
        if not self.docked:
            dock_behind(self._viewer, self.panel, self._name)
        else:
            dock = self.panel.parentWidget()
            while not isinstance(dock, QDockWidget):
                dock = dock.parentWidget()
            dock.show()
            dock.raise_()
        if self._theme is not None:
            self.panel.set_theme(self._theme)
        self.panel.first.setFocus()
        return self.panel

    def set_theme(self, theme: dict[str, str]) -> None:
        """Colours of the theme."""
        self._theme = theme
        if self.panel is not None:
            self.panel.set_theme(theme)

    def shut(self) -> None:
        """Close the dock; what the panel holds stays until the workspace is gone."""
        if self.panel is not None and self.docked:
            undock(self._viewer, self.panel)
            self._keep()

    def _on_hidden(self) -> None:
        """The dock's x unparents the panel a moment after it is hidden."""
        QTimer.singleShot(0, self._keep)

    def _on_destroyed(self, gone: object = None) -> None:
        """With the window, in whose dock it stood."""
        self.panel = None

    def _keep(self) -> None:
        if self.panel is not None and self.panel.parent() is None:
            self.panel.setParent(self._owner)
