"""What a session is: the twin, the measured data, and how both are looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from napari_assb_twin.images.draft import Data
from napari_assb_twin.twin.exact import Direction
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import PHASES, SHORT_NAMES, Phase

Pairs = Literal["auto", "cross"]
Choice = str | int | float | bool | None
"""What a field of a form holds."""


@dataclass(frozen=True, kw_only=True)
class Camera:
    """The camera of the viewer: Euler angles in degrees, centre (z, y, x) in µm, pixels per µm."""

    angles: tuple[float, float, float]
    center_um: tuple[float, float, float]
    zoom: float


@dataclass(frozen=True, kw_only=True)
class View:
    """How the volume is looked at.

    Attributes
    ----------
    name
        View of the bar above the panels, for example ``"3D"`` or ``"xz"``.
    scheme
        Name of the colours of the phases.
    seen
        Phases drawn as solids in 3D.
    dimensions, order, point_um
        Displayed dimensions (2 or 3), axes of the world in the order slider, rows, columns, and
        the point (z, y, x) through which planes are cut; None for the middle.
    cut
        Of the clipping plane in 3D: the axis (0, 1, 2 for z, y, x) across it, its place along that
        axis from 0 to 1, and whether the upper part is taken away; None for no cut.
    camera
        None to show everything.
    """

    name: str = "3D"
    scheme: str = "paper"
    seen: tuple[Phase, ...] = ("active_material", "solid_electrolyte")
    dimensions: Literal[2, 3] = 3
    order: tuple[int, int, int] = (0, 1, 2)
    point_um: tuple[float, float, float] | None = None
    cut: tuple[int, float, bool] | None = None
    camera: Camera | None = None


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Sizes of window, dock and its two parts in pixels; the tab in front, the folded sections.

    None leaves them as they are.
    """

    window_px: tuple[int, int] | None = None
    dock_px: int | None = None
    parts_px: tuple[int, int] | None = None
    tab: str = "Morphology"
    folded: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class CurveChoice:
    """Which curves are drawn."""

    direction: Direction = "in-plane"
    pairs: Pairs = "auto"
    normalised: bool = False
    realisation: bool = True


@dataclass(frozen=True, kw_only=True)
class Session:
    """All that is saved and sent.

    Attributes
    ----------
    twin, data
        The twin, and the measured data or None.
    names
        What the phases are called on screen.
    padlocks, seed_locked
        Paths of the parameters that are kept, and whether the seed is.
    fit
        Options of the fit by name, as the window's form holds them.
    view, layout, curves
        What the window looks like.
    """

    twin: Twin
    data: Data | None = None
    names: Mapping[Phase, str] = field(default_factory=lambda: {p: SHORT_NAMES[p] for p in PHASES})
    padlocks: frozenset[str] = frozenset()
    seed_locked: bool = False
    fit: Mapping[str, Choice] = field(default_factory=dict)
    view: View = View()
    layout: Layout = Layout()
    curves: CurveChoice = CurveChoice()
