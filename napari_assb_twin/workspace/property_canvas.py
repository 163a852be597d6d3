"""One property against one parameter on screen; its realisations can be clicked on."""

from __future__ import annotations

import numpy as np
from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
from matplotlib.figure import Figure
from qtpy.QtCore import Signal

from napari_assb_twin.report.look import Look
from napari_assb_twin.surrogates.figures import draw_property, handles
from napari_assb_twin.surrogates.table import PREFIX, Results
from napari_assb_twin.surrogates.validation import Learned

NEAR_PX = 14
"""A click counts for a realisation within so many pixels."""


class PropertyCanvas(FigureCanvasQTAgg):
    """Draws realisations and, once it is learnt, the surrogate.

    Signals
    -------
    picked(int, int)
        Scenario and realisation that were clicked on.
    """

    picked = Signal(int, int)

    def __init__(self) -> None:
        super().__init__(Figure(layout="constrained"))
        self.setMinimumSize(220, 180)
        self.setAccessibleName("Property against parameter")
        self.setToolTip("Click on a realisation to show its volume.")
        self._results: Results | None = None
        self._columns = ("", "")
        self._chosen: tuple[int, int] | None = None
        self.mpl_connect("button_press_event", self._on_press)

    def show_property(
        self, results: Results, key: str, parameter: str, look: Look, learned: Learned | None
    ) -> None:
        """Draw anew; ``learned`` is None while it is not known."""
        self._results, self._columns = results, (PREFIX + parameter, key)
        self.figure.clear()
        self.figure.set_facecolor(look.paper)
        axes = self.figure.add_subplot()
        draw_property(axes, results, key, parameter, look, learned)
        if learned is not None:
            marks = handles(look)
            self.figure.legend(
                handles=marks, loc="outside lower center", ncols=2, fontsize=7, frameon=False,
                labelcolor=look.ink,
            )  # fmt: skip
        (self._ring,) = axes.plot([], [], "o", color="#e69f00", fillstyle="none", markersize=11)
        self._mark()
        self.draw_idle()

    def choose(self, scenario: int, realisation: int) -> None:
        """Put a ring about a realisation."""
        self._chosen = scenario, realisation
        if self._results is not None:
            self._mark()
            self.draw_idle()

    def _mark(self) -> None:
        rows = self._results.rows
        place = [False] * len(rows)
        if self._chosen is not None:
            scenario, realisation = self._chosen
            place = (rows["scenario"] == scenario) & (rows["realisation"] == realisation)
        x, y = (rows.loc[place, column] for column in self._columns)
        self._ring.set_data(x.to_numpy(), y.to_numpy())

    def _on_press(self, event) -> None:
        if self._results is None or event.inaxes is None:
            return
        points = self._results.rows[list(self._columns)].to_numpy()
        known = np.flatnonzero(np.isfinite(points).all(axis=1))
        if not known.size:
            return
        pixels = event.inaxes.transData.transform(points[known])
        apart = np.hypot(*(pixels - (event.x, event.y)).T)
        if apart.min() > NEAR_PX * self.devicePixelRatioF():
            return
        row = self._results.rows.iloc[known[int(np.argmin(apart))]]
        self.picked.emit(int(row["scenario"]), int(row["realisation"]))
