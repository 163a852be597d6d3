"""The Morphology panel in a notebook: fields of magicgui beside the pictures."""

from __future__ import annotations

import html
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import ipywidgets
from magicgui.widgets import Container

from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import PLANES, Plane
from napari_assb_twin.notebook.exploration import Exploration
from napari_assb_twin.notebook.field_box import FieldBox
from napari_assb_twin.notebook.fields import (
    button,
    choice,
    heading,
    line,
    offer,
    show,
    slider,
    tick,
    whole,
)
from napari_assb_twin.notebook.parameter_row import ParameterRow, typed_value
from napari_assb_twin.notebook.pictures import (
    CHOICES,
    SAME_PHASE,
    CurvesPicture,
    SectionPicture,
    png,
)
from napari_assb_twin.twin.exact import DIRECTIONS, Direction
from napari_assb_twin.twin.parameters import FIELD_CORRELATION, FIELD_NAMES, Symmetry
from napari_assb_twin.twin.phases import LONG_NAMES, PHASES, Phase
from napari_assb_twin.twin.presets import PRESETS, preset, preset_of
from napari_assb_twin.workspace.edits import by_hand, with_symmetry

DEPTHS = 100
PICTURE_WIDTH = "460px"
OWN = ("your own, or choose…", "")
SYMMETRIES = (("cylindrical about z", "cylindrical"), ("isotropic", "isotropic"))
NAMES = tuple((LONG_NAMES[phase], phase) for phase in PHASES)


class Panel:
    """Fields that change what is explored, and pictures that follow it.

    Attributes
    ----------
    rows
        The sliders by the paths of their parameters.
    form
        magicgui's container of all fields.
    native
        The ipywidget that is displayed.
    pixels
        What the section and the curves look like now, uint8 (rows, columns, 4) each.
    """

    def __init__(self, exploration: Exploration) -> None:
        self._exploration = exploration
        self.section_picture, self.curves_picture = SectionPicture(), CurvesPicture()
        self.rows: dict[str, ParameterRow] = {phase: ParameterRow(phase) for phase in PHASES}
        self.fields = {name: FieldBox(exploration, name) for name in FIELD_NAMES}
        for box in self.fields.values():
            self.rows |= box.rows
        self.rows[FIELD_CORRELATION] = ParameterRow(FIELD_CORRELATION)
        self.form = self._form()
        self.view = self._view()
        self.section, self.curves = _picture(), _picture()
        self.message = ipywidgets.HTML(layout={"max_width": PICTURE_WIDTH})
        pictures = ipywidgets.VBox([self.section, self.curves, self.message])
        right = ipywidgets.VBox([self.view.native, pictures])
        self.native = ipywidgets.HBox(
            [self.form.native, right], layout=ipywidgets.Layout(flex_flow="row wrap")
        )
        for row in self.rows.values():
            row.moved.connect(self._on_moved)
            row.typed.connect(self._on_typed)
        exploration.changed.connect(self.update)
        self.update()

    def update(self) -> None:
        """Show the current twin in every field, and draw it."""
        twin = self._exploration.twin
        show(self.preset, preset_of(twin) or "")
        show(self.symmetry, twin.symmetry)
        show(self.first, twin.first_phase)
        others = tuple(one for one in NAMES if one[1] != twin.first_phase)
        offer(self.second, others, twin.second_phase)
        show(self.seed, twin.seed)
        for row in self.rows.values():
            row.show_twin(twin)
        for box in self.fields.values():
            box.show_twin(twin)
        self.undo.enabled, self.redo.enabled = (
            self._exploration.can_undo,
            self._exploration.can_redo,
        )
        show(self.plane, self._exploration.plane)
        show(self.depth, round(DEPTHS * self._exploration.depth))
        self._draw()

    def close(self) -> None:
        """Close every widget."""
        self._exploration.changed.disconnect(self.update)
        _close(self.native)

    def _form(self) -> Container[ipywidgets.Widget]:
        self.undo = button("Undo", "Take the last change back; moves of one slider are one change.")
        self.redo = button("Redo", "Do what was taken back again.")
        titles = [(one.title, name) for name, one in PRESETS.items()]
        self.preset = choice(
            "Preset", (OWN, *titles), "Built-in twins; the box and the seed stay as they are."
        )
        self.symmetry = choice(
            "Symmetry", SYMMETRIES, "Cylindrical: the pressing direction z differs from x and y."
        )
        self.first = choice("Cut first", NAMES, "The phase that is cut from field X.")
        self.second = choice(
            "Cut second",
            NAMES,
            "The phase that is cut from field Y in what X leaves; the third is the rest.",
        )
        self.seed = whole("Seed", "The same seed gives the same structure; other numbers, others.")
        self.next_seed = button("Next seed", "Another realisation of the same model.")
        self.undo.changed.connect(self._exploration.undo)
        self.redo.changed.connect(self._exploration.redo)
        self.preset.changed.connect(self._on_preset)
        self.symmetry.changed.connect(self._on_symmetry)
        self.first.changed.connect(self._on_first)
        self.second.changed.connect(self._on_second)
        self.seed.changed.connect(self._on_seed)
        self.next_seed.changed.connect(self._on_next_seed)
        return Container(
            widgets=(
                line(self.undo, self.redo),
                *(self.preset, self.symmetry, self.first, self.second),
                heading("Volume fractions (sum 1)"),
                *(self.rows[phase].line for phase in PHASES),
                *(box.form for box in self.fields.values()),
                self.rows[FIELD_CORRELATION].line,
                line(self.seed, self.next_seed),
            ),
            labels=False,
        )

    def _view(self) -> Container[ipywidgets.Widget]:
        self.plane = choice(
            "Section",
            tuple((_PLANES[plane], plane) for plane in PLANES),
            "xy is perpendicular to the pressing direction z; xz and yz contain it.",
        )
        self.depth = slider("at", DEPTHS, "Where the section lies, from face to face.", "244px")
        self.direction = choice(
            "Curves",
            tuple((direction, direction) for direction in DIRECTIONS),
            "Two-point coverage probability C_ij(h): the share of positions in phase i with phase "
            "j a lag h away. In-plane is perpendicular to z, through-plane along z.",
        )
        self.pairs = choice("of", tuple((one, one) for one in CHOICES), "Which pairs of phases.")
        self.estimate = tick(
            "this volume, too",
            "Estimate the curves from the volume as well; at 128³ voxels this slows dragging down.",
        )
        for field in (self.plane, self.depth, self.direction, self.pairs):
            field.native.style.description_width = "56px"
            field.native.layout.width = "220px"
        self.pairs.native.layout.width = self.depth.native.layout.width = "244px"
        self.plane.changed.connect(self._on_section)
        self.depth.changed.connect(self._on_section)
        self.direction.changed.connect(self._on_curves)
        self.pairs.changed.connect(self._draw)
        self.estimate.changed.connect(self._on_curves)
        return Container(
            widgets=(
                line(self.plane, self.depth),
                line(self.direction, self.pairs),
                self.estimate,
            ),
            labels=False,
        )

    def _draw(self) -> None:
        pairs = self.pairs.value or SAME_PHASE
        self.pixels = (
            self.section_picture.draw(self._exploration),
            self.curves_picture.draw(self._exploration, pairs),
        )
        self.section.value, self.curves.value = (png(one) for one in self.pixels)
        self._say(self._exploration.refusal or _remark(self._exploration))

    def _say(self, sentence: str) -> None:
        self.message.value = html.escape(sentence)

    @contextmanager
    def _attempt(self) -> Iterator[None]:
        """What is refused is said in a sentence, and the fields show the twin as it is."""
        try:
            yield
        except InputError as error:
            self.update()
            self._say(str(error))

    def _on_moved(self, path: str, value: float | None) -> None:
        with self._attempt():
            self._exploration.drag(path, value)
            self.rows[path].show_twin(self._exploration.twin)

    def _on_typed(self, path: str, text: str) -> None:
        row = self.rows[path]
        if text == row.scale.text(row.scale.shown(self._exploration.twin.value(path))):
            return  # the number as it stands means the number unrounded
        with self._attempt():
            self._exploration.set_value(path, typed_value(row.scale, text))

    def _on_preset(self, name: str) -> None:
        if name:
            twin = self._exploration.twin
            chosen = replace(preset(name), grid=twin.grid, seed=twin.seed)
            self._exploration.set_twin(chosen, f"preset {name}")

    def _on_symmetry(self, symmetry: Symmetry) -> None:
        twin = by_hand(with_symmetry(self._exploration.twin, symmetry))
        self._exploration.set_twin(twin, "symmetry")

    def _on_first(self, first: Phase) -> None:
        twin = self._exploration.twin
        second = twin.first_phase if first == twin.second_phase else twin.second_phase
        self._set_order(first, second)

    def _on_second(self, second: Phase) -> None:
        self._set_order(self._exploration.twin.first_phase, second)

    def _set_order(self, first: Phase, second: Phase) -> None:
        twin = replace(self._exploration.twin, first_phase=first, second_phase=second)
        self._exploration.set_twin(by_hand(twin), "order of the phases")

    def _on_seed(self, seed: int) -> None:
        with self._attempt():
            self._exploration.set_twin(replace(self._exploration.twin, seed=seed), "seed")

    def _on_next_seed(self) -> None:
        self._on_seed(self._exploration.twin.seed + 1)

    def _on_section(self) -> None:
        plane: Plane = self.plane.value
        self._exploration.show_section(plane, self.depth.value / DEPTHS)

    def _on_curves(self) -> None:
        direction: Direction = self.direction.value
        self._exploration.show_curves(direction, with_realised=bool(self.estimate.value))


def _picture() -> ipywidgets.Image:
    """A picture at its own size; a tooltip would break ipywidgets' view of it."""
    return ipywidgets.Image(format="png", layout={"width": PICTURE_WIDTH, "object_fit": "contain"})


def _close(widget: ipywidgets.Widget) -> None:
    for child in getattr(widget, "children", ()):
        _close(child)
    widget.close()


_PLANES: dict[Plane, str] = {
    "xy": "xy (plan view)",
    "xz": "xz (cross-section)",
    "yz": "yz (cross-section)",
}


def _remark(exploration: Exploration) -> str:
    """What the section is a section of, and what is to be said of its box."""
    realisation = exploration.realisation
    if realisation is None:
        return ""
    grid = exploration.twin.grid
    size = " × ".join(map(str, grid.shape))
    every = {1: "", 2: ", every second voxel", 4: ", every fourth voxel"}[exploration.coarsen]
    words = [f"Volume of {size} voxels (z, y, x) of {grid.voxel_size_um:g} µm{every}."]
    return " ".join([*words, *realisation.reservations])
