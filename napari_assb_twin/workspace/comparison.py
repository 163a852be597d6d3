"""The three kinds of curves that are laid over each other, kept up to date."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QObject, Signal

from napari_assb_twin.images.draft import Data
from napari_assb_twin.measure.coverage import measured_coverage
from napari_assb_twin.measure.sections import Volume
from napari_assb_twin.twin.curves import Curves
from napari_assb_twin.twin.exact import Direction, coverage
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import Phase
from napari_assb_twin.twin.realisation import Realisation
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.lags import default_lags_um
from napari_assb_twin.workspace.latest import LatestWins

KINDS = ("measured", "model", "realisation")


class Comparison(QObject):
    """Measured, exact and realised two-point coverage in one direction.

    The exact curves follow every move; the others are estimated off the GUI thread, those of the
    realisation only when the full volume rests.

    Signals
    -------
    changed()
        Some curve is new.
    """

    changed = Signal()

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        self.direction: Direction = "in-plane"
        self.with_realisation = True
        self._realised: Twin | None = None
        self.curves: dict[str, Curves | None] = dict.fromkeys(KINDS)
        self._of_data = LatestWins("assb-twin-data")
        self._of_volume = LatestWins("assb-twin-curves")
        self._of_data.finished.connect(self._on_measured)
        self._of_data.failed.connect(controller.refuse)
        self._of_volume.finished.connect(self._on_realisation)
        self._of_volume.failed.connect(self._on_not_measured)
        controller.twin_changed.connect(self._on_twin)
        controller.data_changed.connect(self._on_data)
        controller.realised.connect(self._on_realised)
        self._on_twin(controller.twin)

    def set_direction(self, direction: Direction) -> None:
        """Show the other direction."""
        self.direction = direction
        self.curves = dict.fromkeys(KINDS)
        self._on_data(self._controller.data)
        self._measure(self._controller.realisation)

    def set_with_realisation(self, wanted: bool) -> None:
        """Whether the curves of each realisation are estimated."""
        self.with_realisation = wanted
        self._of_volume.cancel()
        self.curves["realisation"] = None
        self._measure(self._controller.realisation)
        self.changed.emit()

    @property
    def residual(self) -> tuple[str, Curves] | None:
        """Measured or, without data, realised minus exact curves, and which of the two."""
        model = self.curves["model"]
        for kind in ("measured", "realisation"):
            curves = self.curves[kind]
            stale = kind == "realisation" and self._realised != self._controller.twin
            if curves is None or model is None or stale:
                continue
            inside = curves.lags_um <= model.lags_um[-1] * (1 + 1e-9)
            lags = curves.lags_um[inside]
            exact = np.stack([np.interp(lags, model.lags_um, row) for row in model.values])
            difference = Curves(
                lags_um=lags,
                values=curves.values[:, inside] - exact,
                volume_fractions=model.volume_fractions,
                direction=model.direction,
            )
            return kind, difference
        return None

    @property
    def misfit(self) -> tuple[float, float] | None:
        """Root mean square and largest difference of measured and exact curves, all pairs."""
        residual = self.residual
        if residual is None or residual[0] != "measured":
            return None
        values = residual[1].values
        return float(np.sqrt(np.mean(values**2))), float(np.abs(values).max())

    @property
    def busy(self) -> bool:
        """Whether curves are being estimated."""
        return self._of_data.busy or self._of_volume.busy

    def close(self) -> None:
        """Stop estimating; `open` goes on."""
        self._of_data.close()
        self._of_volume.close()

    def _lags(self, twin: Twin) -> NDArray[np.float64]:
        measured = self.curves["measured"]
        return default_lags_um(twin) if measured is None else measured.lags_um

    def _on_twin(self, twin: Twin) -> None:
        self.curves["model"] = coverage(twin, self._lags(twin), direction=self.direction)
        self.changed.emit()

    def _on_data(self, data: Data | None) -> None:
        self._of_data.cancel()
        self.curves["measured"] = None
        if data is not None:
            self._of_data.submit(partial(measured_coverage, data.measured, self.direction))
        self._on_twin(self._controller.twin)

    def _on_measured(self, curves: Curves | None) -> None:
        self.curves["measured"] = curves
        self._on_twin(self._controller.twin)

    def _on_realised(self, realisation: Realisation, full: bool) -> None:
        if full:
            self._measure(realisation)

    def _measure(self, realisation: Realisation | None) -> None:
        if realisation is not None and self.with_realisation and self._controller.is_open:
            self._of_volume.submit(partial(_measured, realisation, self.direction))

    def _on_realisation(self, answer: tuple[Twin, Curves | None]) -> None:
        twin, curves = answer
        if curves is None or curves.direction == self.direction:
            self._realised, self.curves["realisation"] = twin, curves
            self.changed.emit()

    def _on_not_measured(self, sentence: str) -> None:
        """A box under the size that can be measured, or one that lacks a phase, has no curves."""
        self.curves["realisation"] = None
        self.changed.emit()


def centred(curves: Curves, pair: tuple[Phase, Phase]) -> NDArray[np.float64]:
    """C_ij - phi_i phi_j, which tends to 0 at long lags."""
    i, j = pair
    return curves[pair] - curves.volume_fractions[i] * curves.volume_fractions[j]


def _measured(realisation: Realisation, direction: Direction) -> tuple[Twin, Curves | None]:
    volume = Volume(realisation.labels, realisation.voxel_size_um)
    periodic = realisation.twin.grid.window == "periodic"
    return realisation.twin, measured_coverage(volume, direction, periodic=periodic)
