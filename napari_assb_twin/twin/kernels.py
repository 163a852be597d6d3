"""Compiled inner loops of the CPU path; each works on one slab of the first axis."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
Complex64 = NDArray[np.complex64]
Indices = NDArray[np.int64]
Labels = NDArray[np.uint8]


def _compiled(function: Any) -> Any:
    return njit(cache=True, nogil=True, fastmath={"contract"})(function)


@_compiled
def tabulate(
    out: Float64, z2: Float64, y2: Float64, x2: Float64, table: Float64, per_step: float,
    start: int, stop: int,
) -> None:  # fmt: skip
    """out[z, y, x] = table at sqrt(z2 + y2 + x2), by linear interpolation."""
    last = table.size - 2
    for i in range(start, stop):
        for j in range(y2.size):
            plane = z2[i] + y2[j]
            for k in range(x2.size):
                position = math.sqrt(plane + x2[k]) * per_step
                index = min(int(position), last)
                share = position - index
                out[i, j, k] = table[index] + share * (table[index + 1] - table[index])


@_compiled
def sums_by_sign(
    values: Float64, z: Float64, y: Float64, x: Float64, start: int, stop: int
) -> tuple[float, float]:
    """Weighted sums of the positive and of the negative values, with weights z * y * x."""
    positive = 0.0
    negative = 0.0
    for i in range(start, stop):
        for j in range(values.shape[1]):
            line_positive = 0.0
            line_negative = 0.0
            for k in range(values.shape[2]):
                value = values[i, j, k] * x[k]
                line_positive += max(value, 0.0)
                line_negative += min(value, 0.0)
            positive += z[i] * y[j] * line_positive
            negative += z[i] * y[j] * line_negative
    return positive, negative


@_compiled
def roots(out: Float32, values: Float64, scale: float, start: int, stop: int) -> None:
    """out = sqrt(scale * values), 0 where they are negative."""
    for i in range(start, stop):
        for j in range(values.shape[1]):
            for k in range(values.shape[2]):
                out[i, j, k] = math.sqrt(max(values[i, j, k], 0.0) * scale)


@_compiled
def multiply(
    out: Complex64, spectrum: Complex64, amplitude: Float32,
    from_z: Indices, from_y: Indices, amplitude_z: Indices, amplitude_y: Indices,
    factor: float,
) -> None:  # fmt: skip
    """Filter a half spectrum, picking the wave numbers of a coarser grid on the way."""
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            source = spectrum[from_z[i], from_y[j]]
            weight = amplitude[amplitude_z[i], amplitude_y[j]]
            target = out[i, j]
            for k in range(out.shape[2]):
                target[k] = source[k] * (weight[k] * factor)


@_compiled
def sum_over_z(
    out: Complex64, spectrum: Complex64, amplitude: Float32,
    from_z: Indices, from_y: Indices, amplitude_z: Indices, amplitude_y: Indices,
    phases: Complex64, start: int, stop: int,
) -> None:  # fmt: skip
    """out[y, x] = sum over z of the filtered half spectrum times the phase of z."""
    for i in range(from_z.size):
        phase = phases[i]
        for j in range(start, stop):
            source = spectrum[from_z[i], from_y[j]]
            weight = amplitude[amplitude_z[i], amplitude_y[j]]
            target = out[j]
            for k in range(out.shape[1]):
                target[k] += source[k] * weight[k] * phase


@_compiled
def sum_over_y(
    out: Complex64, spectrum: Complex64, amplitude: Float32,
    from_z: Indices, from_y: Indices, amplitude_z: Indices, amplitude_y: Indices,
    phases: Complex64, start: int, stop: int,
) -> None:  # fmt: skip
    """out[z, x] = sum over y of the filtered half spectrum times the phase of y."""
    for i in range(start, stop):
        target = out[i]
        for j in range(from_y.size):
            phase = phases[j]
            source = spectrum[from_z[i], from_y[j]]
            weight = amplitude[amplitude_z[i], amplitude_y[j]]
            for k in range(out.shape[1]):
                target[k] += source[k] * weight[k] * phase


@_compiled
def sum_over_x(
    out: Complex64, spectrum: Complex64, amplitude: Float32,
    from_z: Indices, from_y: Indices, amplitude_z: Indices, amplitude_y: Indices,
    phases: Complex64, start: int, stop: int,
) -> None:  # fmt: skip
    """out[z, y] = sum over x of the filtered half spectrum times the phase of x."""
    for i in range(start, stop):
        for j in range(from_y.size):
            source = spectrum[from_z[i], from_y[j]]
            weight = amplitude[amplitude_z[i], amplitude_y[j]]
            total = np.complex64(0)
            for k in range(phases.size):
                total += source[k] * weight[k] * phases[k]
            out[i, j] = total


@_compiled
def add_square(total: Float32, values: Float32, start: int, stop: int) -> None:
    """total += values^2."""
    for i in range(start, stop):
        for j in range(total.shape[1]):
            for k in range(total.shape[2]):
                total[i, j, k] += values[i, j, k] * values[i, j, k]


@_compiled
def label(
    out: Labels, counts: Indices, x: Float32, y: Float32, level_x: Float32, level_y: Float32,
    upper_x: bool, upper_y: bool, tilt: float, first: int, second: int, third: int,
    start: int, stop: int,
) -> None:  # fmt: skip
    """First phase where X is in its tail, else second where Y is, else third.

    ``level_x`` and ``level_y`` are those of each plane of z.  The level of Y is
    ``level_y + tilt x``, the tilt 0 unless both tails are upper ones.
    ``counts[i]`` receives the voxels of the first and the second phase in slab i.
    """
    sign_x = np.float32(1.0) if upper_x else np.float32(-1.0)
    sign_y = np.float32(1.0) if upper_y else np.float32(-1.0)
    slope = np.float32(tilt)
    code_1, code_2, code_3 = np.uint8(first), np.uint8(second), np.uint8(third)
    for i in range(start, stop):
        lx, ly = sign_x * level_x[i], sign_y * level_y[i]
        firsts = 0
        seconds = 0
        for j in range(out.shape[1]):
            for k in range(out.shape[2]):
                in_x = sign_x * x[i, j, k] >= lx
                in_y = (sign_y * y[i, j, k] >= ly + slope * x[i, j, k]) & (not in_x)
                firsts += in_x
                seconds += in_y
                out[i, j, k] = code_1 if in_x else (code_2 if in_y else code_3)
        counts[i, 0] = firsts
        counts[i, 1] = seconds


@_compiled
def product(out: Float64, through: Float64, in_plane: Float64, start: int, stop: int) -> None:
    """out = through @ in_plane for a short inner axis, by blocks that stay in the cache."""
    for first in range(0, out.shape[1], 1024):
        for i in range(start, stop):
            row = out[i, first : first + 1024]
            row[:] = 0.0
            for k in range(through.shape[1]):
                factor = through[i, k]
                values = in_plane[k, first : first + 1024]
                for j in range(row.size):
                    row[j] += factor * values[j]
