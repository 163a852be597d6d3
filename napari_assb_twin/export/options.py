"""How a volume is laid out in a file for another program: one immutable object.

Command, window and README take words, choices and bounds from it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal, get_args

from napari_assb_twin.errors import InputError
from napari_assb_twin.option_words import option_of as _named
from napari_assb_twin.option_words import say, words_of
from napari_assb_twin.twin.gradient import SeparatorSide as SeparatorSide

ThroughAxis = Literal["x", "z"]
MeshUnit = Literal["m", "um"]

SMALLEST: Literal["smallest"] = "smallest"
"""Resample to the smallest edge of the voxels."""

LARGEST_SMOOTHING = 5.0
"""Standard deviation in voxels above which a mesh keeps little of its phase."""


@dataclass(frozen=True, kw_only=True)
class ExportOptions:
    """How a volume is laid out in a file.

    Attributes
    ----------
    through_axis
        Axis of the file along which the electrode was pressed.  ``"x"``, which BatteryDict needs,
        exchanges x and z; ``"z"`` leaves the volume as it is.
    separator_side
        Which end of the pressing axis faces the separator, the first slice (z = 0) or the last.
        With ``"last"`` the volume is reversed along it: a file begins at the separator.  None: as
        the volume knows, else the first.
    resample_um
        Edge of cubic voxels in micrometres, or `SMALLEST`; None: as the volume is.
    mesh_smoothing
        Standard deviation in voxels of the Gaussian blur before a surface is drawn; 0: none.
    mesh_unit
        Unit of the vertices of a mesh.  Readers that join vertices nearer than 1e-8, whatever the
        unit, tear surfaces in metres: that is a tenth of a voxel of 0.1 um.

    Raises
    ------
    InputError
        If an option is none of its values.
    """

    through_axis: ThroughAxis = field(
        default="z",
        metadata=say(
            "Pressed along",
            "axis of the file along which the electrode was pressed (through-plane)",
            ("z (as it is)", "z"),
            ("x (for BatteryDict)", "x"),
        ),
    )
    separator_side: SeparatorSide | None = field(
        default=None,
        metadata=say(
            "Separator at",
            "end of the pressing axis that faces the separator; the file begins there",
            ("as known", None),
            ("first slice", "first"),
            ("last slice", "last"),
        ),
    )
    resample_um: float | Literal["smallest"] | None = field(
        default=None,
        metadata=say(
            "Resample to",
            "nearest-neighbour resampling to cubic voxels of this edge in um",
        ),
    )
    mesh_smoothing: float = field(
        default=0.7,
        metadata=say(
            "Smoothing",
            "standard deviation of the blur before the surface is drawn, in voxels; 0: none",
        ),
    )
    mesh_unit: MeshUnit = field(
        default="um",
        metadata=say(
            "Unit",
            "unit of the vertices of a mesh, which the file does not say; OpenFOAM expects metres, "
            "but readers that join what is nearer than 1e-8 tear surfaces in metres",
            ("in micrometres", "um"),
            ("in metres", "m"),
        ),
    )

    def __post_init__(self) -> None:
        for name, allowed in (
            ("through_axis", ThroughAxis),
            ("separator_side", SeparatorSide),
            ("mesh_unit", MeshUnit),
        ):
            value, values = getattr(self, name), get_args(allowed)
            if value not in values and not (name == "separator_side" and value is None):
                raise InputError(
                    f"the {name.replace('_', ' ')} is {value!r}; it must be {' or '.join(values)} "
                    f"({option_of(name)})."
                )
        if not (math.isfinite(self.mesh_smoothing) and self.mesh_smoothing >= 0):
            raise InputError(
                f"the smoothing is {self.mesh_smoothing:g} voxels; it must be 0 or more "
                f"({option_of('mesh_smoothing')})."
            )
        if self.mesh_smoothing > LARGEST_SMOOTHING:
            raise InputError(
                f"a smoothing of {self.mesh_smoothing:g} voxels leaves little of a phase; choose "
                f"{LARGEST_SMOOTHING:g} or less ({option_of('mesh_smoothing')})."
            )
        edge = self.resample_um
        typed = isinstance(edge, int | float) and math.isfinite(edge) and edge > 0
        if not (typed or edge is None or edge == SMALLEST):
            raise InputError(
                f"the voxels cannot be resampled to {edge!r}; give a positive number of "
                f"micrometres, or nothing for the smallest edge ({option_of('resample_um')})."
            )


LAYOUT = ("through_axis", "separator_side", "resample_um")
"""Options of every format."""

MESH = ("mesh_smoothing", "mesh_unit")
"""Options of surface meshes."""

OPTIONS = (*LAYOUT, *MESH)
"""All of them, in the order of every form."""


def option_of(name: str) -> str:
    """The option of the command that sets a field."""
    return "--resample" if name == "resample_um" else _named(name)


WORDS = words_of(ExportOptions)
"""What each option is called."""
