"""What the readouts show, kept up to date: exact numbers, clusters, interfaces of the data."""

from __future__ import annotations

from functools import partial

from qtpy.QtCore import QObject, Signal

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.draft import Data
from napari_assb_twin.measure.interfaces import MeasuredInterfaces, as_seen, measured_interfaces
from napari_assb_twin.measure.percolation import Clusters, percolation
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import Phase
from napari_assb_twin.twin.readouts import Readouts, readouts
from napari_assb_twin.twin.realisation import Realisation
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.latest import LatestWins


class Structure(QObject):
    """Numbers of the twin, of its volume, and of the measured data.

    The exact ones follow every move.  Clusters are counted off the GUI thread, of the full volume
    alone and while somebody watches; an answer of a twin that is no longer the current one is
    dropped.

    Signals
    -------
    changed()
        Some number is new, or has become old.
    """

    changed = Signal()

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        self._watched = False
        self._clustered: Twin | None = None
        self.clusters: dict[Phase, Clusters | None] | None = None
        self.measured: MeasuredInterfaces | None = None
        self._of_volume = LatestWins("assb-twin-clusters")
        self._of_data = LatestWins("assb-twin-interfaces")
        self._of_volume.finished.connect(self._on_clusters)
        self._of_volume.failed.connect(controller.refuse)
        self._of_data.finished.connect(self._on_measured)
        controller.twin_changed.connect(self._on_twin)
        controller.realised.connect(self._on_realised)
        controller.data_changed.connect(self._on_data)
        self.exact: Readouts = readouts(controller.twin)
        self.seen: MeasuredInterfaces | None = None

    @property
    def fresh(self) -> bool:
        """Whether the clusters are those of the current twin."""
        return self.clusters is not None and self._clustered == self._controller.twin

    @property
    def busy(self) -> bool:
        """Whether something is being counted."""
        return self._of_volume.busy or self._of_data.busy

    def watch(self, watched: bool) -> None:
        """Count clusters from now on, beginning with the volume that is drawn; or no longer."""
        self._watched = watched
        if not watched:
            self._of_volume.cancel()
        elif not self.fresh:
            self._count(self._controller.realisation)
        if watched:
            self.changed.emit()

    def close(self) -> None:
        """Stop counting; it goes on with the next volume."""
        self._of_volume.close()
        self._of_data.close()

    def _on_twin(self, twin: Twin) -> None:
        self.exact = readouts(twin)
        self._see()
        self.changed.emit()

    def _on_realised(self, realisation: Realisation, full: bool) -> None:
        if full and not self.fresh:
            self._count(realisation)

    def _count(self, realisation: Realisation | None) -> None:
        current = realisation is not None and realisation.twin == self._controller.twin
        if current and self._watched and self._controller.is_open:
            self._of_volume.submit(partial(_clusters, realisation))

    def _on_clusters(self, answer: tuple[Twin, dict[Phase, Clusters | None]]) -> None:
        twin, clusters = answer
        if twin == self._controller.twin:
            self._clustered, self.clusters = twin, clusters
            self.changed.emit()

    def _on_data(self, data: Data | None) -> None:
        self._of_data.cancel()
        self.measured = None
        if data is not None:
            self._of_data.submit(partial(measured_interfaces, data.measured))
        self._see()
        self.changed.emit()

    def _on_measured(self, measured: MeasuredInterfaces) -> None:
        self.measured = measured
        self._see()
        self.changed.emit()

    def _see(self) -> None:
        measured, twin = self.measured, self._controller.twin
        self.seen = None if measured is None else as_seen(twin, measured)


def _clusters(realisation: Realisation) -> tuple[Twin, dict[Phase, Clusters | None]]:
    try:
        return realisation.twin, percolation(realisation.labels)
    except MemoryError:
        raise InputError(
            "There is not enough memory to count the clusters of this volume; choose a smaller one."
        ) from None
