"""Keys of the workspace: one table, from which `docs/shortcuts.md` is checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from qtpy.QtCore import Qt
from qtpy.QtGui import QKeySequence
from qtpy.QtWidgets import QAction, QShortcut, QWidget


@dataclass(frozen=True)
class Key:
    """A name, the keys as Qt writes them, and what they do."""

    name: str
    keys: str
    does: str


KEYS: tuple[Key, ...] = (
    Key("undo", "Ctrl+Z", "Undo the last step"),
    Key("redo", "Ctrl+Shift+Z", "Redo it"),
    Key("open", "Ctrl+Shift+L", "Open a twin file or a session"),
    Key("save twin", "Ctrl+Shift+S", "Save as twin file"),
    Key("save session", "Ctrl+Shift+E", "Save as session"),
    Key("new seed", "Ctrl+Shift+R", "New seed by chance"),
    Key("compare", "Ctrl+Shift+D", "Compare samples: several twins at once"),
    Key("view 3D", "Ctrl+1", "View in three dimensions"),
    Key("view xy", "Ctrl+2", "Plan view xy"),
    Key("view xz", "Ctrl+3", "Cross-section xz"),
    Key("view yz", "Ctrl+4", "Cross-section yz"),
    Key("view sections", "Ctrl+5", "Three orthogonal sections at once"),
    Key("view beside", "Ctrl+6", "Measured beside simulated"),
    Key("show pore", "Ctrl+7", "Show or hide the pores"),
    Key("show active_material", "Ctrl+8", "Show or hide the active material (CAM)"),
    Key("show solid_electrolyte", "Ctrl+9", "Show or hide the solid electrolyte (SE)"),
)
"""None of them is napari's: they work while something in the workspace has the focus."""


def install(
    widget: QWidget,
    slots: Mapping[str, Callable[[], object]],
    buttons: Mapping[str, QWidget | QAction],
) -> list[QShortcut]:
    """Bind every key of the table to its slot within a widget, and name it in the tooltips.

    Parameters
    ----------
    widget
        The keys work while it, or something in it, has the focus.
    slots, buttons
        What is done, for every name of the table; and the button or entry of a menu that does
        the same, if there is one whose tooltip does not change (else it asks for `hint`).
    """
    installed = []
    for key in KEYS:
        shortcut = QShortcut(QKeySequence(key.keys), widget)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(slots[key.name])
        installed.append(shortcut)
        button = buttons.get(key.name)
        if button is not None:
            button.setToolTip(f"{button.toolTip()}{hint(key.name)}")
    return installed


def hint(name: str) -> str:
    """The keys of the table as they stand behind a tooltip."""
    return f" ({QKeySequence(keys_of(name)).toString(QKeySequence.SequenceFormat.NativeText)})"


def keys_of(name: str) -> str:
    """The keys of the table, as Qt writes them."""
    return next(key.keys for key in KEYS if key.name == name)
