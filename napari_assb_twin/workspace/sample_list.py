"""The list of open twins: ticks for their curves, names to change, buttons to add and remove."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from qtpy.QtCore import QSignalBlocker, Qt
from qtpy.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin import twin_file
from napari_assb_twin.twin.own_presets import own_presets
from napari_assb_twin.twin.presets import PRESETS
from napari_assb_twin.workspace import icons
from napari_assb_twin.workspace.buttons import push_button
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.sample_looks import GLYPHS, colour_of
from napari_assb_twin.workspace.samples import CURRENT, Sample, Samples
from napari_assb_twin.workspace.tips import rich

NAME = Qt.ItemDataRole.UserRole
SPOKEN = Qt.ItemDataRole.AccessibleTextRole
FIXED = "The twin of the window: it follows every slider."
OTHERS = "Ticked: its curves are drawn, and its differences are tested. F2: another name."


class SampleList(QWidget):
    """Shows `Samples` and changes them."""

    def __init__(self, controller: Controller, samples: Samples) -> None:
        super().__init__()
        self._controller, self._samples = controller, samples
        self._theme = {"text": "#808080"}
        self.list = QListWidget()
        self.list.setAccessibleName("Open twins")
        self.list.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.list.setMinimumSize(110, 40)
        self.file = push_button(
            "Add file…", "Open one or more twin files beside the current twin.", spoken="Add file"
        )
        self.preset = push_button("Add preset", "Open a built-in twin or one of your own presets.")
        self.menu = QMenu(self)
        self.menu.setToolTipsVisible(True)
        self.preset.setMenu(self.menu)
        self.keep = push_button(
            "Keep current", "Put the current twin as it is now into the list; it stays so."
        )
        self.remove = push_button("Remove", "Take the selected twin out of the list; files stay.")
        buttons = QVBoxLayout()
        buttons.setSpacing(2)
        for button in (self.file, self.preset, self.keep, self.remove):
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.list, 1)
        layout.addLayout(buttons)
        self.file.clicked.connect(self._on_file)
        self.menu.aboutToShow.connect(self.list_presets)
        self.keep.clicked.connect(self._on_keep)
        self.remove.clicked.connect(self._on_remove)
        self.list.itemChanged.connect(self._on_item)
        self.list.currentItemChanged.connect(self._on_selected)
        samples.changed.connect(self.show_samples)
        self.show_samples()

    def set_theme(self, theme: Mapping[str, str]) -> None:
        """The colour of the current twin is that of the text."""
        self._theme = dict(theme)
        self.show_samples()

    def show_samples(self) -> None:
        """Write the list anew; the same twin stays selected."""
        selected = self.list.currentRow()
        with QSignalBlocker(self.list):
            self.list.clear()
            for sample in self._samples.items:
                self.list.addItem(self._item(sample))
            self.list.setCurrentRow(min(max(selected, 0), self.list.count() - 1))
        self._on_selected()

    def open_files(self, paths: list[str]) -> None:
        """Add twin files; what is wrong with one is said, and the others are added."""
        for path in paths:
            self._try(partial(self._samples.add_file, path))

    def list_presets(self) -> None:
        """Look into the folder of the user's own presets again."""
        self.menu.clear()
        for name, one in PRESETS.items():
            self._entry(one.title, name, one.documentation)
        own = own_presets()
        if own.twins:
            self.menu.addSeparator()
        for name in own.twins:
            self._entry(name, name, "Your own preset.")

    def _item(self, sample: Sample) -> QListWidgetItem:
        item = QListWidgetItem(sample.name)
        item.setData(NAME, sample.name)
        item.setIcon(icons.mark(GLYPHS[sample.look], colour_of(sample.look, self._theme)))
        checked = Qt.CheckState.Checked if sample.shown else Qt.CheckState.Unchecked
        flags = item.flags() | Qt.ItemFlag.ItemIsUserCheckable
        if sample.name != CURRENT:
            flags |= Qt.ItemFlag.ItemIsEditable
        item.setFlags(flags)
        item.setCheckState(checked)
        item.setToolTip(rich(f"{sample.name}\n{FIXED if sample.name == CURRENT else OTHERS}"))
        item.setData(SPOKEN, f"{sample.name}, curves {'shown' if sample.shown else 'hidden'}")
        return item

    def _entry(self, title: str, name: str, tip: str) -> None:
        action = self.menu.addAction(title)
        action.setToolTip(rich(tip))
        action.triggered.connect(
            lambda checked=False: self._try(partial(self._samples.add_preset, name))
        )

    def _on_file(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(
            self, "Add twin files", "", f"Twin files (*{twin_file.SUFFIX});;All files (*)"
        )
        self.open_files([str(Path(name)) for name in names])

    def _on_keep(self) -> None:
        self._try(self._samples.keep)

    def _on_remove(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self._samples.remove(item.data(NAME))

    def _on_item(self, item: QListWidgetItem) -> None:
        """A tick, or another name."""
        sample = self._samples[item.data(NAME)]
        shown = item.checkState() == Qt.CheckState.Checked
        if shown != sample.shown:
            self._samples.set_shown(sample.name, shown)
        elif item.text() != sample.name:
            self._try(partial(self._samples.rename, sample.name, item.text()))

    def _on_selected(self, item: object = None) -> None:
        self.remove.setEnabled(self.list.currentRow() > 0)

    def _try(self, change) -> None:
        try:
            change()
        except InputError as error:
            self._controller.refuse(error)
            self.show_samples()
