"""Effective transport through a phase: conductivity or diffusivity by TauFactor."""

from __future__ import annotations

import math
import warnings
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_assb_twin.descriptors.sides import Sides, check_sides, cubic
from napari_assb_twin.errors import InputError

Mask = NDArray[np.bool_]

STEPS_AT_ONCE = 100
"""Iterations between two looks at the convergence; TauFactor looks as often."""

MOST_STEPS = 20_000
FLUX_SPREAD = 1e-2
"""Converged where the fluxes through all layers are the same within this share of the largest."""


BYTES_PER_VOXEL = 70
"""Of TauFactor at its most, when a solver begins: 60 with open, 67 with periodic sides."""


@dataclass(frozen=True, kw_only=True)
class Transport:
    """Steady transport along one axis through a phase of conductivity 1, the rest insulating.

    Attributes
    ----------
    relative
        Effective over bulk conductivity (or diffusivity): 0 where no path leads through.
    tortuosity_factor
        Volume fraction over ``relative``; None where no path leads through.
    converged
        Whether the flux was the same through all layers, within `FLUX_SPREAD`, before
        `MOST_STEPS` iterations were made.
    flux_spread
        Largest less smallest flux through a layer, over the largest.
    iterations
        How many were made.
    """

    relative: float
    tortuosity_factor: float | None
    converged: bool
    flux_spread: float
    iterations: int


def effective_transport(
    inside: Mask,
    axis: int,
    voxel_size_um: Sequence[float] = (1.0, 1.0, 1.0),
    *,
    sides: Sides = "open",
    device: str = "cpu",
) -> Generator[int, None, Transport]:
    """Solve the Laplace equation in a phase, with fixed potentials at the two faces of an axis.

    By TauFactor (Cooper et al. 2016, SoftwareX 5, 203; Kench et al. 2023, J. Open Source Softw. 8,
    5358): finite volumes on the voxels, successive over-relaxation.  Only what is connected over
    faces from the first to the last layer conducts, and only that is solved.

    Parameters
    ----------
    inside
        Voxels of the conducting phase, (z, y, x).
    axis
        0, 1, 2 for z, y, x: the direction of transport.
    voxel_size_um
        Edges of a voxel (z, y, x).
    sides
        Whether nothing flows through the four other faces (``"open"`` box), or what leaves at one
        comes in at the opposite one (``"periodic"``, cubic voxels only).
    device
        ``"cpu"`` or ``"cuda"``, of torch.

    Yields
    ------
    The number of iterations so far; between two of them the solver may be left.

    Raises
    ------
    InputError
        If voxels that are not cubic are to be periodic, or the memory is too small.
    """
    check_sides(sides, voxel_size_um)
    turned = np.moveaxis(inside, axis, 0)
    sizes = [
        float(voxel_size_um[axis]),
        *(float(d) for i, d in enumerate(voxel_size_um) if i != axis),
    ]
    conducting = _through(turned, periodic=sides == "periodic")
    if not conducting.any():
        return Transport(
            relative=0.0, tortuosity_factor=None, converged=True, flux_spread=0.0, iterations=0
        )
    _check_memory(conducting, device)
    solver = _solver(conducting, sizes, sides=sides, device=device)
    while not solver.converged and solver.iter < MOST_STEPS:
        yield solver.iter
        solver.solve(iter_limit=solver.iter + STEPS_AT_ONCE, verbose=False, conv_crit=FLUX_SPREAD)
    fluxes = solver.flux_1d[0]
    relative, largest = float(solver.D_rel[0]), float(fluxes.max())
    return Transport(
        relative=relative,
        tortuosity_factor=float(inside.mean()) / relative if relative > 0 else None,
        converged=bool(solver.converged),
        flux_spread=(largest - float(fluxes.min())) / largest if largest > 0 else 1.0,
        iterations=int(solver.iter),
    )


def wiener(fraction: float) -> float:
    """Upper bound of the relative conductivity of any body whose rest insulates: all in parallel.

    phi (Wiener 1912, Abh. Math.-Phys. Kl. Königl. Sächs. Ges. Wiss. 32, 509).
    """
    return fraction


def hashin_shtrikman(fraction: float) -> float:
    """Upper bound of the relative conductivity of an isotropic body whose rest insulates.

    2 phi / (3 - phi) (Hashin and Shtrikman 1962, J. Appl. Phys. 33, 3125).
    """
    return 2.0 * fraction / (3.0 - fraction)


def _through(inside: Mask, *, periodic: bool) -> Mask:
    """What is connected over faces from the first to the last layer of axis 0."""
    found, count = ndimage.label(inside)
    number = np.arange(int(count) + 1)
    if periodic:
        number = _joined(found, number)
    ends = [set(np.unique(number[layer]).tolist()) - {0} for layer in (found[0], found[-1])]
    kept = np.isin(number, sorted(ends[0] & ends[1])) & (np.arange(number.size) > 0)
    return np.asarray(kept[found])


def _joined(found: NDArray[Any], number: NDArray[np.int64]) -> NDArray[np.int64]:
    """Clusters that meet across the sides (axes 1 and 2) under one number."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    pairs = [
        np.stack([np.take(found, 0, axis).ravel(), np.take(found, -1, axis).ravel()])
        for axis in (1, 2)
    ]
    a, b = np.concatenate(pairs, axis=1)
    meet = (a > 0) & (b > 0)
    links = coo_array((np.ones(int(meet.sum())), (a[meet], b[meet])), shape=(number.size,) * 2)
    _, joined = connected_components(links, directed=False)
    return np.asarray(np.where(number > 0, joined + 1, 0), dtype=np.int64)


def _check_memory(inside: Mask, device: str) -> None:
    needed, free = BYTES_PER_VOXEL * inside.size, _free_bytes(device)
    if needed > 0.9 * free:
        raise InputError(
            f"Transport through {' x '.join(map(str, inside.shape))} voxels needs about "
            f"{needed / 2**30:.2g} GiB, but {free / 2**30:.2g} GiB of memory are free; measure a "
            "smaller volume, or leave transport out."
        )


def _free_bytes(device: str) -> int:
    """Of the memory of the device."""
    if device == "cuda":
        import torch

        return int(torch.cuda.mem_get_info()[0])
    import psutil

    return int(psutil.virtual_memory().available)


def _solver(conducting: Mask, sizes: Sequence[float], *, sides: Sides, device: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import taufactor

    image = np.ascontiguousarray(conducting, dtype=np.uint8)
    # TauFactor's own choice of over-relaxation tends to 1 for thin boxes, where it cannot be less
    omega = max(1.0, 2.0 - math.pi / (1.5 * len(image)))
    if cubic(sizes):
        kind = taufactor.PeriodicSolver if sides == "periodic" else taufactor.Solver
        solver = kind(image, omega=omega, device=device)
    else:
        solver = _anisotropic(taufactor.AnisotropicSolver)(
            image, tuple(sizes), omega=omega, device=device
        )
    solver._end_simulation = lambda *told: None  # it prints that it has not converged yet
    return solver


def _anisotropic(solver: Any) -> Any:
    """The solver of TauFactor with fluxes that hold for every shape of voxels.

    Its own takes a voxel whose weights of neighbours sum to more than 8 for an insulating one; they
    do so where the edge along the flow is longer than the others.
    """

    class Anisotropic(solver):  # type: ignore[misc]
        def vertical_flux(self) -> Any:
            """Between neighbours along the flow that both conduct."""
            field, insulates = self.field, self.factor.isinf()
            flux = field[:, 2:-1, 1:-1, 1:-1] - field[:, 1:-2, 1:-1, 1:-1]
            flux[insulates[:, :-1] | insulates[:, 1:]] = 0
            return flux

    return Anisotropic
