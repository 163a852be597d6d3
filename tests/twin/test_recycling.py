"""Memory is used again, but never while somebody can still see it."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from napari_assb_twin.twin.recycling import KEPT, SMALL_BYTES, Recycler

LARGE = (64, 128, 256)


def address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.complex64])
def test_an_array_like_any_other(dtype: type) -> None:
    array = Recycler().empty(LARGE, dtype)
    assert array.shape == LARGE
    assert array.dtype == dtype
    assert array.flags.c_contiguous
    assert array.flags.writeable
    assert array.flags.aligned
    array[...] = 3
    assert (array == 3).all()


def test_dropped_memory_is_used_again() -> None:
    recycler = Recycler()
    first = recycler.empty(LARGE, np.uint8)
    where = address(first)
    assert recycler.waiting_bytes == 0
    del first
    assert recycler.waiting_bytes == np.prod(LARGE)
    again = recycler.empty(tuple(reversed(LARGE)), np.uint8)
    assert address(again) == where
    assert recycler.waiting_bytes == 0


def test_a_view_keeps_the_memory() -> None:
    recycler = Recycler()
    array = recycler.empty(LARGE, np.float32)
    array[...] = 7
    view = array[3:, ::2].T[5:]
    del array
    gc.collect()
    other = recycler.empty(LARGE, np.float32)
    other[...] = 0
    assert not np.shares_memory(view, other)
    assert (view == 7).all()
    del view
    assert recycler.waiting_bytes == other.nbytes


def test_memory_outlives_its_recycler() -> None:
    array = Recycler().empty(LARGE, np.float32)
    gc.collect()
    array[...] = 1
    assert array.sum() == array.size


def test_what_waits_is_bounded_and_can_be_given_back() -> None:
    recycler = Recycler()
    arrays = [recycler.empty((SMALL_BYTES + n,), np.uint8) for n in range(KEPT + 3)]
    del arrays
    assert 0 < recycler.waiting_bytes <= KEPT * (SMALL_BYTES + KEPT + 3)
    recycler.forget()
    assert recycler.waiting_bytes == 0


def test_small_arrays_are_left_to_the_allocator() -> None:
    recycler = Recycler()
    recycler.empty((SMALL_BYTES - 1,), np.uint8)
    assert recycler.waiting_bytes == 0


def test_threads_never_share_memory() -> None:
    recycler = Recycler()

    def work(number: int) -> bool:
        right = True
        for _ in range(50):
            array = recycler.empty((SMALL_BYTES,), np.uint8)
            array[...] = number
            right &= bool((array == number).all())
        return right

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(8)))
