"""Pieces of the measured sections, drawn at random, for a discriminator to look at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.training.discriminator import SMALLEST_CROP
from napari_assb_twin.training.sections import Orientation, SectionGrid
from napari_assb_twin.twin.parameters import Symmetry
from napari_assb_twin.twin.phases import OUTSIDE, PHASES

LARGEST_CROP = 64

Labels = NDArray[np.uint8]


class Reals:
    """Measured pieces of one orientation, each as likely as any other.

    Pieces lie wholly inside of the measured window.  They are mirrored at random along both axes
    and, where rows and columns are alike to the model (plan views; every section of an isotropic
    twin) and the pixels are square, transposed.  The model has no other symmetry of a pixel grid.

    Parameters
    ----------
    images
        uint8 labels, any number of any size.
    crop
        Side of the pieces in pixels.
    transposes
        Whether rows and columns may be exchanged.

    Raises
    ------
    InputError
        If no piece fits into the measured window of any image.
    """

    def __init__(self, images: Sequence[Labels], crop: int, *, transposes: bool) -> None:
        places = [corners(image, crop) for image in images]
        self._images = [torch.from_numpy(one_hot(image)) for image in images]
        self._corners = torch.from_numpy(
            np.concatenate(
                [np.insert(c, 0, i, axis=1) for i, c in enumerate(places)], axis=0, dtype=np.int64
            )
        )
        if not len(self._corners):
            raise InputError(
                f"No piece of {crop} x {crop} pixels lies wholly inside of a section's measured "
                "window; give a larger one, or calibrate with the method simulated-coverage."
            )
        self.crop, self._transposes = crop, transposes

    def __call__(self, count: int, generator: torch.Generator) -> Tensor:
        """So many pieces, float32 one-hot channels, shape (count, 3, crop, crop)."""
        drawn = torch.randint(len(self._corners), (count,), generator=generator)
        turns = torch.randint(8, (count,), generator=generator)
        pieces = []
        for place, turn in zip(self._corners[drawn].tolist(), turns.tolist(), strict=True):
            image, row, column = place
            piece = self._images[image][:, row : row + self.crop, column : column + self.crop]
            axes = [axis for axis, bit in ((1, 1), (2, 2)) if turn & bit]
            piece = piece.flip(axes) if axes else piece
            pieces.append(piece.transpose(1, 2) if turn & 4 and self._transposes else piece)
        return torch.stack(pieces)


def reals_for(
    stacks: Sequence[SectionStack], grids: Sequence[SectionGrid], symmetry: Symmetry
) -> tuple[Reals, ...]:
    """The measured pieces that belong to each simulated grid, in the order of the grids.

    Raises
    ------
    InputError
        If sections that must be compared with one grid have other pixels, or are too small.
    """
    found = []
    for grid in grids:
        mine = [s for s in stacks if orientation_of(s, symmetry) == grid.orientation]
        other = next((s for s in mine if s.pixel_size_um != grid.pixel_um), None)
        if other is not None:
            raise InputError(
                "A discriminator compares pixel with pixel, but the sections have pixels of "
                f"{_size(grid.pixel_um)} and of {_size(other.pixel_size_um)}; give sections of one "
                "pixel size, or calibrate with the method simulated-coverage."
            )
        images = [image for stack in mine for image in stack.images]
        transposes = grid.orientation == "plan" and grid.pixel_um[0] == grid.pixel_um[1]
        found.append(Reals(images, crop_side(images, grid), transposes=transposes))
    return tuple(found)


def orientation_of(stack: SectionStack, symmetry: Symmetry) -> Orientation:
    """Which simulated orientation a stack is compared with."""
    return "plan" if stack.plane == "xy" or symmetry == "isotropic" else "cross"


def crop_side(images: Sequence[Labels], grid: SectionGrid) -> int:
    """At most 64 pixels, and a multiple of 8 that fits into every image."""
    smallest = min(int(min(image.shape)) for image in images)
    side: int = min(LARGEST_CROP, smallest // 8 * 8, *grid.shape)
    return max(SMALLEST_CROP, side)


def crops(sections: Tensor, side: int, count: int, generator: torch.Generator) -> Tensor:
    """Pieces of simulated sections that do not wrap around, ``count`` of each, one after another.

    Shape (n, 3, rows, columns) to (n * count, 3, side, side).
    """
    n, _, rows, columns = sections.shape
    tops = torch.randint(rows - side + 1, (n, count), generator=generator).tolist()
    lefts = torch.randint(columns - side + 1, (n, count), generator=generator).tolist()
    return torch.stack(
        [
            sections[i, :, top : top + side, left : left + side]
            for i in range(n)
            for top, left in zip(tops[i], lefts[i], strict=True)
        ]
    )


def one_hot(labels: Labels) -> NDArray[np.float32]:
    """Labels (rows, columns) as channels (3, rows, columns); outside all are 0."""
    channels = labels == np.arange(len(PHASES), dtype=np.uint8)[:, None, None]
    return np.asarray(channels, dtype=np.float32)


def corners(image: Labels, crop: int) -> NDArray[np.int64]:
    """Upper left corners (row, column) of the pieces without a pixel outside, shape (n, 2)."""
    rows, columns = (n - crop + 1 for n in image.shape)
    if rows < 1 or columns < 1:
        return np.empty((0, 2), dtype=np.int64)
    before = np.zeros((image.shape[0] + 1, image.shape[1] + 1), dtype=np.int64)
    before[1:, 1:] = (image == OUTSIDE).cumsum(axis=0).cumsum(axis=1)
    below = before[crop:] - before[:-crop]
    outside = below[:, crop:] - below[:, :-crop]
    return np.argwhere(outside == 0)


def _size(pixel_um: tuple[float, float]) -> str:
    rows, columns = pixel_um
    return f"{rows:g} um" if rows == columns else f"{rows:g} x {columns:g} um"
