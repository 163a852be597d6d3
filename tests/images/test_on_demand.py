"""Volumes that stay in their file are turned and cut as numpy's are, and unpacked once."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import psutil
import pytest

from napari_assb_twin.images import on_demand
from napari_assb_twin.images.formats.content import Index
from napari_assb_twin.images.on_demand import OnDemand

SHAPE = (20, 23, 26)
CHUNKS = (8, 10, 5)
ARRAY = np.arange(math.prod(SHAPE), dtype=np.int32).reshape(SHAPE)
AXES = list(itertools.permutations(range(3)))


class Chunked:
    """An array that counts how often each of its chunks is unpacked."""

    shape, dtype = SHAPE, ARRAY.dtype

    def __init__(self) -> None:
        self.reads: Counter[tuple[int, ...]] = Counter()
        self.largest = 0

    def __getitem__(self, index: Index) -> Any:
        met = []
        for part, size, edge in zip(index, SHAPE, CHUNKS, strict=True):
            assert isinstance(part, slice)
            start, stop, step = part.indices(size)
            assert step == 1
            met.append(range(start // edge, (stop - 1) // edge + 1))
        self.reads.update(itertools.product(*met))
        found = ARRAY[index]
        self.largest = max(self.largest, found.nbytes)
        return found


@pytest.fixture
def chunked(monkeypatch: pytest.MonkeyPatch) -> Chunked:
    monkeypatch.setattr(on_demand, "SLAB", 1)  # one layer of chunks
    return Chunked()


VIEWS: dict[str, Callable[[Any], Any]] = {
    "whole": lambda array: array,
    "reversed": lambda array: array[::-1],
    "part": lambda array: array[3:17, 5:23, 1:25],
    "part of a part, reversed": lambda array: array[3:17, 5:23][2:9][::-1],
    "every third, the columns backwards": lambda array: array[1::3, :, ::-2],
}


@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("view", VIEWS)
def test_it_is_cut_and_turned_like_an_array(
    chunked: Chunked, view: str, axes: tuple[int, ...]
) -> None:
    change = VIEWS[view]
    lazy, array = OnDemand(chunked, CHUNKS), ARRAY
    for turned_first in (True, False):
        if turned_first:
            found, expected = change(lazy.transpose(axes)), change(array.transpose(axes))
        else:
            found, expected = change(lazy).transpose(axes), change(array).transpose(axes)
        assert (found.shape, found.size, found.dtype, found.ndim, len(found)) == (
            *(expected.shape, expected.size, expected.dtype, 3, len(expected)),
        )
        np.testing.assert_array_equal(np.stack(list(found)), expected)
        np.testing.assert_array_equal(found[-1], expected[-1])


@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("backwards", [False, True])
def test_each_chunk_is_unpacked_once(
    chunked: Chunked, axes: tuple[int, ...], backwards: bool
) -> None:
    view = OnDemand(chunked, CHUNKS).transpose(axes)
    for _ in view[::-1] if backwards else view:
        pass
    assert len(chunked.reads) == math.prod(
        math.ceil(n / c) for n, c in zip(SHAPE, CHUNKS, strict=True)
    )
    assert set(chunked.reads.values()) == {1}
    layer = ARRAY.nbytes * CHUNKS[axes[0]] / SHAPE[axes[0]]
    assert chunked.largest <= math.ceil(layer)


def test_nothing_is_loaded_before_a_plane_is_asked_for(chunked: Chunked) -> None:
    view = OnDemand(chunked, CHUNKS)[2:9, 3:].transpose((2, 0, 1))[::-1]
    assert not chunked.reads
    np.testing.assert_array_equal(view[0], ARRAY[2:9, 3:, -1])
    assert chunked.largest <= 7 * 20 * CHUNKS[2] * ARRAY.itemsize  # the region, and no more of it


def test_several_layers_are_loaded_together(
    chunked: Chunked, monkeypatch: pytest.MonkeyPatch
) -> None:
    plane = ARRAY[0].nbytes
    monkeypatch.setattr(on_demand, "SLAB", 19 * plane)  # two layers of 8 planes, not 19 planes
    for _ in OnDemand(chunked, CHUNKS):
        pass
    assert chunked.largest == 16 * plane
    assert set(chunked.reads.values()) == {1}


def test_layers_that_do_not_fit_are_read_in_parts(
    chunked: Chunked, monkeypatch: pytest.MonkeyPatch
) -> None:
    plane = ARRAY[0].nbytes
    free = int(3.5 * plane / on_demand.MOST_OF_MEMORY)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=free))
    np.testing.assert_array_equal(np.stack(list(OnDemand(chunked, CHUNKS))), ARRAY)
    assert chunked.largest == 3 * plane
