"""Memory that is freed stays with the process, as it does where nobody interferes.

Dask starts its workers with ``MALLOC_TRIM_THRESHOLD_=65536``.  Of glibc's allocator (mallopt(3))
that also ends the rule by which it learns to reuse large blocks: every array is asked of the system
again, page by page: transport takes three times as long (tests/benchmarks/dask_memory.py).
"""

from __future__ import annotations

import ctypes
import platform

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
LARGEST = 32 * 2**20
"""Up to here glibc's own rule reuses blocks (DEFAULT_MMAP_THRESHOLD_MAX of 64-bit machines)."""


def reuse_freed_memory() -> None:
    """Set what glibc's rule sets after a block of 32 MiB was freed; nothing on other systems."""
    if platform.libc_ver()[0] == "glibc":
        library = ctypes.CDLL(None)
        library.mallopt(M_MMAP_THRESHOLD, LARGEST)
        library.mallopt(M_TRIM_THRESHOLD, 2 * LARGEST)
