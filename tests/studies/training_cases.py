"""Known twins and real images for the study of the three algorithms, with data to train on.

Every case gives sections to train on, and others of the same structure that no method sees.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import tifffile
from high_parametric import grains_in_layers, low_parametric
from numpy.typing import NDArray
from real_images import IMAGES, PIXEL_UM

from napari_assb_twin.calibration.model_names import ModelName
from napari_assb_twin.calibration.run import calibration
from napari_assb_twin.images.labels import to_phases
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.steps import finished
from napari_assb_twin.twin.high_parametric import CylindricalSpectrum
from napari_assb_twin.twin.parameters import (
    FIELD_NAMES,
    Correlation,
    RandomField,
    Twin,
    VolumeFractions,
)
from napari_assb_twin.twin.phases import Phase
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus

EDGE = 192
TRAINING, FRESH = 4, 8
"""Sections of each kind of plane to train on, and to judge by."""

HALF_PERIOD = 10.5
"""Distance of the even lamellae in pixels, half a wave of their field."""

TILE, TILES = 256, 8
PLANES = 6

Labels = NDArray[np.uint8]
Stacks = tuple[SectionStack, ...]


@dataclass(frozen=True)
class Case:
    """Sections to train on and to judge by, the kinds of a twin, and the truth if there is one."""

    stacks: Stacks
    fresh: Stacks
    template: Twin
    model: ModelName
    truth: Twin | None = None


def isotropic() -> Twin:
    """Gaussian fields that are the same in all directions."""
    return Twin(
        volume_fractions=VolumeFractions(pore=0.15, active_material=0.45, solid_electrolyte=0.40),
        X=RandomField(correlation=_correlation(6.0, 2.5, 0.3, 1.0)),
        Y=RandomField(correlation=_correlation(4.0, 2.0, 0.4, 1.0)),
        symmetry="isotropic",
    )


def _correlation(
    length: float, smoothness: float, oscillation: float, anisotropy: float
) -> Correlation:
    return Correlation(
        length_um=length,
        smoothness=smoothness,
        oscillation_per_um=oscillation,
        anisotropy=anisotropy,
    )


def sheets() -> Twin:
    """Pressed, with pores that are thin curved sheets: chi-square, one degree, lower tail."""
    twin = low_parametric()
    correlation = _correlation(9.0, 3.0, 0.0, 0.65)
    return twin.with_field(
        "Y", RandomField(correlation=correlation, degrees_of_freedom=1, tail="lower")
    )


def even_lamellae() -> Twin:
    """Cracks at even distances: sheets {|Z| small} of a field Z that goes up and down along z.

    Curves show r^2 alone: twice as many waves, of which every second one may be missing, have
    nearly the same.
    """
    x = CylindricalSpectrum(
        frequencies_per_um=(0.0,),
        widths_per_um=(0.06,),
        frequencies_z_per_um=(np.pi / HALF_PERIOD,),
        widths_z_per_um=(0.045,),
        weights=((1.0,),),
    )
    y = Correlation(length_um=6.0, smoothness=None, oscillation_per_um=0.3, anisotropy=1.0)
    return Twin(
        volume_fractions=VolumeFractions(pore=0.30, active_material=0.35, solid_electrolyte=0.35),
        first_phase="pore",
        second_phase="active_material",
        X=RandomField(degrees_of_freedom=1, tail="lower", correlation=x),
        Y=RandomField(correlation=y),
    )


TRUTHS: Mapping[str, tuple[Callable[[], Twin], ModelName]] = {
    "Gaussian, isotropic": (isotropic, "low-parametric"),
    "Gaussian, pressed": (low_parametric, "low-parametric"),
    "chi-square sheets": (sheets, "low-parametric"),
    "grains in layers": (grains_in_layers, "high-parametric"),
}
BLIND: Mapping[str, tuple[Callable[[], Twin], ModelName]] = {
    "even lamellae": (even_lamellae, "high-parametric"),
}
REAL = ("segmented stack, 100^3", "NMC section, 1150 x 2000")


def simulated_case(name: str, seed: int) -> Case:
    """Data of a known twin; phases, symmetry and kinds are given to the fits, numbers are not.

    Lamellae have cross-sections alone, twice as many.
    """
    make, model = {**TRUTHS, **BLIND}[name]
    truth = make()
    template = truth
    for field in FIELD_NAMES:
        kind = replace(truth.field(field), correlation=Correlation())
        template = template.with_field(field, kind)
    factor = 2 if name in BLIND else 1
    stacks, fresh = (
        simulated(truth, np.random.default_rng([seed, stream]), factor * count)
        for stream, count in ((1, TRAINING), (2, FRESH))
    )
    if name in BLIND:
        stacks, fresh = stacks[1:], fresh[1:]
    return Case(stacks, fresh, template, model, truth)


def simulated(truth: Twin, random: np.random.Generator, count: int, edge: int = EDGE) -> Stacks:
    """Independent plan views, and as many cross-sections of a twin that is not isotropic."""
    plan = WindowSampler(truth, Torus((1, edge, edge), (1.0, 1.0, 1.0)))
    plans = SectionStack("xy", tuple(plan(random)[0] for _ in range(count)), (1.0, 1.0))
    if truth.symmetry == "isotropic":
        return (plans,)
    cross = WindowSampler(truth, Torus((edge, 1, edge), (1.0, 1.0, 1.0)))
    crosses = tuple(cross(random)[:, 0] for _ in range(count))
    return plans, SectionStack("yz", crosses, (1.0, 1.0))


def real_case(name: str, folder: Path) -> Case | None:
    """A real image in two parts, and the phases and kinds that the first one chooses."""
    file, _, phases = IMAGES[name]
    if not (folder / file).exists():
        return None
    stacks, fresh = parts(_labels(folder / file, phases))
    twin = finished(calibration(stacks, fields="auto", bootstrap=0)).twin
    return Case(stacks, fresh, twin, "low-parametric")


def parts(labels: Labels) -> tuple[Stacks, Stacks]:
    """Of a volume planes of its first and of its last 45 % along each axis; of a section tiles of
    its left and of its right half."""
    if labels.ndim == 2:
        tiles = [
            labels[r : r + TILE, c : c + TILE]
            for r in range(0, labels.shape[0] - TILE + 1, TILE)
            for c in range(0, labels.shape[1] - TILE + 1, TILE)
        ]
        columns = labels.shape[1] // TILE
        left = [one for i, one in enumerate(tiles) if i % columns < columns // 2]
        right = [one for i, one in enumerate(tiles) if i % columns >= columns - columns // 2]
        return _stack("yz", left[:TILES]), _stack("yz", right[:TILES])
    found: list[list[SectionStack]] = [[], []]
    for axis, plane in enumerate(("xy", "xz", "yz")):
        n = labels.shape[axis]
        for part, (start, stop) in enumerate(((0, 0.45 * n), (0.55 * n, n - 1))):
            places = np.linspace(start, stop, PLANES).round().astype(int)
            found[part] += _stack(plane, [np.take(labels, i, axis=axis) for i in places])
    return tuple(found[0]), tuple(found[1])


def _stack(plane: str, images: Sequence[Labels]) -> Stacks:
    sections = tuple(np.ascontiguousarray(image) for image in images)
    return (SectionStack(plane, sections, (PIXEL_UM, PIXEL_UM)),)  # type: ignore[arg-type]


def _labels(path: Path, phases: Mapping[Phase, Sequence[int]]) -> Labels:
    return to_phases(tifffile.imread(path), phases, source=path.name)
