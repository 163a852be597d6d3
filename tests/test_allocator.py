"""A dask worker reuses the memory of its arrays; counted in page faults, not in seconds."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

ARRAYS = 50
MIB = 8
PROGRAM = f"""
import resource, sys
import numpy as np
from napari_assb_twin.allocator import reuse_freed_memory

if sys.argv[1] == "reuse":
    reuse_freed_memory()
np.ones({MIB} * 2**17).sum()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range({ARRAYS}):
    np.ones({MIB} * 2**17).sum()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def page_faults(how: str) -> int:
    """Of so many arrays, in a process with the environment of dask's workers."""
    environment = os.environ | {"MALLOC_TRIM_THRESHOLD_": "65536"}
    command = [sys.executable, "-c", PROGRAM, how]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return int(told.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the rule is that of glibc")
def test_arrays_are_not_asked_of_the_system_again_and_again() -> None:
    pages = MIB * 2**20 // os.sysconf("SC_PAGE_SIZE")
    # either way; with huge pages the system needs fewer faults for the same memory
    assert page_faults("reuse") < pages
    assert page_faults("reuse") < page_faults("as it is")
