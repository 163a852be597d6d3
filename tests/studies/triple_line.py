"""What voxels leave of a triple line: ``python tests/studies/triple_line.py``, a minute.

The count on planes over the exact mean, for the preset *pressed*, for it not flattened, and for it
with smooth fields, at two voxel sizes in boxes of the same size; mean of periodic realisations and
its standard error.  The table stands in docs/descriptors.md.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np

from napari_assb_twin.descriptors.triple_line import triple_phase_boundary
from napari_assb_twin.twin.parameters import FIELD_NAMES, Grid, Twin
from napari_assb_twin.twin.presets import DEMONSTRATION, preset
from napari_assb_twin.twin.readouts import readouts
from napari_assb_twin.twin.synthesis import generate

SIZE_UM = 9.6
VOXELS_UM = (0.1, 0.05)


def twins() -> dict[str, Twin]:
    """By what was changed."""
    pressed = preset(DEMONSTRATION)
    round_, smooth = pressed, pressed
    for name in FIELD_NAMES:
        round_ = round_.with_correlation(name, anisotropy=1.0)
        smooth = smooth.with_correlation(name, smoothness=None)
    return {"as it is": pressed, "not flattened": round_, "smooth fields": smooth}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=6)
    seeds = range(parser.parse_args().seeds)
    print("| twin | voxel, µm | measured / exact |\n|---|---|---|")
    for name, twin in twins().items():
        for voxel in VOXELS_UM:
            n = round(SIZE_UM / voxel)
            made = replace(twin, grid=Grid(shape=(n, n, n), voxel_size_um=voxel))
            exact = readouts(made).triple_phase_boundary_per_um2
            found = [
                triple_phase_boundary(generate(made, seed=seed, device="cpu"), (voxel,) * 3) / exact
                for seed in seeds
            ]
            error = np.std(found, ddof=1) / np.sqrt(len(found))
            print(f"| {name} | {voxel:g} | {np.mean(found):.3f} ± {error:.3f} |", flush=True)


if __name__ == "__main__":
    main()
