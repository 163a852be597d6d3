"""Fields by torch: CUDA where there is one; on the CPU it stands in for CUDA in the tests."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray

from napari_assb_twin.twin.device import Rule, Shape, coarse_wave_numbers


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
        octant = torch.from_numpy(amplitude).to(self._device)
        columns = coarse[2] // 2 + 1
        from_z, amplitude_z = (self._index(i) for i in coarse_wave_numbers(shape[0], coarse[0]))
        from_y, amplitude_y = (self._index(i) for i in coarse_wave_numbers(shape[1], coarse[1]))
        factor = octant[amplitude_z][:, amplitude_y, :columns]
        if coarse != shape:
            spectrum = spectrum[from_z][:, from_y, :columns]
            factor = factor * math.sqrt(math.prod(coarse) / math.prod(shape))
        field: torch.Tensor = torch.fft.irfftn(spectrum * factor, s=coarse)
        return field

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
        in_x = x >= rule.level_x if rule.upper_x else x <= rule.level_x
        in_y = y >= rule.level_y if rule.upper_y else y <= rule.level_y
        in_y &= ~in_x
        first, second, third = (
            torch.tensor(phase, dtype=torch.uint8, device=self._device) for phase in rule.phases
        )
        labels: NDArray[np.uint8] = (
            torch.where(in_x, first, torch.where(in_y, second, third)).cpu().numpy()
        )
        firsts, seconds = int(in_x.sum()), int(in_y.sum())
        return labels, (firsts, seconds, labels.size - firsts - seconds)

    def size(self, values: torch.Tensor) -> int:
        """Bytes of a tensor."""
        return values.numel() * values.element_size()

    def _index(self, values: NDArray[np.int64]) -> torch.Tensor:
        return torch.from_numpy(values).to(self._device)
