"""The stages of a synthesis up to the fields, each kept until what it depends on changes.

noise -> spectrum of the noise -> filtered by the square roots of the eigenvalues -> X and Y.
In an open window the filter is the one of finite reach (see `finite_filter`), so that windows of
one seed agree wherever they overlap.  A preview of it is filtered like a periodic box.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from napari_assb_twin.twin import torus as tori
from napari_assb_twin.twin.device import Backend
from napari_assb_twin.twin.finite_filter import finite_filter
from napari_assb_twin.twin.noise import Runs, around, noise_at
from napari_assb_twin.twin.parameters import AnyCorrelation, FieldName, RandomField, Twin, Window
from napari_assb_twin.twin.torus import Shape, Torus

SPECTRA_BYTES = 2 << 30
"""Noise spectra kept at most: all components up to this size, the oldest dropped first."""

Seconds = dict[str, float]


@dataclass(frozen=True)
class FieldKey:
    """All that the values of X or Y depend on.

    Attributes
    ----------
    torus
        The periodic grid on which the field is made; larger than the box of an open window, which
        is its first corner, by the reach of the filter on either side.
    noise
        The voxels, along z, y and x, whose noise lies on the torus.
    """

    name: FieldName
    field: RandomField
    seed: int
    box: Torus
    window: Window
    torus: Torus
    noise: tuple[Runs, ...]

    @classmethod
    def of(cls, twin: Twin, name: FieldName) -> FieldKey:
        """The key of a twin's field."""
        box = Torus(twin.grid.shape, (twin.grid.voxel_size_um,) * 3)
        field = RandomField(
            degrees_of_freedom=twin.field(name).degrees_of_freedom,
            correlation=twin.field(name).correlation,
        )  # whatever the tail
        window, torus = twin.grid.window, box
        noise: tuple[Runs, ...] = tuple((range(n),) for n in box.shape)
        if window == "open":
            torus = torus_around(box, finite_filter(field.correlation, box.voxel_size_um).reach)
            noise = tuple(around(0, n, m) for n, m in zip(box.shape, torus.shape, strict=True))
        return cls(name, field, twin.seed, box, window, torus, noise)


def torus_around(box: Torus, reach: Shape) -> Torus:
    """The torus of an open window: the box and the reach of a filter in voxels on either side."""
    z, y, x = (_roomy(n + 2 * r) for n, r in zip(box.shape, reach, strict=True))
    return Torus((z, y, x), box.voxel_size_um)


def kept_spectra_bytes(fields: Iterable[tuple[RandomField, Torus]]) -> int:
    """Memory of the noise spectra that are kept of fields, each on its torus."""
    return min(sum(field.components * 4 * torus.voxels for field, torus in fields), SPECTRA_BYTES)


def _roomy(n: int) -> int:
    """At least n, a multiple of 16 with small prime factors: small changes rarely change it."""
    return 16 * scipy.fft.next_fast_len(math.ceil(n / 16))


@dataclass(frozen=True, eq=False)
class Filter:
    """Square roots of the eigenvalues of a correlation, and the share of its clipped variance."""

    amplitude: NDArray[np.float32]
    clipped: float


class Stages:
    """Spectra, filters and fields on one device; not safe for two threads at once.

    Parameters
    ----------
    backend
        Asked for its operations when they are first needed: a refusal needs none.
    """

    def __init__(self, backend: Callable[[], Backend]) -> None:
        self._backend = backend
        self._spectra: dict[tuple[FieldName, int, tuple[Runs, ...], int], Any] = {}
        self._filters: dict[tuple[FieldName, int], tuple[object, Filter]] = {}
        self._fields: dict[tuple[FieldName, int], tuple[FieldKey, Any]] = {}
        self._planes: dict[FieldName, tuple[object, Any]] = {}

    @property
    def spectra_bytes(self) -> int:
        """Memory of the spectra that are kept."""
        return sum(self._backend().size(spectrum) for spectrum in self._spectra.values())

    def filter(self, key: FieldKey, coarsen: int, seconds: Seconds) -> Filter:
        """The filter of a field on its coarsened torus."""
        correlation, slot = key.field.correlation, (key.name, coarsen)
        if slot not in self._filters or self._filters[slot][0] != (correlation, key.torus):
            torus = key.torus.coarsened(coarsen)
            if key.window == "open" and coarsen == 1:
                made = timed(seconds, "spectrum", lambda: _of_finite_reach(correlation, torus))
            else:
                made = timed(seconds, "spectrum", lambda: tori.amplitude(correlation, torus))
            self._filters[slot] = (correlation, key.torus), Filter(*made)
        return self._filters[slot][1]

    def field(self, key: FieldKey, coarsen: int, seconds: Seconds) -> Any:
        """X or Y in the box, on the coarsened grid."""
        slot = key.name, coarsen
        if slot not in self._fields or self._fields[slot][0] != key:
            self._fields.pop(slot, None)
            amplitude = self.filter(key, coarsen, seconds).amplitude
            shape, coarse = key.torus.shape, key.torus.coarsened(coarsen).shape
            values = self._of_components(
                key,
                seconds,
                lambda noise: self._backend().filtered(noise, amplitude, shape, coarse),
            )
            if shape != key.box.shape:
                values = self._backend().crop(values, key.box.coarsened(coarsen).shape)
            self._fields[slot] = key, values
        return self._fields[slot][1]

    def plane(self, key: FieldKey, axis: int, index: int, coarsen: int, seconds: Seconds) -> Any:
        """A plane of X or Y across an axis: out of the kept field if there is one, else made."""
        kept = self._fields.get((key.name, 1))
        if kept is not None and kept[0] == key:
            where = [slice(None)] * 3
            where[axis] = slice(index, index + 1)
            return kept[1][tuple(where)]
        slot = key, axis, index, coarsen
        if key.name not in self._planes or self._planes[key.name][0] != slot:
            amplitude = self.filter(key, coarsen, seconds).amplitude
            shape, coarse = key.torus.shape, key.torus.coarsened(coarsen).shape
            values = self._of_components(
                key,
                seconds,
                lambda noise: self._backend().plane(noise, amplitude, shape, coarse, axis, index),
            )
            if shape != key.box.shape:
                z, y, x = (1 if other == axis else n for other, n in enumerate(key.box.shape))
                values = self._backend().crop(values, (z, y, x))
            self._planes[key.name] = slot, values
        return self._planes[key.name][1]

    def _of_components(
        self, key: FieldKey, seconds: Seconds, filtered: Callable[[Any], Any]
    ) -> Any:
        """The Gaussian field, or the sum of the squares of its components."""
        total: Any = None
        for component in range(key.field.components):
            noise = self._spectrum(key, component, seconds)
            values = timed(seconds, "filter", partial(filtered, noise))
            if key.field.degrees_of_freedom == 0:
                return values
            total = self._backend().sum_of_squares(total, values)
        return total

    def _spectrum(self, key: FieldKey, component: int, seconds: Seconds) -> Any:
        noise = key.name, key.seed, key.noise
        if (*noise, component) not in self._spectra:
            for other in [k for k in self._spectra if k[0] == key.name and k[:3] != noise]:
                del self._spectra[other]
            made = timed(
                seconds,
                "noise",
                lambda: self._backend().spectrum(
                    noise_at(key.seed, key.name, component, key.noise)
                ),
            )
            size = self._backend().size(made)
            while self._spectra and (len(self._spectra) + 1) * size > SPECTRA_BYTES:
                del self._spectra[next(iter(self._spectra))]
            self._spectra[*noise, component] = made
        return self._spectra[*noise, component]


def _of_finite_reach(
    correlation: AnyCorrelation, torus: Torus
) -> tuple[NDArray[np.float32], float]:
    """Transform of the finite filter on a torus, and the share of the variance it leaves out."""
    finite = finite_filter(correlation, torus.voxel_size_um)
    return finite.amplitude(torus.shape), finite.lost


def timed(seconds: Seconds, stage: str, task: Callable[[], Any]) -> Any:
    """What a task returns; its time is added to that of the stage."""
    start = time.perf_counter()
    result = task()
    seconds[stage] = seconds.get(stage, 0.0) + time.perf_counter() - start
    return result
