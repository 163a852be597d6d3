"""The section and the curves as PNG: matplotlib's Agg alone, no pyplot, no screen."""

from __future__ import annotations

import io
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray
from PIL import Image

from napari_assb_twin.notebook.exploration import NORMALS, Exploration
from napari_assb_twin.twin.phases import PAIRS, PHASES, SHORT_NAMES, Phase
from napari_assb_twin.workspace.colours import MARKERS, SCHEMES

Pixels = NDArray[np.uint8]

SCHEME = SCHEMES["paper"]
INK = "#222222"
DPI = 100
SECTION_INCHES = (4.6, 4.4)
CURVES_INCHES = (4.6, 2.9)
SMALL = 8

CHOICES: dict[str, tuple[tuple[Phase, Phase], ...]] = {
    "each phase with itself": tuple((i, j) for i, j in PAIRS if i == j),
    "two different phases": tuple((i, j) for i, j in PAIRS if i != j),
}
"""Which curves are drawn together."""

SAME_PHASE = next(iter(CHOICES))


class Plate:
    """A figure of which a few parts move; the rest is drawn again only when it changes."""

    def __init__(self, inches: tuple[float, float], *, bottom: float, top: float) -> None:
        self.figure = Figure(figsize=inches, dpi=DPI, facecolor="white")
        self.canvas: Any = FigureCanvasAgg(self.figure)
        self.axes = self.figure.add_axes((0.13, bottom, 0.84, top - bottom))
        self.axes.tick_params(labelsize=SMALL, length=3)
        self._still: tuple[Hashable, Any] | None = None

    def pixels(self, key: Hashable, moving: Iterable[Artist]) -> Pixels:
        """What it looks like, uint8 (rows, columns, 4); ``key`` names all that stands still."""
        parts = list(moving)
        if self._still is None or self._still[0] != key:
            for part in parts:
                part.set_animated(True)  # left out of what stands still
            self.canvas.draw()
            self._still = key, self.canvas.copy_from_bbox(self.figure.bbox)
        self.canvas.restore_region(self._still[1])
        for part in parts:
            self.figure.draw_artist(part)
        return np.array(self.canvas.buffer_rgba())


class SectionPicture:
    """A section in the colours of the paper, with axes in micrometres and the volume's shares."""

    def __init__(self) -> None:
        self.plate = Plate(SECTION_INCHES, bottom=0.165, top=0.94)
        axes = self.plate.axes
        self.image = axes.imshow(np.zeros((1, 1, 3), np.uint8), interpolation="nearest")
        self._note = axes.text(
            0.5, 0.5, "no volume in this box", transform=axes.transAxes, ha="center", va="center"
        )
        self._legend = self.plate.figure.legend(
            [Patch(facecolor=SCHEME.phases[p], edgecolor=INK, linewidth=0.5) for p in PHASES],
            [SHORT_NAMES[phase] for phase in PHASES],
            loc="lower center",
            ncols=len(PHASES),
            fontsize=SMALL,
            frameon=False,
        )
        self._colours = np.array([_rgb(SCHEME.phases[phase]) for phase in PHASES], np.uint8)

    def draw(self, exploration: Exploration) -> Pixels:
        """The picture of what is explored, uint8 (rows, columns, 4)."""
        section, plane, axes = exploration.section, exploration.plane, self.plate.axes
        height, width = exploration.section_size_um
        if section is not None:
            self.image.set_data(self._colours[section])
        self.image.set_extent((0.0, width, height, 0.0))
        rows, columns = ("y", "x") if plane == "xy" else ("z, pressing direction", plane[0])
        axes.set_xlabel(f"{columns} [µm]", fontsize=SMALL, labelpad=1)
        axes.set_ylabel(f"{rows} [µm]", fontsize=SMALL)
        where = f"{NORMALS[plane]} = {exploration.section_at_um:.2f} µm"
        title = f"{plane} section at {where}, seed {exploration.twin.seed}"
        axes.set_title(title, fontsize=SMALL + 1)
        for text, label in zip(self._legend.get_texts(), _shares(exploration), strict=True):
            text.set_text(label)
        self.image.set_visible(section is not None)
        self._note.set_visible(section is None)
        return self.plate.pixels((title, height, width), [self.image, self._note, self._legend])


class CurvesPicture:
    """Exact two-point coverage as dashes, that of the volume as dots where it is there."""

    def __init__(self) -> None:
        self.plate = Plate(CURVES_INCHES, bottom=0.15, top=0.97)
        axes = self.plate.axes
        axes.grid(visible=True, color="#bbbbbb", alpha=0.5, linewidth=0.5)
        axes.set_xlabel("lag h [µm]", fontsize=SMALL, labelpad=1)
        self.lines: dict[tuple[str, int], Line2D] = {}
        for number in range(3):
            (exact,) = axes.plot([], [], "--", linewidth=1.5, markersize=5)
            (dotted,) = axes.plot([], [], ":", linewidth=2.2)
            exact.set_markevery((0.04 * number, 0.16))
            self.lines["exact", number], self.lines["realised", number] = exact, dotted

    def draw(self, exploration: Exploration, choice: str = SAME_PHASE) -> Pixels:
        """The curves of one of ``CHOICES``, uint8 (rows, columns, 4)."""
        axes, pairs = self.plate.axes, CHOICES[choice]
        exact, realised = exploration.curves, exploration.realised
        for number, pair in enumerate(pairs):
            _mark(self.lines["exact", number], self.lines["realised", number], pair)
            self.lines["exact", number].set_data(exact.lags_um, exact[pair])
            if realised is not None:
                self.lines["realised", number].set_data(realised.lags_um, realised[pair])
        end, ceiling = float(exact.lags_um[-1]), _ceiling([exact[pair] for pair in pairs])
        axes.set_xlim(0.0, end)
        axes.set_ylim(0.0, ceiling)
        sides = "ii" if choice == SAME_PHASE else "ij"
        axes.set_ylabel(f"$C_{{{sides}}}(h)$, {exact.direction}", fontsize=SMALL)
        key = (end, ceiling, choice, exact.direction, realised is not None)
        for number in range(len(pairs)):
            self.lines["realised", number].set_visible(realised is not None)
        self._name(pairs, dotted=realised is not None)
        return self.plate.pixels(key, self.lines.values())

    def _name(self, pairs: Sequence[tuple[Phase, Phase]], *, dotted: bool) -> None:
        handles = [self.lines["exact", number] for number in range(len(pairs))]
        labels = [f"{SHORT_NAMES[i]}–{SHORT_NAMES[j]}, exact" for i, j in pairs]
        if dotted:
            handles.append(Line2D([], [], color=INK, linestyle=":", linewidth=2.2))
            labels.append("this volume")
        self.plate.axes.legend(
            handles,
            labels,
            loc="upper right" if pairs == CHOICES[SAME_PHASE] else "lower right",
            fontsize=SMALL - 1,
            handlelength=3.2,
            framealpha=0.85,
        )


def png(pixels: Pixels) -> bytes:
    """A picture as PNG, written quickly."""
    with io.BytesIO() as file:
        Image.fromarray(pixels[..., :3]).save(file, format="PNG", compress_level=1)
        return file.getvalue()


def _mark(exact: Line2D, dotted: Line2D, pair: tuple[Phase, Phase]) -> None:
    """The line in the colour of the first phase, its marks those of the second."""
    first, second = pair
    for one in (exact, dotted):
        one.set_color(_ink(first))
    exact.set_marker(MARKERS[second])
    exact.set_markerfacecolor(_ink(second))
    exact.set_markeredgecolor(_ink(second))


def _ceiling(curves: Sequence[NDArray[np.float64]]) -> float:
    """The upper limit of the axis: steps of a tenth of a decade, so that it rarely jumps."""
    highest = max(float(curve.max()) for curve in curves) * 1.05
    return float(10 ** (np.ceil(10 * np.log10(max(highest, 1e-6))) / 10))


def _shares(exploration: Exploration) -> list[str]:
    realisation = exploration.realisation
    if realisation is None:
        return [SHORT_NAMES[phase] for phase in PHASES]
    return [
        f"{SHORT_NAMES[phase]} {100 * realisation.volume_fractions[phase]:.1f} %"
        for phase in PHASES
    ]


def _ink(phase: Phase) -> str:
    colour = SCHEME.lines[phase]
    return INK if colour == "text" else colour


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))
