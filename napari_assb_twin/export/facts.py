"""What every README tells of an exported volume."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from napari_assb_twin.errors import InputError
from napari_assb_twin.export.options import ExportOptions
from napari_assb_twin.export.progress import Progress, Steps
from napari_assb_twin.export.volume import ExportVolume
from napari_assb_twin.twin.phases import OUTSIDE, PHASES, Phase


@dataclass(frozen=True, kw_only=True)
class Export:
    """One export: the volume as it is written, where to, and what is known of it.

    Attributes
    ----------
    folder
        Where the files will be in the end; writers write to a folder aside.
    stem
        First part of the file names.
    counts
        Voxels of pore, active material, solid electrolyte, and outside.
    """

    volume: ExportVolume
    options: ExportOptions
    folder: Path
    stem: str
    counts: tuple[int, ...]
    expected_fractions: Mapping[Phase, float] | None = None
    verdict_lines: tuple[str, ...] = ()

    @property
    def fractions(self) -> dict[Phase, float]:
        """Shares of the phases among what is not outside."""
        inside = sum(self.counts[: len(PHASES)])
        return {phase: self.counts[i] / max(inside, 1) for i, phase in enumerate(PHASES)}

    @property
    def outside(self) -> float:
        """Share of the volume outside the measured window."""
        return self.counts[-1] / self.volume.size


def count_phases(volume: ExportVolume) -> Steps[tuple[int, ...]]:
    """Voxels of each phase, and of what is outside.

    Raises
    ------
    InputError
        If there are other values than 0, 1, 2 and 255.
    """
    counts = np.zeros(256, np.int64)
    for number, plane in enumerate(volume.planes()):
        counts += np.bincount(plane.ravel(), minlength=256)
        yield Progress(number + 1, volume.shape[0], "Counting the phases")
    found = [int(value) for value in np.flatnonzero(counts)]
    if any(len(PHASES) <= value != OUTSIDE for value in found):
        raise InputError(
            f"the volume holds the values {', '.join(map(str, found))}; an export needs the phases "
            "0, 1 and 2, so map its labels to phases first (--phases)."
        )
    return (*(int(count) for count in counts[: len(PHASES)]), int(counts[OUTSIDE]))
