"""The box in which a calibrated twin is first shown."""

from __future__ import annotations

import math

from napari_assb_twin.measure.sections import Measured, Volume
from napari_assb_twin.twin.correlation import characteristic_lengths_um
from napari_assb_twin.twin.parameters import FIELD_NAMES, Grid, Twin
from napari_assb_twin.twin.torus import LENGTHS_PER_BOX

SMALLEST, LARGEST, STEP = 128, 256, 32
LENGTHS_AT_LEAST = 3.0


def grid_for(twin: Twin, measured: Measured) -> Grid:
    """A cube of 128 to 256 voxels that holds ten correlation lengths where it can.

    Voxels are as fine as the pixels of the data.  They are made coarser only where 256 of them do
    not span ten lengths, by half at most and not beyond a quarter of the shortest length; further
    only where they would not span three lengths, which a periodic grid can hardly hold.
    """
    if isinstance(measured, Volume):
        pixel = min(measured.voxel_size_um)
    else:
        pixel = min(min(stack.pixel_size_um) for stack in measured)
    lengths = [
        length
        for name in FIELD_NAMES
        for length in characteristic_lengths_um(twin.field(name).correlation)
    ]
    wanted = LENGTHS_PER_BOX * max(lengths)
    coarsest = max(pixel, min(1.5 * pixel, min(lengths) / 4.0))
    voxel = min(max(pixel, wanted / LARGEST), coarsest)
    voxel = max(voxel, LENGTHS_AT_LEAST * max(lengths) / LARGEST)
    if voxel > pixel:
        digits = 1 - math.floor(math.log10(voxel))
        voxel = math.ceil(round(voxel * 10**digits, 6)) / 10**digits
    edge = min(LARGEST, max(SMALLEST, STEP * math.ceil(wanted / voxel / STEP)))
    return Grid(shape=(edge, edge, edge), voxel_size_um=voxel)
