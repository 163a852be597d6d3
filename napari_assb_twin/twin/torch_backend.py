"""Fields by torch: CUDA where there is one; on the CPU it stands in for CUDA in the tests."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray

from napari_assb_twin.twin.device import Rule, Shape, coarse_wave_numbers, plane_phases


def cuda_available() -> bool:
    """Whether this torch can use a GPU."""
    return torch.cuda.is_available()


class TorchBackend:
    """See `napari_assb_twin.twin.device.Backend`."""

    def __init__(self, device: str) -> None:
        self._device = torch.device(device)
        self.name = device

    def spectrum(self, noise: NDArray[np.float32]) -> torch.Tensor:
        """Half spectrum of real noise, complex64."""
        spectrum: torch.Tensor = torch.fft.rfftn(torch.from_numpy(noise).to(self._device))
        return spectrum

    def filtered(
        self,
        spectrum: torch.Tensor,
        amplitude: NDArray[np.float32],
        shape: Shape,
        coarse: Shape,
    ) -> torch.Tensor:
        """Gaussian field on the coarse grid."""
        product = self._product(spectrum, amplitude, shape, coarse)
        field: torch.Tensor = torch.fft.irfftn(product, s=coarse)
        return field.mul_(math.sqrt(math.prod(coarse) / math.prod(shape)))

    def _product(
        self,
        spectrum: torch.Tensor,
        amplitude: NDArray[np.float32],
        shape: Shape,
        coarse: Shape,
    ) -> torch.Tensor:
        """The filtered noise at the wave numbers of the coarse grid."""
        octant = torch.from_numpy(amplitude).to(self._device)
        columns = coarse[2] // 2 + 1
        from_z, amplitude_z = (self._index(i) for i in coarse_wave_numbers(shape[0], coarse[0]))
        from_y, amplitude_y = (self._index(i) for i in coarse_wave_numbers(shape[1], coarse[1]))
        factor = octant[amplitude_z][:, amplitude_y, :columns]
        if coarse != shape:
            spectrum = spectrum[from_z][:, from_y, :columns]
        return spectrum * factor

    def plane(
        self,
        spectrum: torch.Tensor,
        amplitude: NDArray[np.float32],
        shape: Shape,
        coarse: Shape,
        axis: int,
        index: int,
    ) -> torch.Tensor:
        """One plane of a field on the full grid, from the wave numbers of the coarse one."""
        phases = torch.from_numpy(plane_phases(shape, coarse, axis, index).astype(np.complex64)).to(
            self._device
        )
        product = self._product(spectrum, amplitude, shape, coarse)
        waves: torch.Tensor = torch.tensordot(product, phases, ([axis], [0]))
        height, length = (shape[other] for other in range(3) if other != axis)
        rows, columns = (coarse[other] for other in range(3) if other != axis)
        waves = _padded(waves, 0, rows, height)
        if axis == 2:
            waves = _padded(waves, 1, columns, length)
            values: torch.Tensor = torch.fft.ifft2(waves, norm="forward").real
            return values.unsqueeze(axis).contiguous()
        plane: torch.Tensor = torch.fft.irfft2(waves, s=(height, length), norm="forward")
        return plane.unsqueeze(axis)

    def sum_of_squares(self, total: torch.Tensor | None, values: torch.Tensor) -> torch.Tensor:
        """total + values^2."""
        return values.square() if total is None else total.addcmul_(values, values)

    def crop(self, values: torch.Tensor, shape: Shape) -> torch.Tensor:
        """The corner of a field."""
        return values[: shape[0], : shape[1], : shape[2]].contiguous()

    def label(
        self, x: torch.Tensor, y: torch.Tensor, rule: Rule
    ) -> tuple[NDArray[np.uint8], tuple[int, int, int]]:
        """Phases on the host, uint8, and the voxels of the first, second and third."""
        level_x, level_y = (self._levels(level) for level in (rule.level_x, rule.level_y))
        in_x = x >= level_x if rule.upper_x else x <= level_x
        level_y = rule.tilt * x + level_y if rule.tilt else level_y
        in_y = y >= level_y if rule.upper_y else y <= level_y
        in_y &= ~in_x
        first, second, third = (
            torch.tensor(phase, dtype=torch.uint8, device=self._device) for phase in rule.phases
        )
        labels: NDArray[np.uint8] = (
            torch.where(in_x, first, torch.where(in_y, second, third)).cpu().numpy()
        )
        firsts, seconds = int(in_x.sum()), int(in_y.sum())
        return labels, (firsts, seconds, labels.size - firsts - seconds)

    def _levels(self, level: float | NDArray[np.float64]) -> float | torch.Tensor:
        """One level for all voxels, or one for each plane of z."""
        if isinstance(level, float):
            return level
        planes = torch.from_numpy(level.astype(np.float32)).to(self._device)
        return planes.reshape(-1, 1, 1)

    def size(self, values: torch.Tensor) -> int:
        """Bytes of a tensor."""
        return values.numel() * values.element_size()

    def _index(self, values: NDArray[np.int64]) -> torch.Tensor:
        return torch.from_numpy(values).to(self._device)


def _padded(waves: torch.Tensor, axis: int, n: int, length: int) -> torch.Tensor:
    """Wave numbers of ``n`` points as those of ``length`` points: the new ones are 0."""
    if n == length:
        return waves
    before = waves.narrow(axis, 0, n // 2 + 1)
    after = waves.narrow(axis, n // 2 + 1, n - n // 2 - 1)
    between = list(waves.shape)
    between[axis] = length - n
    return torch.cat([before, waves.new_zeros(between), after], dim=axis)
