"""Realisations of a twin, keeping each stage that did not change.

noise -> spectrum -> Gaussian fields -> X and Y -> phases.  A new seed starts at the noise, a
changed correlation filters one field again, changed fractions only threshold.
"""

from __future__ import annotations

import math
import threading
import time
import warnings
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError, TwinWarning
from napari_assb_twin.twin import torus as tori
from napari_assb_twin.twin.device import Backend, Rule, Shape, check_device, choose_backend
from napari_assb_twin.twin.excursion import level
from napari_assb_twin.twin.memory import require_memory
from napari_assb_twin.twin.noise import white_noise
from napari_assb_twin.twin.parameters import FIELD_NAMES, AnyCorrelation, FieldName, Twin, Window
from napari_assb_twin.twin.phases import PHASES, Phase, code
from napari_assb_twin.twin.torus import Torus

Labels = NDArray[np.uint8]

_Noise = tuple[FieldName, int, Shape]

SPECTRA_BYTES = 2 << 30
"""Noise spectra kept at most: all components up to this size, the oldest dropped first."""


@dataclass(frozen=True, kw_only=True)
class Realisation:
    """One realisation of a twin.

    Attributes
    ----------
    labels
        Phases, uint8, shape (z, y, x).
    voxel_size_um
        Edges of a voxel (z, y, x); larger than the twin's in a preview.
    volume_fractions
        Shares of the phases in this realisation.
    twin
        The twin that was realised, with the grid and the seed that were used.
    device
        ``"cpu"`` or ``"cuda"``.
    seconds
        Time by stage: ``noise``, ``spectrum``, ``filter``, ``label``; absent stages were kept.
    reservations
        Sentences on a box that is small for the correlation.
    """

    labels: Labels
    voxel_size_um: tuple[float, float, float]
    volume_fractions: Mapping[Phase, float]
    twin: Twin
    device: str
    seconds: Mapping[str, float]
    reservations: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Filter:
    """Square roots of the eigenvalues of a correlation on a torus, perhaps coarsened."""

    correlation: AnyCorrelation
    torus: Torus
    amplitude: NDArray[np.float32]
    clipped: float


@dataclass
class _Stages:
    """What is kept between calls, by a key that names all that it depends on."""

    spectra: dict[tuple[_Noise, int], Any] = field(default_factory=dict)
    filters: dict[tuple[FieldName, int], _Filter] = field(default_factory=dict)
    fields: dict[Hashable, tuple[Hashable, Any]] = field(default_factory=dict)


class Synthesizer:
    """Makes realisations on one device and keeps the stages between calls.

    Calls from several threads wait for each other.
    """

    def __init__(self, device: str = "auto") -> None:
        check_device(device)
        self._device = device
        if device == "cuda":
            _ = self._backend  # there or not: say so at once
        self._stages = _Stages()
        self._lock = threading.Lock()

    @cached_property
    def _backend(self) -> Backend:
        """Chosen when first needed: a refusal comes without loading torch."""
        return choose_backend(self._device)

    @property
    def device(self) -> str:
        """Name of the device in use."""
        return self._backend.name

    def forget(self) -> None:
        """Drop every kept stage and its memory."""
        with self._lock:
            self._stages = _Stages()

    def __call__(self, twin: Twin, *, coarsen: int = 1) -> Realisation:
        """Realise a twin on its grid with its seed.

        Parameters
        ----------
        coarsen
            1 for the full volume; 2 or 4 for the same structure on every second or fourth voxel:
            the long waves of the same noise, with the covariance of the coarse grid, so that a
            preview is itself a realisation of the twin, but for the shortest waves it holds.

        Raises
        ------
        InputError
            If the box cannot hold a field's covariance.
        """
        with self._lock:
            return self._realise(twin, coarsen)

    def _realise(self, twin: Twin, coarsen: int) -> Realisation:
        grid = twin.grid
        box = Torus(grid.shape, (grid.voxel_size_um,) * 3)
        reservations = [
            tori.box_reservation(twin.field(name).correlation, box, name) for name in FIELD_NAMES
        ]
        self._require_memory(twin, box)
        seconds: dict[str, float] = {}
        for name in FIELD_NAMES:
            clipped = self._filter(twin, name, box, coarsen, seconds).clipped
            reservations.append(tori.clipping_reservation(clipped, name))
        fields = {name: self._field(twin, name, box, coarsen, seconds) for name in FIELD_NAMES}
        rule = cutting_rule(twin)
        labels, counts = _timed(
            seconds, "label", lambda: self._backend.label(fields["X"], fields["Y"], rule)
        )
        fractions = dict(zip(rule.phases, (n / labels.size for n in counts), strict=True))
        return Realisation(
            labels=labels,
            voxel_size_um=_voxel_size(box, coarsen, grid.window),
            volume_fractions={phase: fractions[code(phase)] for phase in PHASES},
            twin=twin,
            device=self.device,
            seconds=seconds,
            reservations=tuple(filter(None, reservations)),
        )

    def _require_memory(self, twin: Twin, box: Torus) -> None:
        shapes = {name: _torus(twin, name, box).shape for name in FIELD_NAMES}
        spectra = sum(twin.field(n).components * 4 * math.prod(shapes[n]) for n in FIELD_NAMES)
        require_memory(box.shape, shapes, min(spectra, SPECTRA_BYTES) - self._kept_bytes())

    def _kept_bytes(self) -> int:
        return sum(self._backend.size(spectrum) for spectrum in self._stages.spectra.values())

    def _filter(
        self, twin: Twin, name: FieldName, box: Torus, coarsen: int, seconds: dict[str, float]
    ) -> _Filter:
        """The amplitudes of a field on its coarsened torus, made again only if they changed."""
        correlation, torus = twin.field(name).correlation, _torus(twin, name, box)
        kept = self._stages.filters.get((name, coarsen))
        if kept is None or (kept.correlation, kept.torus) != (correlation, torus):
            made = _timed(
                seconds, "spectrum", lambda: tori.amplitude(correlation, torus.coarsened(coarsen))
            )
            kept = self._stages.filters[name, coarsen] = _Filter(correlation, torus, *made)
        return kept

    def _field(
        self, twin: Twin, name: FieldName, box: Torus, coarsen: int, seconds: dict[str, float]
    ) -> Any:
        """X or Y on the device, made again only if what it depends on changed."""
        chosen = self._filter(twin, name, box, coarsen, seconds)
        slot = (name, coarsen)
        key = (
            chosen.correlation,
            chosen.torus,
            twin.field(name).degrees_of_freedom,
            twin.seed,
            box,
        )
        if slot not in self._stages.fields or self._stages.fields[slot][0] != key:
            self._stages.fields.pop(slot, None)
            values = self._filtered(twin, name, chosen, coarsen, seconds)
            if chosen.torus.shape != box.shape:
                values = self._backend.crop(values, box.coarsened(coarsen).shape)
            self._stages.fields[slot] = key, values
        return self._stages.fields[slot][1]

    def _filtered(
        self,
        twin: Twin,
        name: FieldName,
        chosen: _Filter,
        coarsen: int,
        seconds: dict[str, float],
    ) -> Any:
        shape, coarse = chosen.torus.shape, chosen.torus.coarsened(coarsen).shape
        total: Any = None
        for component in range(twin.field(name).components):
            spectrum = self._spectrum((name, twin.seed, shape), component, seconds)

            def filtered(spectrum: Any = spectrum) -> Any:
                return self._backend.filtered(spectrum, chosen.amplitude, shape, coarse)

            values = _timed(seconds, "filter", filtered)
            if twin.field(name).degrees_of_freedom == 0:
                return values
            total = self._backend.sum_of_squares(total, values)
        return total

    def _spectrum(self, noise: _Noise, component: int, seconds: dict[str, float]) -> Any:
        spectra = self._stages.spectra
        name, seed, shape = noise
        if (noise, component) not in spectra:
            for key in [k for k in spectra if k[0][0] == name and k[0] != noise]:
                del spectra[key]
            made = _timed(
                seconds,
                "noise",
                lambda: self._backend.spectrum(white_noise(seed, name, component, shape)),
            )
            size = self._backend.size(made)
            while spectra and (len(spectra) + 1) * size > SPECTRA_BYTES:
                del spectra[next(iter(spectra))]
            spectra[noise, component] = made
        return spectra[noise, component]


def generate(
    twin: Twin,
    *,
    shape: Shape | None = None,
    seed: int | None = None,
    device: str = "auto",
) -> Labels:
    """One realisation of a twin, uint8 (z, y, x) with the codes of ``PHASES``.

    Parameters
    ----------
    shape, seed
        Voxels per axis and seed; the twin's own where None.
    device
        ``"auto"``, ``"cpu"`` or ``"cuda"``.

    Warns
    -----
    TwinWarning
        If the box is small for the correlation lengths.

    Raises
    ------
    InputError
        If the box cannot hold the covariance, or the device is not there.
    """
    realisation = realise(twin, shape=shape, seed=seed, device=device)
    for sentence in realisation.reservations:
        warnings.warn(sentence, TwinWarning, stacklevel=2)
    return realisation.labels


def realise(
    twin: Twin,
    *,
    shape: Shape | None = None,
    seed: int | None = None,
    device: str = "auto",
) -> Realisation:
    """Like `generate`, with all that is known of the realisation."""
    if shape is not None:
        twin = replace(twin, grid=replace(twin.grid, shape=shape))
    if seed is not None:
        twin = replace(twin, seed=seed)
    try:
        return Synthesizer(device)(twin)
    except MemoryError:
        raise InputError(
            f"A volume of {' x '.join(map(str, twin.grid.shape))} voxels does not fit into the "
            "memory of this machine; choose a smaller shape."
        ) from None


def cutting_rule(twin: Twin) -> Rule:
    """Levels, tails and codes by which the fields of a twin are cut."""
    return Rule(
        level_x=level(twin.X, twin.exceedance("X")),
        level_y=level(twin.Y, twin.exceedance("Y")),
        upper_x=twin.X.tail == "upper",
        upper_y=twin.Y.tail == "upper",
        phases=(code(twin.first_phase), code(twin.second_phase), code(twin.third_phase)),
    )


def _torus(twin: Twin, name: FieldName, box: Torus) -> Torus:
    if twin.grid.window == "periodic":
        return box
    return tori.open_torus(twin.field(name).correlation, box)


def _voxel_size(box: Torus, coarsen: int, window: Window) -> tuple[float, float, float]:
    """Voxel edges of a preview: an open one is cut from a torus whose edges divide evenly."""
    if window == "periodic":
        return box.coarsened(coarsen).voxel_size_um
    z, y, x = (d * min(coarsen, n) for d, n in zip(box.voxel_size_um, box.shape, strict=True))
    return z, y, x


def _timed(seconds: dict[str, float], stage: str, task: Callable[[], Any]) -> Any:
    start = time.perf_counter()
    result = task()
    seconds[stage] = seconds.get(stage, 0.0) + time.perf_counter() - start
    return result
