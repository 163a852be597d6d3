"""Pieces lie inside of the measured window, each is possible, and symmetries are the model's."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.training.reals import Reals, crops, one_hot, reals_for
from napari_assb_twin.training.sections import SectionGrid
from napari_assb_twin.twin.phases import OUTSIDE


def noise(rows: int, columns: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 3, (rows, columns), dtype=np.uint8)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def variants(image: np.ndarray, transposed: bool) -> list[np.ndarray]:
    flips = [image, image[::-1], image[:, ::-1], image[::-1, ::-1]]
    return flips + [one.T for one in flips] if transposed else flips


@pytest.mark.parametrize("transposed", [False, True])
def test_every_piece_in_the_window_is_drawn_and_no_other(transposed: bool) -> None:
    image = noise(36, 35)
    image[0], image[:, 0] = OUTSIDE, OUTSIDE
    other = noise(33, 40, seed=1)
    possible = set()
    for one, first in ((image, 1), (other, 0)):
        for row in range(first, one.shape[0] - 31):
            for column in range(first, one.shape[1] - 31):
                piece = one[row : row + 32, column : column + 32]
                possible |= {v.tobytes() for v in variants(piece, transposed)}
    pieces = Reals([image, other], 32, transposes=transposed)(6000, generator())
    assert torch.all(pieces.sum(dim=1) == 1)
    drawn = {one.numpy().astype(np.uint8).tobytes() for one in pieces.argmax(dim=1)}
    assert drawn == possible


def reals(stack: SectionStack, symmetry: str) -> Reals:
    plan = stack.plane == "xy" or symmetry == "isotropic"
    grid = SectionGrid("plan" if plan else "cross", (96, 96), stack.pixel_size_um)
    (found,) = reals_for([stack], [grid], symmetry)  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(
    ("plane", "symmetry", "pixel", "turned"),
    [
        ("xy", "cylindrical", (1.0, 1.0), True),
        ("yz", "cylindrical", (1.0, 1.0), False),
        ("yz", "isotropic", (1.0, 1.0), True),
        ("xy", "cylindrical", (1.0, 2.0), False),
    ],
)
def test_rows_and_columns_are_exchanged_where_they_are_alike(
    plane: str, symmetry: str, pixel: tuple[float, float], turned: bool
) -> None:
    layers = np.repeat(np.arange(64, dtype=np.uint8) % 3, 64).reshape(64, 64)
    pieces = reals(SectionStack(plane, (layers,), pixel), symmetry)(64, generator())  # type: ignore[arg-type]
    upright = (pieces == pieces[..., :1]).all(dim=(1, 2, 3))
    assert bool((~upright).any()) is turned
    assert upright.any()


def test_windows_without_room_are_refused() -> None:
    image = noise(64, 64)
    image[::20] = OUTSIDE
    with pytest.raises(InputError, match="lies wholly inside"):
        reals(SectionStack("xy", (image,), (1.0, 1.0)), "cylindrical")


def test_other_pixels_are_refused() -> None:
    stacks = [SectionStack(p, (noise(64, 64),), (s, s)) for p, s in (("yz", 1.0), ("xz", 2.0))]  # type: ignore[arg-type]
    grid = SectionGrid("cross", (96, 96), (1.0, 1.0))
    with pytest.raises(InputError, match=r"pixels of 1 um and of 2 um"):
        reals_for(stacks, [grid], "cylindrical")


def test_the_smallest_section_decides_the_size() -> None:
    stack = SectionStack("xy", (noise(90, 90), noise(47, 80)), (1.0, 1.0))
    assert reals(stack, "cylindrical").crop == 40


def test_simulated_pieces_do_not_wrap() -> None:
    place = torch.arange(40 * 50).reshape(1, 1, 40, 50).expand(2, 3, 40, 50)
    pieces = crops(place, 32, 300, generator())
    corner = pieces[:, :, :1, :1]
    offsets = 50 * torch.arange(32)[:, None] + torch.arange(32)
    assert torch.equal(pieces, corner + offsets)
    rows, columns = (f(corner.flatten(), 50) for f in (torch.div, torch.remainder))
    assert rows.floor().unique().tolist() == list(range(9))
    assert columns.unique().tolist() == list(range(19))


def test_outside_is_no_phase() -> None:
    assert one_hot(np.array([[0, 2, OUTSIDE]], dtype=np.uint8))[:, 0].T.tolist() == [
        [1, 0, 0],
        [0, 0, 1],
        [0, 0, 0],
    ]
