"""Fields on the CPU: scipy's FFT and compiled kernels."""

from __future__ import annotations

import math

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from napari_assb_twin.twin import kernels
from napari_assb_twin.twin.device import Rule, Shape, coarse_wave_numbers
from napari_assb_twin.twin.threads import WORKERS, over_slabs

Float32 = NDArray[np.float32]
Complex64 = NDArray[np.complex64]


class CpuBackend:
    """See `napari_assb_twin.twin.device.Backend`."""

    name = "cpu"

    def spectrum(self, noise: Float32) -> Complex64:
        """Half spectrum of real noise, complex64."""
        return np.asarray(scipy.fft.rfftn(noise, workers=WORKERS))

    def filtered(
        self, spectrum: Complex64, amplitude: Float32, shape: Shape, coarse: Shape
    ) -> Float32:
        """Gaussian field on the coarse grid."""
        from_z, amplitude_z = coarse_wave_numbers(shape[0], coarse[0])
        from_y, amplitude_y = coarse_wave_numbers(shape[1], coarse[1])
        product = np.empty((coarse[0], coarse[1], coarse[2] // 2 + 1), dtype=np.complex64)

        def slab(start: int, stop: int) -> None:
            kernels.multiply(
                product, spectrum, amplitude, from_z, from_y, amplitude_z, amplitude_y, start, stop
            )

        over_slabs(slab, coarse[0], voxels=math.prod(coarse))
        if coarse != shape:
            product *= np.float32(math.sqrt(math.prod(coarse) / math.prod(shape)))
        field = scipy.fft.irfftn(product, s=coarse, workers=WORKERS, overwrite_x=True)
        return np.asarray(field, dtype=np.float32)

    def sum_of_squares(self, total: Float32 | None, values: Float32) -> Float32:
        """total + values^2."""
        if total is None:
            return np.square(values)

        def slab(start: int, stop: int) -> None:
            kernels.add_square(total, values, start, stop)

        over_slabs(slab, values.shape[0], voxels=values.size)
        return total

    def crop(self, values: Float32, shape: Shape) -> Float32:
        """The corner of a field, contiguous."""
        return np.ascontiguousarray(values[: shape[0], : shape[1], : shape[2]])

    def label(
        self, x: Float32, y: Float32, rule: Rule
    ) -> tuple[NDArray[np.uint8], tuple[int, int, int]]:
        """Phases, uint8, and the voxels of the first, second and third."""
        out: NDArray[np.uint8] = np.empty(x.shape, dtype=np.uint8)
        counts = np.zeros((x.shape[0], 2), dtype=np.int64)
        first, second, third = rule.phases

        def slab(start: int, stop: int) -> None:
            kernels.label(
                out, counts, x, y, rule.level_x, rule.level_y, rule.upper_x, rule.upper_y,
                first, second, third, start, stop,
            )  # fmt: skip

        over_slabs(slab, out.shape[0], voxels=out.size)
        firsts, seconds = counts.sum(axis=0).tolist()
        return out, (firsts, seconds, out.size - firsts - seconds)

    def size(self, values: Float32 | Complex64) -> int:
        """Bytes of an array."""
        return int(values.nbytes)
