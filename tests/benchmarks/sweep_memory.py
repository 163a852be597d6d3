"""Memory of one realisation by group of descriptors: python tests/benchmarks/sweep_memory.py.

One process for each group, which measures a small volume first: what torch and numba take is then
no part of the difference. The numbers stand in `scenarios/estimate.py` and docs/virtual-testing.md.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from dataclasses import replace

EDGE = 112
_PER_UNIT = 1 if sys.platform == "darwin" else 1024


def peak() -> int:
    """Bytes of this process at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _PER_UNIT


def measure(group: str, edge: int) -> None:
    """Make and measure a volume."""
    from napari_assb_twin.descriptors.definitions import check_groups
    from napari_assb_twin.descriptors.describe import Choice, describe
    from napari_assb_twin.measure.sections import Volume
    from napari_assb_twin.steps import finished
    from napari_assb_twin.twin.parameters import Grid
    from napari_assb_twin.twin.presets import DEMONSTRATION, preset
    from napari_assb_twin.twin.synthesis import realise

    grid = Grid(shape=(edge, edge, edge), voxel_size_um=0.3)
    made = realise(replace(preset(DEMONSTRATION), grid=grid), device="cpu")
    choice = Choice(groups=check_groups([group]), axes=("z",), phases=("solid_electrolyte",))
    finished(describe(Volume(made.labels, made.voxel_size_um), choice))


def main() -> None:
    """One line for each group; with its name, of one group in this process."""
    if len(sys.argv) > 1:
        (group,) = sys.argv[1:]
        measure(group, 32)
        before = peak()
        measure(group, EDGE)
        print(
            f"{group:12} {(peak() - before) / EDGE**3:4.0f} bytes per voxel, "
            f"{before / 2**30:.2f} GiB before",
            flush=True,
        )
        return
    from napari_assb_twin.descriptors.definitions import GROUPS

    for group in GROUPS:
        subprocess.run([sys.executable, __file__, group], check=True)


if __name__ == "__main__":
    main()
