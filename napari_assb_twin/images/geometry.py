"""What images show, and how large their voxels are: of the files, and of the part that counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.axes import parse_lengths
from napari_assb_twin.images.planes import Selection
from napari_assb_twin.measure.sections import Plane

Kind = Plane | Literal["volume"]
VOLUME: Literal["volume"] = "volume"
"""The kind that is no plane."""


def geometry_of_part(
    kind: Kind, pressing_axis: int, voxel_size_um: Sequence[float], selection: Selection
) -> dict[str, Any]:
    """What `Draft.measured` needs to know of a part, from what is known of the whole files."""
    if selection.planes is not None and kind != VOLUME:
        raise InputError("Planes are chosen of a volume; sections are used whole (--planes).")
    sizes = selection.sizes(voxel_size_um, pressing_axis, plan_view=kind == "xy")
    if selection.planes is None:
        return {"kind": kind, "pressing_axis": pressing_axis, "voxel_size_um": sizes}
    return {"kind": selection.planes.plane, "pressing_axis": 0, "voxel_size_um": sizes[1:]}


def geometry_as_read(
    own: Sequence[float] | None,
    kind: Kind,
    pressing_axis: int,
    selection: Selection,
    typed: str | None,
    source: str,
) -> dict[str, Any]:
    """What `Draft.measured` needs to know of a part that was read.

    Parameters
    ----------
    own
        Voxel sizes of the part as its file states them; None where it does not.
    kind, pressing_axis
        Of the whole files.
    selection
        Which part it is.
    typed
        Sizes of the files' voxels as `parse_lengths` takes them; None: as the files state.
    source
        What messages call the files.

    Raises
    ------
    InputError
        If no size is typed and the files state none.
    """
    axes = 3 if kind == VOLUME else 2
    if typed is not None:
        return geometry_of_part(kind, pressing_axis, parse_lengths(typed, axes), selection)
    if own is None:
        raise InputError(f"{source} holds no pixel size; add --voxel-size-um 0.1.")
    own = tuple(own)
    if selection.planes is not None:
        return {"kind": selection.planes.plane, "pressing_axis": 0, "voxel_size_um": own[-2:]}
    return {"kind": kind, "pressing_axis": pressing_axis, "voxel_size_um": own[-axes:]}
