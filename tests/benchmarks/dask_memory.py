"""What `allocator.py` saves a worker of a dask cluster: python tests/benchmarks/dask_memory.py.

Processor seconds and page faults of transport through one volume: as in any process, as in a worker
that dask started, and there with freed memory used again.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys

EDGE = 96
DASK = {"MALLOC_TRIM_THRESHOLD_": "65536"}
"""As in the settings of dask that come with it: distributed.nanny.pre-spawn-environ."""


def measure(reuse: bool) -> None:
    """Solve, and print what it took."""
    from napari_assb_twin.allocator import reuse_freed_memory
    from napari_assb_twin.descriptors.transport import effective_transport
    from napari_assb_twin.steps import finished
    from napari_assb_twin.twin.phases import code
    from napari_assb_twin.twin.presets import DEMONSTRATION, preset
    from napari_assb_twin.twin.synthesis import generate

    if reuse:
        reuse_freed_memory()
    labels = generate(preset(DEMONSTRATION), shape=(EDGE, EDGE, EDGE), seed=1, device="cpu")
    inside = labels == code("solid_electrolyte")
    before = resource.getrusage(resource.RUSAGE_SELF)
    finished(effective_transport(inside, 0, (0.1, 0.1, 0.1)))
    after = resource.getrusage(resource.RUSAGE_SELF)
    user, system = after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime
    faults = after.ru_minflt - before.ru_minflt
    print(f"{user:.1f} s, in the system {system:.1f} s, {faults} page faults", flush=True)


def main() -> None:
    """One line for each process."""
    if len(sys.argv) > 1:
        measure(sys.argv[1] == "reuse")
        return
    own = {key: value for key, value in os.environ.items() if key not in DASK}
    own |= {"OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    for told, environment, how in (
        ("any process", own, "plain"),
        ("a worker of dask", own | DASK, "plain"),
        ("the same, memory used again", own | DASK, "reuse"),
    ):
        print(f"{told}: ", end="", flush=True)
        subprocess.run([sys.executable, __file__, how], env=environment, check=True)


if __name__ == "__main__":
    main()
