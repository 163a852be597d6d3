"""Sections of structures that the excursion-set model does not describe, and of its own twins.

Each function of `STRUCTURES` takes a random generator and gives plan views and cross-sections of
256 x 256 pixels of 1 µm.  ``python tests/studies/structures.py FILE.png`` draws one of each.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree

from napari_assb_twin.measure.sections import SectionStack, Volume
from napari_assb_twin.twin.parameters import Correlation, RandomField, Twin, VolumeFractions
from napari_assb_twin.twin.phases import code
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus

EDGE = 256
COUNT = 8
PIXEL_UM = 1.0
PORE, ACTIVE, ELECTROLYTE = (code(p) for p in ("pore", "active_material", "solid_electrolyte"))

Labels = NDArray[np.uint8]
Floats = NDArray[np.float64]
Sections = tuple[SectionStack, ...]
Random = np.random.Generator


def sphere_packing(random: Random, count: int = COUNT) -> Sections:
    """Sections of `packed_spheres`."""
    return _sections(packed_spheres(random), count)


def packed_spheres(random: Random) -> Labels:
    """Spheres of active material pushed apart until they hardly overlap; voids at their contacts.

    The pore phase is where the distances to the two nearest spheres add to the least: menisci of
    void around contacts and in narrow gaps, as a solid electrolyte leaves them that does not flow.
    """
    radii = np.clip(random.lognormal(math.log(12.0), 0.2, 4000), 7.0, 20.0)
    volumes = np.cumsum(4 / 3 * math.pi * radii**3) / EDGE**3
    radii = radii[: np.searchsorted(volumes, random.uniform(0.46, 0.58))]
    centres = _pushed_apart(random.uniform(0, EDGE, (radii.size, 3)), radii)
    nearest = np.full((2, EDGE, EDGE, EDGE), np.inf, np.float32)
    for centre, radius in zip(centres, radii, strict=True):
        box, distance = _around(centre, (radius + 9.0,) * 3)
        gap = (distance * (radius + 9.0) - radius).astype(np.float32)
        first, second = nearest[0][box], nearest[1][box]
        nearest[1][box] = np.minimum(second, np.maximum(first, gap))
        nearest[0][box] = np.minimum(first, gap)
    labels = np.full((EDGE,) * 3, ELECTROLYTE, np.uint8)
    labels[nearest[0] <= 0] = ACTIVE
    outside = labels == ELECTROLYTE
    both = np.maximum(nearest[0], 0) + np.maximum(nearest[1], 0)
    pores = random.uniform(0.10, 0.18) * EDGE**3
    level = np.partition(both[outside], int(pores))[int(pores)]
    labels[outside & (both <= level)] = PORE
    return labels


def boolean_grains(random: Random, count: int = COUNT) -> Sections:
    """Poisson ellipsoids of active material, flattened along z; Poisson spheres of pore between."""
    labels = np.full((EDGE,) * 3, ELECTROLYTE, np.uint8)
    covered = random.uniform(0.45, 0.6)
    pores = random.uniform(0.10, 0.2) / (1 - covered)
    flat = random.uniform(0.6, 1.0)
    for phase, grains in (
        (PORE, _poisson_grains(random, pores, (3.0, 7.0), 1.0)),
        (ACTIVE, _poisson_grains(random, covered, (9.0, 16.0), flat)),
    ):
        for box, inside in grains:
            labels[box] = np.where(inside, np.uint8(phase), labels[box])
    return _sections(labels, count)


def graded(random: Random, count: int = COUNT) -> Sections:
    """A twin whose active material grows along z from about 0.35 to 0.60 at the electrolyte's cost.

    Rows are taken from realisations of the same noise at 32 fractions.
    """
    twin = own_twin(random, gaussian=True)
    pore = random.uniform(0.1, 0.15)
    shares = np.linspace(random.uniform(0.33, 0.37), random.uniform(0.58, 0.62), 32)
    if random.random() < 0.5:
        shares = shares[::-1]
    twins = [
        replace(
            twin,
            volume_fractions=VolumeFractions(
                pore=pore, active_material=share, solid_electrolyte=1 - pore - share
            ),
        )
        for share in shares.tolist()
    ]
    cross = [_sampler(one, "yz") for one in twins]
    rows = EDGE // len(twins)
    crosses = []
    for seed in random.integers(1 << 62, size=count):
        bands = [
            sampler(np.random.default_rng(seed))[n * rows : (n + 1) * rows, 0]
            for n, sampler in enumerate(cross)
        ]
        crosses.append(np.concatenate(bands))
    places = np.linspace(0, len(twins) - 1, count).round().astype(int)
    plans = [_sampler(twins[place], "xy")(random)[0] for place in places]
    return _stacks(plans, crosses)


def wrong_thresholds(random: Random, count: int = COUNT) -> Sections:
    """A twin seen grey (pore dark, CAM bright), blurred and noisy, and cut wrongly.

    Both thresholds are off by 20 to 35 of the 255 grey values.  Where pore meets active material,
    the blurred edge passes through the grey of the electrolyte and leaves a rim of it.
    """
    greys = np.array([40.0, 210.0, 120.0])
    blur, noise = random.uniform(1.0, 1.5), random.uniform(6.0, 10.0)
    off = random.uniform(20.0, 35.0, 2) * random.choice([-1.0, 1.0], 2)
    low, high = 80.0 + off[0], 165.0 + off[1]

    def cut(labels: Labels) -> Labels:
        grey = gaussian_filter(greys[labels], blur, mode="reflect")
        grey += random.normal(0.0, noise, grey.shape)
        return np.select([grey < low, grey >= high], [PORE, ACTIVE], ELECTROLYTE).astype(np.uint8)

    sections = sections_of(own_twin(random), random, count)
    return tuple(
        replace(stack, images=tuple(cut(image) for image in stack.images)) for stack in sections
    )


def own(random: Random, count: int = COUNT) -> Sections:
    """Sections of one of the model's own twins; `own_twin` gives the twin of the same seed."""
    return sections_of(own_twin(random), random, count)


STRUCTURES: dict[str, Callable[[Random], Sections]] = {
    "sphere-packing": sphere_packing,
    "boolean-grains": boolean_grains,
    "graded": graded,
    "wrong-thresholds": wrong_thresholds,
    "own": own,
}


@dataclass(frozen=True)
class _Kind:
    degrees_of_freedom: int
    upper: bool = True


_X_KINDS = (_Kind(0), _Kind(0), _Kind(0), _Kind(2))
_Y_KINDS = (_Kind(0), _Kind(0), _Kind(1, upper=False), _Kind(2, upper=False), _Kind(2))


def own_twin(random: Random, *, gaussian: bool = False) -> Twin:
    """A twin with numbers that a cathode might have, lengths in pixels of 1 µm."""
    pore, active = random.uniform(0.08, 0.2), random.uniform(0.42, 0.6)
    x_kind = _X_KINDS[random.integers(len(_X_KINDS))]
    y_kind = _Y_KINDS[random.integers(len(_Y_KINDS))]
    if gaussian:
        x_kind = y_kind = _Kind(0)
    flat = random.uniform(0.55, 1.0)
    return Twin(
        volume_fractions=VolumeFractions(
            pore=pore, active_material=active, solid_electrolyte=1 - pore - active
        ),
        X=_field(random, x_kind, (6.0, 9.0), flat),
        Y=_field(random, y_kind, (4.5, 7.5), flat * random.uniform(0.9, 1.1)),
    )


def _field(random: Random, kind: _Kind, lengths: tuple[float, float], flat: float) -> RandomField:
    length = random.uniform(*lengths)
    return RandomField(
        degrees_of_freedom=kind.degrees_of_freedom,
        tail="upper" if kind.upper else "lower",
        correlation=Correlation(
            length_um=length,
            smoothness=random.uniform(1.5, 4.0),
            oscillation_per_um=random.choice([0.0, random.uniform(0.8, 2.2) / length]),
            anisotropy=flat,
        ),
    )


def sections_of(twin: Twin, random: Random, count: int) -> Sections:
    """Independent plan views and cross-sections of a twin, as many of each."""
    plan, cross = _sampler(twin, "xy"), _sampler(twin, "yz")
    return _stacks(
        [plan(random)[0] for _ in range(count)], [cross(random)[:, 0] for _ in range(count)]
    )


def _sampler(twin: Twin, plane: str) -> WindowSampler:
    shape = (1, EDGE, EDGE) if plane == "xy" else (EDGE, 1, EDGE)
    return WindowSampler(twin, Torus(shape, (PIXEL_UM,) * 3))


def _stacks(plans: list[Labels], crosses: list[Labels]) -> Sections:
    return tuple(
        SectionStack(plane, tuple(np.ascontiguousarray(i) for i in images), (PIXEL_UM, PIXEL_UM))
        for plane, images in (("xy", plans), ("yz", crosses))
    )


def _sections(labels: Labels, count: int) -> Sections:
    """Planes of a volume, further apart than its grains are wide: independent of each other."""
    volume = Volume(labels, (PIXEL_UM,) * 3)
    return _stacks(list(volume.planes("xy", count).images), list(volume.planes("yz", count).images))


def _pushed_apart(centres: Floats, radii: Floats) -> Floats:
    """Centres in a periodic box, moved along their lines until spheres overlap by little."""
    for _ in range(300):
        pairs = cKDTree(centres, boxsize=EDGE).query_pairs(2 * radii.max(), output_type="ndarray")
        line = centres[pairs[:, 0]] - centres[pairs[:, 1]]
        line -= EDGE * np.round(line / EDGE)
        distance = np.linalg.norm(line, axis=1)
        overlap = radii[pairs].sum(axis=1) - distance
        close = overlap > 0
        if overlap.max() < 0.3:
            break
        push = (0.5 * overlap / np.maximum(distance, 1e-9))[close, np.newaxis] * line[close]
        np.add.at(centres, pairs[close, 0], push)
        np.add.at(centres, pairs[close, 1], -push)
        centres = np.mod(centres, EDGE) % EDGE
    return centres


def _poisson_grains(
    random: Random, covered: float, radii: tuple[float, float], flat: float
) -> Iterator[tuple[tuple[NDArray[np.intp], ...], NDArray[np.bool_]]]:
    """Grains at the points of a Poisson process, as many as cover a share of the volume."""
    low, high = radii
    mean_volume = 4 / 3 * math.pi * flat * (high**4 - low**4) / (4 * (high - low))
    number = random.poisson(-math.log(1 - covered) * EDGE**3 / mean_volume)
    for centre in random.uniform(0, EDGE, (number, 3)):
        radius = random.uniform(low, high)
        box, distance = _around(centre, (flat * radius, radius, radius))
        yield box, distance <= 1


def _around(
    centre: Floats, half_axes: tuple[float, ...]
) -> tuple[tuple[NDArray[np.intp], ...], Floats]:
    """Indices into a periodic box around an ellipsoid, and distances in units of its half axes."""
    ranges = [
        np.arange(math.floor(c - a), math.ceil(c + a) + 1)
        for c, a in zip(centre, half_axes, strict=True)
    ]
    offsets = np.meshgrid(
        *((r - c) / a for r, c, a in zip(ranges, centre, half_axes, strict=True)), indexing="ij"
    )
    return np.ix_(*(r % EDGE for r in ranges)), np.sqrt(sum(o**2 for o in offsets))


def main() -> None:
    """Draw a plan view and a cross-section of every structure side by side."""
    from PIL import Image

    colours = np.array([(0, 0, 0), (214, 39, 40), (154, 154, 154)], np.uint8)
    rows = []
    for name, structure in STRUCTURES.items():
        plan, cross = structure(np.random.default_rng(0), 2)
        images = [*plan.images, *cross.images]
        shares = np.mean([np.bincount(image.ravel(), minlength=3) for image in images], axis=0)
        print(name, np.round(shares / EDGE**2, 3))
        rows.append(np.hstack([np.pad(colours[i], ((2, 2), (2, 2), (0, 0))) for i in images]))
    Image.fromarray(np.vstack(rows)).save(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
