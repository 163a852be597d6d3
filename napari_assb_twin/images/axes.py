"""Which axis of a file is which: the pressing direction, and lengths per axis."""

from __future__ import annotations

from collections.abc import Sequence

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.image import Array
from napari_assb_twin.images.units import parse_length

_ORDERS = ((0, 1, 2), (1, 0, 2), (2, 0, 1))
"""Axes (z, y, x) by which of them was pressed."""


def orient_volume(array: Array, pressing_axis: int) -> Array:
    """The volume with its pressing axis first and the other two in their order: (z, y, x).

    Parameters
    ----------
    array
        A volume with three axes; a view of it is returned.
    pressing_axis
        The axis of ``array``, 0, 1 or 2, along which the electrode was pressed.

    Raises
    ------
    InputError
        If there are not three axes, or ``pressing_axis`` is none of them.
    """
    _check_axis(pressing_axis)
    if array.ndim != 3:
        raise InputError(
            f"the image has {array.ndim} axes; only a volume with three has a pressing axis to "
            "turn (--pressing-axis)."
        )
    return array.transpose(_ORDERS[pressing_axis])


def orient_voxel_size(
    voxel_size_um: Sequence[float], pressing_axis: int
) -> tuple[float, float, float]:
    """Voxel sizes per axis of the file, in the order (z, y, x) of `orient_volume`.

    Raises
    ------
    InputError
        If there are not three sizes, or ``pressing_axis`` is not 0, 1 or 2.
    """
    _check_axis(pressing_axis)
    if len(voxel_size_um) != 3:
        raise InputError(
            f"a volume needs three voxel sizes, not {len(voxel_size_um)} (--voxel-size-um Z,Y,X)."
        )
    first, second = (size for i, size in enumerate(voxel_size_um) if i != pressing_axis)
    return float(voxel_size_um[pressing_axis]), float(first), float(second)


def parse_lengths(text: str, count: int) -> tuple[float, ...]:
    """Lengths in micrometres, one per axis, from ``"0.1"``, ``"20nm"`` or ``"0.2,0.1,0.1"``.

    Parameters
    ----------
    text
        One length for all axes, or one per axis: Z,Y,X of a volume, rows,columns of a section.
        A bare number is in micrometres; pm, nm, um, µm, mm and m may follow it.
    count
        Number of axes.

    Raises
    ------
    InputError
        If the lengths are not positive, or neither one nor ``count`` of them.
    """
    per_axis = {2: "ROWS,COLUMNS", 3: "Z,Y,X"}.get(count, f"{count} values")
    lengths = []
    for piece in text.split(","):
        length = parse_length(piece)
        if length is None:
            raise InputError(
                f"--voxel-size-um {text} must be a positive length such as 0.1 (micrometres) or "
                f"20nm, or {per_axis} joined by commas."
            )
        lengths.append(length)
    if len(lengths) == 1:
        lengths *= count
    if len(lengths) != count:
        raise InputError(
            f"--voxel-size-um {text} has {len(lengths)} values for an image with {count} axes; "
            f"give one length, or {per_axis}."
        )
    return tuple(lengths)


def _check_axis(pressing_axis: int) -> None:
    if pressing_axis not in (0, 1, 2):
        raise InputError(
            f"the pressing axis is {pressing_axis!r}; it must be 0, 1 or 2 (--pressing-axis)."
        )
