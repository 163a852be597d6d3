"""How many threads torch may take on the CPU."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch

THREADS = max(1, (os.cpu_count() or 1) // 2)
"""Threads of torch on the CPU: half of the cores, so that a window stays fluid."""


@contextmanager
def few_threads() -> Iterator[None]:
    """Let torch use `THREADS` at most within the context, and as many as before after it."""
    before = torch.get_num_threads()
    torch.set_num_threads(min(before, THREADS))
    try:
        yield
    finally:
        torch.set_num_threads(before)
