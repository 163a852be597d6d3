"""Pair counts summed over the planes or the lines of a volume, by FFT in single precision.

The power of all planes is summed before it is transformed back, once.  Without voxels outside the
window two indicators suffice: the third phase is what they leave of the window.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.fft
from numba import njit
from numpy.typing import NDArray

from napari_assb_twin.twin.phases import OUTSIDE, PAIRS, PHASES, code

Floats = NDArray[np.float64]
Labels = NDArray[np.uint8]

_CHUNK = 1 << 17
"""Voxels that are transformed at once: few enough for a processor's cache."""


def plane_counts(images: Labels, reach: tuple[int, int], *, periodic: bool = False) -> Floats:
    """Pair counts summed over planes, for all lags up to ``reach`` (rows, columns).

    Parameters
    ----------
    images
        Phases, uint8 (planes, rows, columns); 255 is outside and never counted.
    periodic
        Whether a lag that leaves a plane comes in again at its other side.

    Returns
    -------
    Array (6, reach_rows + 1, 2 reach_columns + 1) as of `section_counts`, to a millionth of the
    number of voxels.
    """
    rows, columns = reach
    shape = _transform_shape(images.shape[1:], reach, periodic=periodic)
    phases = _phases(images)
    power = np.zeros((_pairs(phases), shape[0], shape[1] // 2 + 1))
    for image in images:
        indicators = np.stack([image == phase for phase in phases]).astype(np.float32)
        _add_products(power, scipy.fft.rfft2(indicators, s=shape))
    plain = scipy.fft.irfft2(power, s=shape)
    if len(phases) == len(PHASES):
        counts = _in_order(plain)
    else:
        sums = np.stack([(images == phase).sum(axis=0) for phase in phases])
        counts = _completed(plain, sums, len(images), shape)
    cut = np.empty((len(PAIRS), rows + 1, 2 * columns + 1))
    cut[:, :, columns:] = counts[:, : rows + 1, : columns + 1]
    cut[:, :, :columns] = counts[:, : rows + 1, -columns:] if columns else 0.0
    return np.round(2.0 * cut) / 2.0


def line_counts(volume: Labels, reach: int, *, periodic: bool = False) -> Floats:
    """Pair counts along axis 0 of a volume, shape (6, reach + 1), as of `plane_counts`."""
    length, sheets, width = volume.shape
    shape = _transform_shape((length,), (reach,), periodic=periodic)
    phases = _phases(volume)
    power = np.zeros((_pairs(phases), shape[0] // 2 + 1))
    step = max(1, _CHUNK // (length * width))
    for start in range(0, sheets, step):
        part = volume[:, start : start + step].reshape(length, -1)
        indicators = np.stack([part == phase for phase in phases]).astype(np.float32)
        _add_line_products(power, scipy.fft.rfft(indicators, n=shape[0], axis=1))
    plain = scipy.fft.irfft(power, n=shape[0], axis=1)
    if len(phases) == len(PHASES):
        counts = _in_order(plain)
    else:
        sums = np.stack([(volume == phase).sum(axis=(1, 2)) for phase in phases])
        counts = _completed(plain, sums, sheets * width, shape)
    return np.round(2.0 * counts[:, : reach + 1]) / 2.0


def _transform_shape(
    shape: Sequence[int], reach: Sequence[int], *, periodic: bool
) -> tuple[int, ...]:
    if periodic:
        return tuple(shape)
    return tuple(
        scipy.fft.next_fast_len(n + k, real=True) for n, k in zip(shape, reach, strict=True)
    )


def _phases(labels: Labels) -> list[int]:
    """The phases whose indicators are needed."""
    masked = bool((labels == OUTSIDE).any())
    return list(range(len(PHASES) if masked else len(PHASES) - 1))


def _pairs(phases: Sequence[int]) -> int:
    return len(phases) * (len(phases) + 1) // 2


@njit(cache=True, nogil=True)
def _add_products(power: Any, spectra: Any) -> None:
    """power[i <= j] += Re(S_i conj S_j)."""
    for row in range(power.shape[1]):
        pair = 0
        for i in range(spectra.shape[0]):
            for j in range(i, spectra.shape[0]):
                for k in range(power.shape[2]):
                    a, b = spectra[i, row, k], spectra[j, row, k]
                    power[pair, row, k] += a.real * b.real + a.imag * b.imag
                pair += 1


@njit(cache=True, nogil=True)
def _add_line_products(power: Any, spectra: Any) -> None:
    """power[i <= j, k] += sum over lines of Re(S_i conj S_j)."""
    for k in range(power.shape[1]):
        pair = 0
        for i in range(spectra.shape[0]):
            for j in range(i, spectra.shape[0]):
                total = 0.0
                for line in range(spectra.shape[2]):
                    a, b = spectra[i, k, line], spectra[j, k, line]
                    total += a.real * b.real + a.imag * b.imag
                power[pair, k] += total
                pair += 1


def _in_order(counts: Floats) -> Floats:
    """Counts of the pairs (0, 0), (0, 1), ... in the order of ``PAIRS``."""
    found = itertools.combinations_with_replacement(range(len(PHASES)), 2)
    rows = {pair: row for row, pair in enumerate(found)}
    return np.stack([counts[rows[code(i), code(j)]] for i, j in PAIRS])


def _completed(plain: Floats, sums: NDArray[Any], windows: int, shape: tuple[int, ...]) -> Floats:
    """All six counts from those of the phases 0 and 1, in a window without gaps.

    Parameters
    ----------
    plain
        Counts of (0, 0), (0, 1), (1, 1) at all lags of ``shape``.
    sums
        How many of the planes or lines hold the phases 0 and 1, by place.
    windows
        The number of planes or lines.
    """
    axes = tuple(range(1, plain.ndim))
    ones = scipy.fft.rfftn(np.ones(sums.shape[1:]), s=shape)
    in_window = scipy.fft.rfftn(sums.astype(float), s=shape, axes=axes) * ones.conj()
    with_any_0, with_any_1 = scipy.fft.irfftn(in_window, s=shape, axes=axes)
    with_any_0, with_any_1 = (_even(counts) for counts in (with_any_0, with_any_1))
    window = windows * scipy.fft.irfftn((ones * ones.conj()).real, s=shape)
    c00, c01, c11 = plain
    c02 = with_any_0 - c00 - c01
    c12 = with_any_1 - c11 - c01
    c22 = window - c00 - c11 - 2.0 * (c01 + c02 + c12)
    return _in_order(np.stack([c00, c01, c02, c11, c12, c22]))


def _even(counts: Floats) -> Floats:
    """The mean of the counts at a lag and at its opposite."""
    axes = tuple(range(counts.ndim))
    opposite = np.roll(np.flip(counts, axes), 1, axes)
    return np.asarray(0.5 * (counts + opposite))
