"""The list of presets: the built-in ones, then the user's own."""

from __future__ import annotations

from dataclasses import replace

from magicgui.widgets import ComboBox
from qtpy.QtCore import Qt

from napari_assb_twin.twin.own_presets import own_presets
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.presets import PRESETS
from napari_assb_twin.workspace.forms import choice, offer

OTHER = "your own, or choose…"
TIP = "Built-in twins and your own presets; the box stays as it is."
TOOLTIP = Qt.ItemDataRole.ToolTipRole


class PresetChoice:
    """Fills a field with presets; what is chosen there is somebody else's business.

    A file that cannot be read is listed so: choosing it says what is wrong with it.
    """

    def __init__(self) -> None:
        self._own = own_presets()
        # magicgui goes back to the first choices when the field gets its place
        self.field: ComboBox = choice("Preset", self._titles(), TIP)
        self._say()

    def refresh(self) -> None:
        """Look into the folder again."""
        self._own = own_presets()
        offer(self.field, self._titles(), self.field.value)
        self._say()

    @property
    def own(self) -> str | None:
        """The name of the own preset that is shown, or None."""
        return self.field.value if self.field.value in self._own.twins else None

    def name_of(self, twin: Twin) -> str | None:
        """The preset that a twin is, whatever its box and seed; of equal ones that shown."""
        twins = {name: one.twin for name, one in PRESETS.items()} | self._own.twins
        for name in sorted(twins, key=lambda name: name != self.field.value):
            if replace(twins[name], grid=twin.grid, seed=twin.seed) == twin:
                return name
        return None

    def _titles(self) -> list[tuple[str, str | None]]:
        built_in = [(one.title, name) for name, one in PRESETS.items()]
        damaged = [(f"{name} (unreadable)", name) for name in self._own.unreadable]
        return [(OTHER, None), *built_in, *((name, name) for name in self._own.twins), *damaged]

    def _say(self) -> None:
        """What stands behind each entry, as its tooltip."""
        tips = {name: one.documentation for name, one in PRESETS.items()}
        tips |= dict.fromkeys(self._own.twins, "Your own preset.") | self._own.unreadable
        for index, (_, name) in enumerate(self._titles()):
            if name is not None:
                self.field.native.setItemData(index, tips[name], TOOLTIP)
