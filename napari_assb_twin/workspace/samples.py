"""The twins that are open side by side: the current one, and those added from files or presets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from qtpy.QtCore import QObject, Signal

from napari_assb_twin.comparison.naming import stem, unused
from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.own_presets import find_preset
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.twin_file import load_twin
from napari_assb_twin.workspace.controller import Controller

CURRENT = "current twin"
KEPT = "kept"
MOST = 8
"""As many can be told apart by colour and mark."""

LONGEST = 40


@dataclass(frozen=True, kw_only=True)
class Sample:
    """An open twin: its name, which colour and mark it has, and whether its curves are drawn."""

    name: str
    twin: Twin
    look: int
    shown: bool = True


class Samples(QObject):
    """The list of open twins; the first one is always the current twin of the window.

    Signals
    -------
    changed()
        Some twin came, went, or has another name or visibility.
    moved()
        The current twin is another one.
    """

    changed = Signal()
    moved = Signal()

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        self.items: tuple[Sample, ...] = (Sample(name=CURRENT, twin=controller.twin, look=0),)
        controller.twin_changed.connect(self._on_twin)

    @property
    def names(self) -> tuple[str, ...]:
        """Of all, in their order."""
        return tuple(one.name for one in self.items)

    def __getitem__(self, name: str) -> Sample:
        return next(one for one in self.items if one.name == name)

    def add(self, twin: Twin, name: str) -> str:
        """Open one more; returns its name, with a number where there is one of this name.

        Raises
        ------
        InputError
            If there are `MOST` already.
        """
        free = [look for look in range(MOST) if all(one.look != look for one in self.items)]
        if not free:
            raise InputError(
                f"{MOST} twins are open, as many as can be told apart; remove one of them first."
            )
        name = unused(name[:LONGEST], self.names)
        self.items = (*self.items, Sample(name=name, twin=twin, look=free[0]))
        self.changed.emit()
        return name

    def add_file(self, path: str | Path) -> str:
        """Open a twin file; `InputError` if it cannot be read, or as `add`."""
        return self.add(load_twin(path), stem(Path(path)))

    def add_preset(self, name: str) -> str:
        """Open a built-in twin or an own preset; `InputError` as `find_preset` or `add`."""
        return self.add(find_preset(name), name)

    def keep(self) -> str:
        """Open the current twin as it is now, so that it stays while the current one moves on."""
        return self.add(self._controller.twin, KEPT)

    def remove(self, name: str) -> None:
        """Close one; the current twin stays."""
        if name != CURRENT:
            self.items = tuple(one for one in self.items if one.name != name)
            self.changed.emit()

    def rename(self, name: str, new: str) -> None:
        """Call one otherwise.

        Raises
        ------
        InputError
            If the new name is empty, too long, or that of another one.
        """
        new = " ".join(new.split())
        if not 0 < len(new) <= LONGEST:
            raise InputError(f"The name of a twin has between 1 and {LONGEST} letters.")
        if new != name and new in self.names:
            raise InputError(f"There is a twin {new!r} in the list already; choose another name.")
        self._replace(name, name=new)

    def set_shown(self, name: str, shown: bool) -> None:
        """Whether the curves of one are drawn, and it is tested with the others."""
        self._replace(name, shown=shown)

    def _replace(self, of: str, **changes: str | bool) -> None:
        self.items = tuple(
            replace(one, **changes) if one.name == of else one  # type: ignore[arg-type]
            for one in self.items
        )
        self.changed.emit()

    def _on_twin(self, twin: Twin) -> None:
        self.items = (replace(self.items[0], twin=twin), *self.items[1:])
        self.moved.emit()
