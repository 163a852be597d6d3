"""How far the coverage of simulated sections is from the measured one, as a loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import scipy.fft
import torch
from torch import Tensor

from napari_assb_twin.calibration.lags import LagData
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.training.section_coverage import LagReader, coverage_maps
from napari_assb_twin.training.sections import Orientation, SectionGrid
from napari_assb_twin.twin.correlation import characteristic_lengths_um
from napari_assb_twin.twin.parameters import FIELD_NAMES, Twin
from napari_assb_twin.twin.torus import LENGTHS_PER_BOX

SCALE = 30.0
LONGEST_LAG_PX = 32
SMALLEST_SIDE = 96
LARGEST_SIDE = 512


class CoverageLoss:
    """The mean over pairs and lags of (30 w(h) (C_ij(h) simulated - measured))^2.

    w(h)^2 goes as the weight of the lag in the data over its length, with mean 1, over lags up to
    32 pixels.  Lags in the plane are read from plan views where these are simulated, the others
    from cross-sections; each orientation counts by the weight of its lags.

    Raises
    ------
    InputError
        If the grids cannot show any lag of the data.
    """

    def __init__(self, data: LagData, grids: Sequence[SectionGrid]) -> None:
        by_orientation = {grid.orientation: grid for grid in grids}
        length = np.hypot(data.h_r_um, data.h_z_um)
        used = length <= LONGEST_LAG_PX * data.pixel_um * (1 + 1e-9)
        squared = np.where(used, data.weights / length, 0.0)
        squared /= squared.sum()
        self._parts: dict[Orientation, tuple[LagReader, Tensor, Tensor]] = {}
        for orientation, grid in by_orientation.items():
            mine = used & self._read_from(orientation, by_orientation, data)
            if not mine.any():
                continue
            reader = LagReader(grid, data.h_r_um[mine], data.h_z_um[mine])
            measured = torch.from_numpy(data.values[:, mine]).to(grid.device, torch.float32)
            weights = torch.from_numpy(squared[mine]).to(grid.device, torch.float32)
            self._parts[orientation] = reader, measured, weights
        if not self._parts:
            raise InputError("The sections hold no lag to compare; give larger ones.")

    @staticmethod
    def _read_from(
        orientation: Orientation, grids: Mapping[Orientation, SectionGrid], data: LagData
    ) -> np.ndarray:
        if len(grids) == 1:
            return np.ones(data.h_r_um.size, dtype=bool)
        in_plane = data.h_z_um == 0
        return np.asarray(in_plane if orientation == "plan" else ~in_plane)

    def __call__(self, sections: Mapping[Orientation, Tensor]) -> Tensor:
        """The loss of sections (n, 3, rows, columns) by orientation, a scalar."""
        terms = []
        for orientation, (reader, measured, weights) in self._parts.items():
            difference = SCALE * (reader(coverage_maps(sections[orientation])) - measured)
            terms.append((difference.square().mean(dim=0) * weights).sum())
        return torch.stack(terms).sum()


def grids_for(
    stacks: Sequence[SectionStack],
    data: LagData,
    twin: Twin,
    device: str = "cpu",
    *,
    least: Mapping[Orientation, tuple[int, int]] | None = None,
) -> tuple[SectionGrid, ...]:
    """The periodic grids to simulate for data: their pixels, and sides that hold lags and twin.

    One grid for each orientation in the data; plan views alone where all directions are the same.
    Sides are twice the longest lag that is compared and ten correlation lengths of the twin, at
    least 96 and at most 512 pixels, and never below ``least``.
    """
    smallest = least or {}
    orientations: dict[Orientation, tuple[float, float]] = {}
    for stack in stacks:
        plan = stack.plane == "xy" or twin.symmetry == "isotropic"
        orientations.setdefault("plan" if plan else "cross", stack.pixel_size_um)
    lags = 2.0 * LONGEST_LAG_PX * data.pixel_um
    in_plane, through = np.max(
        [characteristic_lengths_um(twin.field(name).correlation) for name in FIELD_NAMES], axis=0
    )
    grids = []
    for orientation, pixel in orientations.items():
        lengths = (through if orientation == "cross" else in_plane, in_plane)
        rows, columns = (
            max(_side(max(lags, LENGTHS_PER_BOX * length) / edge), before)
            for length, edge, before in zip(
                lengths, pixel, smallest.get(orientation, (0, 0)), strict=True
            )
        )
        grids.append(SectionGrid(orientation, (rows, columns), pixel, device))
    return tuple(grids)


def _side(pixels: float) -> int:
    smallest = min(max(pixels, SMALLEST_SIDE), LARGEST_SIDE)
    return 16 * int(scipy.fft.next_fast_len(int(np.ceil(smallest / 16))))
