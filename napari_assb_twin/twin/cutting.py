"""Where the fields of a twin are cut, in every plane of voxels along z."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.twin.device import Rule
from napari_assb_twin.twin.excursion import level
from napari_assb_twin.twin.field_pair import FieldPair
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import code


def cutting_rule(twin: Twin, planes: NDArray[Any] | None = None) -> Rule:
    """Levels, tails and codes by which the fields of a twin are cut.

    Parameters
    ----------
    planes
        Places along z, in voxels of the twin's grid, of the planes that are cut: those of a graded
        cathode have levels of their own.  Without them the levels are those of the mean fractions.
    """
    pair = FieldPair.of(twin) if twin.field_correlation else None
    level_x, level_y = _levels(twin)
    if twin.gradient is not None and planes is not None:
        depths = twin.gradient.depths(planes, twin.grid.shape[0])
        level_x, level_y = np.array([_levels(twin.at_depth(depth)) for depth in depths]).T
    return Rule(
        level_x=level_x,
        level_y=level_y,
        tilt=pair.tilt if pair else 0.0,
        upper_x=twin.X.tail == "upper",
        upper_y=twin.Y.tail == "upper",
        phases=(code(twin.first_phase), code(twin.second_phase), code(twin.third_phase)),
    )


def _levels(twin: Twin) -> Any:
    """Level of X, and of Y where X is 0."""
    if twin.field_correlation:
        level_y = FieldPair.of(twin).second_at(0.0)
    else:
        level_y = level(twin.Y, twin.exceedance("Y"))
    return level(twin.X, twin.exceedance("X")), level_y
