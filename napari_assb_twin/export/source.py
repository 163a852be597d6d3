"""What is exported: a volume and what is known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.export.options import SeparatorSide
from napari_assb_twin.images.on_demand import OnDemand
from napari_assb_twin.twin.phases import Phase
from napari_assb_twin.twin.realisation import Realisation

AnyArray = np.ndarray[Any, np.dtype[Any]]
Labels = NDArray[np.uint8]
Lengths = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True)
class Source:
    """A volume and what is known of it.

    Attributes
    ----------
    labels
        Phases 0, 1, 2 and 255 outside, uint8 (z, y, x), z the pressing direction; they may stay
        in a file until they are needed.  With ``codes``, labels of any type.
    codes
        Phase, or 255, that each label stands for; None where the labels are these codes already.
    voxel_size_um
        Edges (z, y, x) in micrometres.
    periodic
        Whether opposite faces fit together; None if not known.
    expected_fractions
        Volume fractions of the model; None for a measured volume.
    separator_side
        End of the z axis that faces the separator; None if not known.  A twin that is alike
        everywhere has it at the first slice.
    graded
        Whether the fractions change along z, so that the separator side is part of the volume.
    verdict_lines
        How well the twin of the volume fits its data (see
        `napari_assb_twin.calibration.verdict_lines`); empty for a measured volume.
    """

    labels: AnyArray | OnDemand
    voxel_size_um: Lengths
    codes: Mapping[int, int] | None = None
    periodic: bool | None = None
    expected_fractions: Mapping[Phase, float] | None = None
    separator_side: SeparatorSide | None = None
    graded: bool = False
    verdict_lines: tuple[str, ...] = ()

    @classmethod
    def of(cls, realisation: Realisation, verdict_lines: Sequence[str]) -> Source:
        """A realisation of a twin."""
        twin = realisation.twin
        gradient = twin.gradient
        return cls(
            labels=realisation.labels,
            voxel_size_um=realisation.voxel_size_um,
            periodic=twin.grid.window == "periodic" and gradient is None,
            expected_fractions=dict(twin.volume_fractions.items()),
            separator_side="first" if gradient is None else gradient.separator_side,
            graded=gradient is not None,
            verdict_lines=tuple(verdict_lines),
        )
