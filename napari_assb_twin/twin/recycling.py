"""Large arrays whose memory is used again.

A fresh array of 64 MiB costs about as much in page faults as the FFT that fills it.  The arrays
made here are ordinary ones; when the last of their views is gone, their memory waits for the next
array of the same size instead of going back to the system.
"""

from __future__ import annotations

import weakref
from collections import deque
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

KEPT = 4
"""Blocks that wait at most; the one that waited longest is given back first."""

SMALL_BYTES = 1 << 20
"""Arrays below this size are left to the allocator, which keeps them itself."""


class _Block:
    """Memory lent to arrays: numpy keeps the block alive as long as any view of it."""

    def __init__(self, memory: NDArray[np.uint8], shape: tuple[int, ...], dtype: str) -> None:
        self.__array_interface__ = {
            "version": 3,
            "shape": shape,
            "typestr": dtype,
            "data": (memory.ctypes.data, False),
        }


class Recycler:
    """Lends arrays; safe to use and to drop arrays on any thread."""

    def __init__(self) -> None:
        self._waiting: deque[NDArray[np.uint8]] = deque(maxlen=KEPT)

    def empty(self, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        """An array with undefined content, like `numpy.empty`."""
        kind = np.dtype(dtype)
        size = int(np.prod(shape, dtype=np.int64)) * kind.itemsize
        if size < SMALL_BYTES:
            return np.empty(shape, kind)
        memory = self._take(size)
        block = _Block(memory, shape, kind.str)
        weakref.finalize(block, self._waiting.append, memory).atexit = False
        return np.asarray(block)

    @property
    def waiting_bytes(self) -> int:
        """Memory that waits for its next use."""
        return sum(memory.nbytes for memory in tuple(self._waiting))

    def forget(self) -> None:
        """Give back what waits."""
        self._waiting.clear()

    def _take(self, size: int) -> NDArray[np.uint8]:
        for _ in range(len(self._waiting)):
            try:
                memory = self._waiting.popleft()
            except IndexError:  # another thread took it
                break
            if memory.nbytes == size:
                return memory
            self._waiting.append(memory)
        return np.empty(size, np.uint8)
