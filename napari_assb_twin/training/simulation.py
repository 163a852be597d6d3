"""Fresh sections of the twins that a training goes through."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from napari_assb_twin.training.coordinates import Coordinates
from napari_assb_twin.training.options import TrainingOptions
from napari_assb_twin.training.sections import Orientation, SectionGrid, sections, white_noise


class Simulation:
    """Sections of twins given by vectors, with fresh noise at each call."""

    def __init__(
        self,
        family: Coordinates,
        grids: Sequence[SectionGrid],
        options: TrainingOptions,
        generator: torch.Generator,
    ) -> None:
        self._family = family
        self._grids = grids
        self._options = options
        self._noise = white_noise(generator, options.device)

    def __call__(self, theta: Tensor) -> dict[Orientation, Tensor]:
        """Sections by orientation, shape (n, 3, rows, columns), differentiable in ``theta``."""
        trainable = self._family.trainable(theta)
        return {
            grid.orientation: sections(
                trainable,
                grid,
                count=self._options.sections,
                noise=self._noise,
                threshold=self._options.threshold,
                tau=self._options.tau,
            )
            for grid in self._grids
        }
