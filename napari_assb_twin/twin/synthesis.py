"""Realisations of a twin, keeping each stage that did not change.

A new seed starts at the noise, a changed correlation filters one field again, changed fractions
only threshold.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError, TwinWarning
from napari_assb_twin.twin import torus as tori
from napari_assb_twin.twin.cutting import cutting_rule
from napari_assb_twin.twin.device import Backend, Shape, check_device, choose_backend
from napari_assb_twin.twin.memory import require_memory
from napari_assb_twin.twin.parameters import FIELD_NAMES, FieldName, Twin, Window
from napari_assb_twin.twin.phases import PHASES, Phase, code
from napari_assb_twin.twin.realisation import Labels, PlaneRealisation, Realisation
from napari_assb_twin.twin.stages import FieldKey, Stages, kept_spectra_bytes, timed
from napari_assb_twin.twin.torus import Torus


class Synthesizer:
    """Makes realisations on one device and keeps the stages between calls.

    Calls from several threads wait for each other.
    """

    def __init__(self, device: str = "auto") -> None:
        check_device(device)
        self._device = device
        if device == "cuda":
            _ = self._backend  # there or not: say so at once
        self._lock = threading.Lock()

    @cached_property
    def _backend(self) -> Backend:
        """Chosen when first needed: a refusal comes without loading torch."""
        return choose_backend(self._device)

    @cached_property
    def _stages(self) -> Stages:
        return Stages(lambda: self._backend)

    @property
    def device(self) -> str:
        """Name of the device in use."""
        return self._backend.name

    def forget(self) -> None:
        """Drop every kept stage and its memory."""
        with self._lock:
            self.__dict__.pop("_stages", None)
            self.__dict__.pop("_backend", None)

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

    def plane(self, twin: Twin, axis: int, index: int, *, coarsen: int = 1) -> PlaneRealisation:
        """One plane of the volume, for a small part of the time that the volume takes.

        Parameters
        ----------
        axis, index
            The axis (0, 1, 2 for z, y, x) across the plane, and its place along it in voxels.
        coarsen
            1 for the very voxels of the volume; 2 or 4 for the same plane, at full resolution,
            without the short waves that every second or fourth voxel cannot hold.

        Raises
        ------
        InputError
            If the box cannot hold a field's covariance.
        """
        with self._lock:
            keys = self._keys(twin)
            seconds: dict[str, float] = {}
            for key in keys.values():
                tori.clipping_reservation(
                    self._stages.filter(key, coarsen, seconds).clipped, key.name
                )
            fields = {
                name: self._stages.plane(key, axis, index, coarsen, seconds)
                for name, key in keys.items()
            }
            planes = np.array([index]) if axis == 0 else np.arange(twin.grid.shape[0])
            labels, fractions = self._labelled(twin, fields, planes, seconds)
        return PlaneRealisation(
            labels=labels,
            axis=axis,
            index=index,
            volume_fractions=fractions,
            twin=twin,
            seconds=seconds,
        )

    def _realise(self, twin: Twin, coarsen: int) -> Realisation:
        keys = self._keys(twin)
        seconds: dict[str, float] = {}
        reservations = []
        for name, key in keys.items():
            reservations.append(tori.box_reservation(key.field.correlation, key.box, name))
            clipped = self._stages.filter(key, coarsen, seconds).clipped
            reservations.append(tori.clipping_reservation(clipped, name))
        fields = {name: self._stages.field(key, coarsen, seconds) for name, key in keys.items()}
        length = twin.grid.shape[0]
        planes = np.arange(0.0, length, coarsen)
        if twin.grid.window == "periodic":
            coarse = keys["X"].torus.coarsened(coarsen).shape[0]
            planes = np.arange(coarse) * (length / coarse)
        labels, fractions = self._labelled(twin, fields, planes, seconds)
        return Realisation(
            labels=labels,
            voxel_size_um=_voxel_size(keys["X"].box, coarsen, twin.grid.window),
            volume_fractions=fractions,
            twin=twin,
            device=self.device,
            seconds=seconds,
            reservations=tuple(filter(None, reservations)),
        )

    def _labelled(
        self,
        twin: Twin,
        fields: Mapping[FieldName, Any],
        planes: NDArray[Any],
        seconds: dict[str, float],
    ) -> tuple[Labels, dict[Phase, float]]:
        """Phases cut from the fields at planes along z, and their shares."""
        rule = cutting_rule(twin, planes)
        labels, counts = timed(
            seconds, "label", lambda: self._backend.label(fields["X"], fields["Y"], rule)
        )
        shares = dict(zip(rule.phases, (n / labels.size for n in counts), strict=True))
        return labels, {phase: shares[code(phase)] for phase in PHASES}

    def _keys(self, twin: Twin) -> dict[FieldName, FieldKey]:
        """What is asked of the stages, if the memory holds it."""
        keys = {name: FieldKey.of(twin, name) for name in FIELD_NAMES}
        tori_shapes = {name: key.torus.shape for name, key in keys.items()}
        spectra = kept_spectra_bytes((key.field, key.torus) for key in keys.values())
        require_memory(twin.grid.shape, tori_shapes, spectra - self._stages.spectra_bytes)
        return keys


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
            "memory of this machine; choose a smaller shape, or make it in blocks (assb-twin "
            "generate --blocks)."
        ) from None


def _voxel_size(box: Torus, coarsen: int, window: Window) -> tuple[float, float, float]:
    """Voxel edges of a preview: an open one is cut from a torus whose edges divide evenly."""
    if window == "periodic":
        return box.coarsened(coarsen).voxel_size_um
    z, y, x = (d * min(coarsen, n) for d, n in zip(box.voxel_size_um, box.shape, strict=True))
    return z, y, x
