"""Fields on the CPU: scipy's FFT and compiled kernels, slab by slab, in recycled memory."""

from __future__ import annotations

import math

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from napari_assb_twin.twin import kernels
from napari_assb_twin.twin.device import Rule, Shape, coarse_wave_numbers, plane_phases
from napari_assb_twin.twin.recycling import Recycler
from napari_assb_twin.twin.threads import over_cached_slabs, over_slabs, workers

Float32 = NDArray[np.float32]
Complex64 = NDArray[np.complex64]


class CpuBackend:
    """See `napari_assb_twin.twin.device.Backend`."""

    name = "cpu"

    def __init__(self) -> None:
        self._memory = Recycler()

    def spectrum(self, noise: Float32) -> Complex64:
        """Half spectrum of real noise, complex64."""
        return np.asarray(scipy.fft.rfftn(noise, workers=workers()))

    def filtered(
        self, spectrum: Complex64, amplitude: Float32, shape: Shape, coarse: Shape
    ) -> Float32:
        """Gaussian field on the coarse grid.

        The transform along z is made in slabs of y while the filtered noise is in the cache, those
        along y and x in slabs of z.
        """
        nz, ny, nx = coarse
        from_z, amplitude_z = coarse_wave_numbers(shape[0], nz)
        from_y, amplitude_y = coarse_wave_numbers(shape[1], ny)
        factor = np.float32(math.sqrt(math.prod(coarse) / math.prod(shape)) / math.prod(coarse))
        half: Complex64 = self._memory.empty((nz, ny, nx // 2 + 1), np.complex64)
        field: Float32 = self._memory.empty(coarse, np.float32)

        def along_z(start: int, stop: int) -> None:
            slab = np.empty((nz, stop - start, half.shape[2]), dtype=np.complex64)
            kernels.multiply(
                slab, spectrum, amplitude, from_z, from_y[start:stop],
                amplitude_z, amplitude_y[start:stop], factor,
            )  # fmt: skip
            half[:, start:stop] = scipy.fft.ifft(slab, axis=0, norm="forward", overwrite_x=True)

        def along_y_and_x(start: int, stop: int) -> None:
            field[start:stop] = scipy.fft.irfftn(
                half[start:stop], s=(ny, nx), axes=(1, 2), norm="forward", overwrite_x=True
            )

        over_cached_slabs(along_z, ny, nbytes=half.nbytes)
        over_cached_slabs(along_y_and_x, nz, nbytes=half.nbytes)
        return field

    def plane(
        self,
        spectrum: Complex64,
        amplitude: Float32,
        shape: Shape,
        coarse: Shape,
        axis: int,
        index: int,
    ) -> Float32:
        """One plane of a field on the full grid, from the wave numbers of the coarse one.

        The sum over the wave numbers across the plane is all that a plane needs of the third
        transform.
        """
        from_z, amplitude_z = coarse_wave_numbers(shape[0], coarse[0])
        from_y, amplitude_y = coarse_wave_numbers(shape[1], coarse[1])
        half = coarse[2] // 2 + 1
        phases = plane_phases(shape, coarse, axis, index).astype(np.complex64)
        kernel = (kernels.sum_over_z, kernels.sum_over_y, kernels.sum_over_x)[axis]
        rows, width = (coarse[other] for other in range(3) if other != axis)
        waves = np.zeros((rows, width if axis == 2 else half), dtype=np.complex64)

        def slab(start: int, stop: int) -> None:
            kernel(
                waves, spectrum, amplitude, from_z, from_y, amplitude_z, amplitude_y, phases,
                start, stop,
            )  # fmt: skip

        over_slabs(slab, rows, voxels=math.prod(coarse))
        height, length = (shape[other] for other in range(3) if other != axis)
        waves = _padded(waves, 0, rows, height)
        if axis == 2:
            waves = _padded(waves, 1, width, length)
            values = scipy.fft.ifft2(waves, norm="forward", workers=workers(), overwrite_x=True)
            plane = np.ascontiguousarray(values.real)
        else:
            plane = scipy.fft.irfft2(waves, s=(height, length), norm="forward", workers=workers())
        return np.expand_dims(plane, axis)

    def sum_of_squares(self, total: Float32 | None, values: Float32) -> Float32:
        """total + values^2."""
        if total is None:
            return np.square(values, out=values)

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
        out: NDArray[np.uint8] = self._memory.empty(x.shape, np.uint8)
        counts = np.zeros((x.shape[0], 2), dtype=np.int64)
        first, second, third = rule.phases
        x, y = np.ascontiguousarray(x), np.ascontiguousarray(y)
        level_x, level_y = (
            np.full(x.shape[0], level, dtype=np.float32) for level in (rule.level_x, rule.level_y)
        )

        def slab(start: int, stop: int) -> None:
            kernels.label(
                out, counts, x, y, level_x, level_y, rule.upper_x, rule.upper_y,
                rule.tilt, first, second, third, start, stop,
            )  # fmt: skip

        over_slabs(slab, out.shape[0], voxels=out.size)
        firsts, seconds = counts.sum(axis=0).tolist()
        return out, (firsts, seconds, out.size - firsts - seconds)

    def size(self, values: Float32 | Complex64) -> int:
        """Bytes of an array."""
        return int(values.nbytes)


def _padded(waves: Complex64, axis: int, n: int, length: int) -> Complex64:
    """Wave numbers of ``n`` points as those of ``length`` points: the new ones are 0."""
    if n == length:
        return waves
    parts = np.split(waves, [n // 2 + 1], axis=axis)
    between = list(waves.shape)
    between[axis] = length - n
    return np.concatenate([parts[0], np.zeros(between, waves.dtype), parts[1]], axis=axis)
