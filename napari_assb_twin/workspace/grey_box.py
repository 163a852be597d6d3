"""Greyscale images to three phases: by two thresholds or by examples, seen while one chooses."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from qtpy.QtCore import QEvent, Signal
from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.draft import Draft
from napari_assb_twin.images.glance import Glance, Parted, Treated, parted, shares_of
from napari_assb_twin.images.segmentation import GreySegmentation
from napari_assb_twin.images.trained_segmentation import ForestOptions, TrainedSegmentation
from napari_assb_twin.twin.phases import Phase
from napari_assb_twin.workspace import adapter
from napari_assb_twin.workspace.forms import Form, choice, number
from napari_assb_twin.workspace.grey_cut import GreyCut
from napari_assb_twin.workspace.grey_examples import GreyExamples
from napari_assb_twin.workspace.grey_layers import GreyLayers
from napari_assb_twin.workspace.grey_seen import GreySeen
from napari_assb_twin.workspace.grey_steps import GreySteps
from napari_assb_twin.workspace.jobs import Job
from napari_assb_twin.workspace.latest import LatestWins
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.section import Section

THRESHOLDS, EXAMPLES = "thresholds", "examples"
WAYS = (("two thresholds", THRESHOLDS), ("painted examples", EXAMPLES))


UNKNOWN_UM = 1.0
"""Edge of a pixel in the viewer while nobody knows it."""


class GreyBox(QWidget):
    """How grey values become phases, with what that makes of one section.

    Thresholds part what counts of the images, as `set_part` says it; a forest learns from all of
    them, and what it names is cut afterwards.

    Signals
    -------
    changed()
        `segmentation` is another one.

    Raises
    ------
    InputError
        If the images hold no grey values that two thresholds could cut.
    """

    changed = Signal()

    def __init__(self, draft: Draft, names: PhaseNames, colours: dict[Phase, str]) -> None:
        super().__init__()
        self._names = names
        self._whole = self._part = Glance(draft)
        self._treated: Treated | None = None
        self._parted: Parted | None = None
        self._trained: TrainedSegmentation | None = None
        self._pixel_um = (draft.voxel_size_um or (UNKNOWN_UM, UNKNOWN_UM))[-2:]
        self.seen = GreySeen(colours)
        self.cut = GreyCut(draft.grey_values, names, colours)
        self.low, self.high = self.cut.low, self.cut.high
        self.order, self.doubt = self.cut.order, self.cut.doubt
        self.steps = GreySteps()
        self.examples = GreyExamples(draft, self._whole, names, colours)
        self.way = choice(
            "Told apart by",
            WAYS,
            "Two thresholds, or a random forest that learns from pixels that you paint. The forest "
            "sees texture, and rims that blur makes between dark and bright.",
        )
        self.section = number("Section shown", 1, 1, "", "Which the pictures show.")
        self.section.native.setDecimals(0)
        self.section.step = 1
        self._choices = Form(self.way, self.section)
        self._offer_sections()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for part in (self.seen, self._choices, self.cut, self.examples):
            layout.addWidget(part)
        layout.addWidget(Section("Contrast, light, noise, specks", self.steps, unfolded=False))
        self.examples.setVisible(False)
        self._latest = LatestWins("grey")
        viewer = adapter.current_viewer()
        self._layers = None if viewer is None else GreyLayers(viewer, colours)
        self._connect()
        self._on_theme()
        self._look()

    @property
    def segmentation(self) -> GreySegmentation | TrainedSegmentation:
        """What is chosen, as `Draft.apply` takes it.

        Raises
        ------
        InputError
            If it cannot be, or the forest is not trained yet.
        """
        if self.way.value == THRESHOLDS:
            return self._by_thresholds
        if self._trained is None:
            raise InputError("The forest is not trained yet: paint examples and press “Train”.")
        if self._trained.options != self._forest:
            raise InputError("The steps were changed since the forest was trained; train it again.")
        return self._trained

    @property
    def busy(self) -> bool:
        """Whether the pictures are worked on, or a forest is trained."""
        return self._latest.busy or self.examples.job.running

    def set_part(self, draft: Draft) -> None:
        """Let the thresholds part these images: what counts of those that were opened."""
        self._part = Glance(draft)
        self._offer_sections()
        self._look()

    def set_names(self, names: PhaseNames) -> None:
        """Offer the phases under other names."""
        self._names = names
        self.cut.set_names(names)
        self.examples.set_names(names)
        self.seen.show_shares(self._parted, self.order.value, names)

    def set_pixel_um(self, pixel_um: Sequence[float]) -> None:
        """Show the section in this size (rows, columns; µm) in the viewer; 0 for one not known."""
        self._pixel_um = tuple(size or UNKNOWN_UM for size in pixel_um)
        if self._layers is not None:
            self._layers.set_pixel_um(self._pixel_um)

    @property
    def _glance(self) -> Glance:
        """The sections that the pictures show."""
        return self._part if self.way.value == THRESHOLDS else self._whole

    @property
    def _by_thresholds(self) -> GreySegmentation:
        """What is chosen; automatic thresholds are left open until they suit these grey values."""
        seen, treatment, automatic = self._treated, self.steps.treatment, self.cut.automatic
        counted = seen is not None and seen.draft is self._part.draft
        suits = counted and seen.treatment == treatment
        return GreySegmentation(
            thresholds=self.cut.thresholds if suits or not automatic else None,
            dark_to_bright=self.order.value,
            treatment=treatment,
            min_object_px=self.steps.min_object_px,
            automatic=automatic,
        )

    @property
    def _forest(self) -> ForestOptions:
        return ForestOptions(treatment=self.steps.treatment, min_object_px=self.steps.min_object_px)

    def _connect(self) -> None:
        self.cut.changed.connect(self._on_change)
        self.steps.changed.connect(self._on_change)
        self.way.changed.connect(self._on_way)
        self.section.changed.connect(self._on_section)
        self.seen.over.toggled.connect(self._on_over)
        self.examples.painting.connect(self._on_painting)
        self.examples.brushed.connect(self._on_brushed)
        self.examples.train_asked.connect(self._on_train)
        self.examples.trained.connect(self._on_trained)
        self.examples.refused.connect(self.seen.tell)
        self._latest.finished.connect(self._on_looked)
        self._latest.failed.connect(self.seen.tell)
        if self._layers is not None:
            self._layers.follow_theme(self._on_theme)
        self.destroyed.connect(
            partial(_leave, self._latest, self.examples.job, self._layers, self._on_theme)
        )

    # what the user does

    def _on_change(self) -> None:
        self._look()
        self.changed.emit()

    def _on_way(self, way: str) -> None:
        self.cut.setVisible(way == THRESHOLDS)
        self.examples.setVisible(way == EXAMPLES)
        if way == THRESHOLDS:
            self.examples.paint.setChecked(False)
        self._offer_sections()
        self._on_change()

    def _on_section(self, value: int) -> None:
        self._look()

    def _on_train(self) -> None:
        try:
            self.seen.tell("")
            self.examples.start(self._forest)
        except InputError as error:
            self.seen.tell(str(error))

    def _on_trained(self, trained: TrainedSegmentation) -> None:
        self._trained = trained
        self._on_change()

    # what is seen of it

    def _offer_sections(self) -> None:
        """As many as there are; another number of them is looked at from the middle on."""
        many = len(self._glance)
        with self.section.changed.blocked():
            if many != self.section.max or many == 1:
                self.section.max = many
                self.section.value = self._glance.first + 1
            self.section.native.setSuffix(f" of {many}")
        self._choices.show_row(self.section, many > 1)

    def _look(self) -> None:
        """Work on the pictures off the GUI thread: treat the section, part it, or both."""
        glance, place, seen = self._glance, int(self.section.value) - 1, self._treated
        try:
            treatment = self.steps.treatment
            fresh = seen is not None and seen.draft is glance.draft
            if not fresh or (seen.number, seen.treatment) != (place, treatment):
                self._latest.submit(partial(glance.treated, place, treatment))
            elif self.way.value == THRESHOLDS:
                self._latest.submit(partial(parted, seen, self._by_thresholds))
            else:
                self._latest.cancel()
                self._show(self._named(place))
        except InputError as error:
            self.seen.tell(str(error))

    def _on_looked(self, result: Treated | Parted) -> None:
        if isinstance(result, Parted):
            self._show(result)
            return
        before, self._treated = self._treated, result
        rescaled = before is not None and before.treatment.contrast != result.treatment.contrast
        try:
            self.cut.take(result.greys, rescaled=rescaled)
        except InputError as error:
            self.seen.tell(str(error))
            return
        self.seen.show_grey(result)
        self._show_in_viewer()
        self._on_change()

    def _named(self, number: int) -> Parted | None:
        """What the forest found in a section, before small regions are taken out."""
        if self._trained is None:
            return None
        image, slice_ = self._whole.place(number)
        labels = self._trained.labels[image]
        phases = labels if slice_ is None else labels[slice_]
        return Parted(phases, shares_of(phases))

    def _show(self, result: Parted | None) -> None:
        self._parted = result
        self.seen.show_phases(result)
        self.seen.show_shares(result, self.order.value, self._names)
        missing = [] if result is None else [p for p, share in result.shares.items() if not share]
        told = " or ".join(self._names.long(phase) for phase in missing)
        self.seen.tell(f"No pixel is {told}." if missing else "")
        self._show_over()

    # the viewer

    def _show_in_viewer(self) -> None:
        """The section, the phases over it and the layer to paint in, if they are asked for."""
        shown, painted = self.seen.over.isChecked(), self.examples.paint.isChecked()
        if self._layers is None or self._treated is None:
            return
        if painted and self._treated.draft is not self._whole.draft:
            return  # sections of the part; those of the whole are on their way
        if not (shown or painted):
            self._layers.hide()
            return
        self._layers.show_plane(self._treated.plane, self._pixel_um)
        self._show_over()
        if painted:
            self._layers.paint_on(self.examples.marks(self._treated.number))
            self._layers.choose_phase(self.examples.brush)
        else:
            self._layers.hide_examples()

    def _show_over(self) -> None:
        if self._layers is None or self._treated is None:
            return
        suits = self._parted is not None and self._parted.phases.shape == self._treated.plane.shape
        if self.seen.over.isChecked() and suits:
            self._layers.show_phases(self._parted.phases)
        else:
            self._layers.hide_phases()

    def _on_over(self, shown: bool) -> None:
        self._show_in_viewer()

    def _on_painting(self, painted: bool) -> None:
        self._show_in_viewer()

    def _on_brushed(self, phase: Phase) -> None:
        if self._layers is not None:
            self._layers.choose_phase(phase)

    def _on_theme(self, event: object = None) -> None:
        if self._layers is not None:
            self.cut.histogram.set_theme(self._layers.theme)

    def hideEvent(self, event: QEvent) -> None:  # noqa: N802
        """Nobody looks: the viewer gets back what it showed."""
        super().hideEvent(event)
        if not event.spontaneous():
            self.seen.over.setChecked(False)
            self.examples.paint.setChecked(False)


def _leave(latest: LatestWins, job: Job, layers: GreyLayers | None, on_theme, *_: object) -> None:
    """End all work, and take the layers away, when the box is gone."""
    latest.close()
    job.close()
    if layers is not None:
        layers.leave_theme(on_theme)
        layers.hide()
