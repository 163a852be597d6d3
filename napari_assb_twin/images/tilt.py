"""Foreshortening: what a stage tilted under the beam does to the rows of a picture.

The sample is tilted by t about the columns of the picture, as in a FIB-SEM.  Of a plan view, the
surface itself, lengths along the rows appear shortened by cos t.  A cross-section milled at right
angles to the surface contains its normal, which is seen at the angle t to the beam: lengths along
the rows, the depth, appear shortened by sin t (at 52 degrees by 0.788).  The true size of a pixel
along the rows is the stated one divided by this.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from napari_assb_twin.errors import InputError

SMALLEST_SHARE = 0.05
"""A picture shortened to less than this shows nothing any more."""


def untilted(
    voxel_size_um: Sequence[float], tilt_degrees: float, *, plan_view: bool
) -> tuple[float, ...]:
    """Voxel sizes with the foreshortened rows put right.

    Parameters
    ----------
    voxel_size_um
        Per axis of the file; the rows are the last axis but one.
    tilt_degrees
        Between the surface normal and the beam.
    plan_view
        Whether the pictures show the surface; otherwise cross-sections at right angles to it.

    Raises
    ------
    InputError
        If the tilt leaves nothing to be seen.
    """
    angle = math.radians(tilt_degrees)
    share = math.cos(angle) if plan_view else math.sin(angle)
    if not (0 <= tilt_degrees <= 90 and share >= SMALLEST_SHARE):
        what = "plan view" if plan_view else "cross-section"
        raise InputError(
            f"At a tilt of {tilt_degrees:g} degrees a {what} cannot be seen; give the angle "
            "between the surface normal and the beam, as 52 (--tilt-degrees)."
        )
    *others, rows, columns = (float(size) for size in voxel_size_um)
    return (*others, float(f"{rows / share:.12g}"), columns)
