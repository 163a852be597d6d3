"""The seam between the CPU and CUDA: a few operations on the same host-drawn noise."""

from __future__ import annotations

import ctypes
import math
import sys
from dataclasses import dataclass
from typing import Any, Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError

Device = Literal["auto", "cpu", "cuda"]
DEVICES: tuple[Device, ...] = get_args(Device)
Shape = tuple[int, int, int]


@dataclass(frozen=True)
class Rule:
    """How two fields are cut: raw levels, tails, and the codes of first, second, third phase.

    The level of Y is ``level_y + tilt x`` where X is x.  The tilt is 0 but for correlated fields:
    rho x + sqrt(1 - rho^2) y >= l is y >= (l - rho x) / sqrt(1 - rho^2).  In a graded cathode every
    plane of z has levels of its own.
    """

    level_x: float | NDArray[np.float64]
    level_y: float | NDArray[np.float64]
    upper_x: bool
    upper_y: bool
    phases: tuple[int, int, int]
    tilt: float = 0.0


class Backend(Protocol):
    """What a device must do; spectra and fields are opaque to the caller and stay on it."""

    name: str

    def spectrum(self, noise: NDArray[np.float32]) -> Any:
        """Half spectrum of real noise."""

    def filtered(
        self,
        spectrum: Any,
        amplitude: NDArray[np.float32],
        shape: Shape,
        coarse: Shape,
    ) -> Any:
        """Gaussian field on the grid ``coarse``: noise filtered with that grid's amplitudes.

        The noise has ``shape``; only the wave numbers that the coarse grid holds are taken.
        """

    def plane(
        self,
        spectrum: Any,
        amplitude: NDArray[np.float32],
        shape: Shape,
        coarse: Shape,
        axis: int,
        index: int,
    ) -> Any:
        """The plane at ``index`` across ``axis`` of a Gaussian field on the grid ``shape``.

        With a coarse grid that of the field which has its wave numbers alone.  The plane has three
        axes, with one voxel along ``axis``.
        """

    def sum_of_squares(self, total: Any | None, values: Any) -> Any:
        """total + values^2; ``None`` counts as 0."""

    def crop(self, values: Any, shape: Shape) -> Any:
        """The corner of a field."""

    def label(self, x: Any, y: Any, rule: Rule) -> tuple[NDArray[np.uint8], tuple[int, int, int]]:
        """Phases on the host, uint8, and the voxels of the first, second and third phase."""

    def size(self, values: Any) -> int:
        """Bytes that a spectrum or a field takes."""


def choose_backend(device: str) -> Backend:
    """The backend of a device; ``auto`` takes CUDA where there is a GPU.

    Raises
    ------
    InputError
        If the device is unknown, or CUDA was asked for and is not there.
    """
    check_device(device)
    if device != "cpu" and nvidia_driver_present():
        from napari_assb_twin.twin.torch_backend import TorchBackend, cuda_available

        if cuda_available():
            return TorchBackend("cuda")
    if device == "cuda":
        raise InputError(
            "No CUDA device can be used: there is no NVIDIA driver, or this PyTorch was built "
            "without CUDA; choose the device cpu or auto, or install a CUDA build of PyTorch."
        )
    from napari_assb_twin.twin.cpu_backend import CpuBackend

    return CpuBackend()


def check_device(device: str) -> None:
    """Refuse a device that has no name here."""
    if device not in DEVICES:
        raise InputError(f"device is {device!r}; it must be one of {', '.join(DEVICES)}.")


def nvidia_driver_present() -> bool:
    """Whether the NVIDIA driver's library can be loaded; cheap, unlike importing torch."""
    library = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def coarse_wave_numbers(n: int, coarse: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each wave number of a coarse axis: its place in the fine spectrum and in the octant."""
    k = np.arange(coarse)
    upper = k > coarse // 2
    return np.where(upper, n - (coarse - k), k), np.where(upper, coarse - k, k)


def plane_phases(shape: Shape, coarse: Shape, axis: int, index: int) -> NDArray[np.complex128]:
    """Weights with which the wave numbers of an axis add up to the plane at ``index``.

    exp(2 pi i k index / N), times what makes a sum of the noise's spectrum a field of variance 1
    (see `Backend.filtered`); along x, where half of the wave numbers stand for both halves, twice
    that.
    """
    n = coarse[axis]
    k = np.arange(n // 2 + 1 if axis == 2 else n)
    signed = np.where(2 * k > n, k - n, k)
    phases = np.exp(2j * math.pi * index / shape[axis] * signed)
    if axis == 2:
        phases[1 : (n + 1) // 2] *= 2.0
    return np.asarray(phases / math.sqrt(math.prod(coarse) * math.prod(shape)))
