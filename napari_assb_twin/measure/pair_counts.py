"""How often two phases lie a lag apart: pair counts of masked images by FFT."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from napari_assb_twin.twin.phases import PAIRS, code
from napari_assb_twin.twin.threads import workers

Floats = NDArray[np.float64]
Labels = NDArray[np.uint8]

_CODES = [(code(i), code(j)) for i, j in PAIRS]


def section_counts(image: Labels, reach: tuple[int, int]) -> Floats:
    """Pair counts of one section for all lags up to ``reach`` (rows, columns).

    Parameters
    ----------
    image
        Phases, uint8 (rows, columns); 255 is outside and never counted.

    Returns
    -------
    Array (6, reach_rows + 1, 2 reach_columns + 1): for each pair i, j and lag (r, c), c running
    from -reach_columns, half the number of pixels x with i at x and j at x + h or the reverse, so
    that for i != j the counts of (i, j) are symmetrised and for i = j are plain counts.  Pixels
    beyond the edge count as outside: nothing is periodic.
    """
    return pooled_counts([image], reach)


def pooled_counts(images: Sequence[Labels], reach: tuple[int, int]) -> Floats:
    """The sum of `section_counts` over sections, with one inverse transform for each size."""
    rows, columns = reach
    by_shape: dict[tuple[int, ...], list[Labels]] = {}
    for image in images:
        by_shape.setdefault(image.shape, []).append(image)
    counts = np.zeros((len(PAIRS), rows + 1, 2 * columns + 1))
    for size, group in by_shape.items():
        shape = [
            scipy.fft.next_fast_len(n + k, real=True) for n, k in zip(size, reach, strict=True)
        ]
        for pair, cross in enumerate(_cross_spectra(group, shape)):
            full = scipy.fft.irfft2(cross, s=shape, workers=workers())
            counts[pair, :, columns:] += full[: rows + 1, : columns + 1]
            if columns:
                counts[pair, :, :columns] += full[: rows + 1, -columns:]
    return np.round(2.0 * counts) / 2.0


def _cross_spectra(images: Sequence[Labels], shape: Sequence[int]) -> Floats:
    """Real part of the cross spectra of the phases, summed over images of one size."""
    total = np.zeros((len(PAIRS), shape[0], shape[1] // 2 + 1))
    for image in images:
        spectra = [
            scipy.fft.rfft2((image == phase).astype(np.float64), s=shape, workers=workers())
            for phase in range(3)
        ]
        for pair, (i, j) in enumerate(_CODES):
            total[pair] += spectra[i].real * spectra[j].real
            total[pair] += spectra[i].imag * spectra[j].imag
    return total


def probabilities(counts: Floats) -> Floats:
    """C_ij from pair counts (6, ...): counts over all counted pairs of positions.

    The number of pixel pairs inside the window is the sum over all ordered pairs of phases.
    """
    inside = window_counts(counts)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(inside > 0, counts / inside, np.nan))


def window_counts(counts: Floats) -> Floats:
    """Pairs of positions that both lie in the window, from the counts (6, ...) of phases."""
    weights = np.array([1.0 if i == j else 2.0 for i, j in _CODES])
    return np.asarray(np.tensordot(weights, counts, axes=1))
