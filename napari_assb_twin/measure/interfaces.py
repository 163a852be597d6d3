"""Interface areas and contact shares of measured data, from how often lines cross them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.measure.sections import Labels, Measured, Volume
from napari_assb_twin.twin.exact import DIRECTIONS, Direction, coverage
from napari_assb_twin.twin.gradients import spheroid
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import PAIRS, PHASES, Phase, code
from napari_assb_twin.twin.readouts import CONTACTS, INTERFACES, Number, Pair, contact_share

Counts = NDArray[np.float64]
Line = tuple[Direction, float]


@dataclass(frozen=True, kw_only=True)
class MeasuredInterfaces:
    """Interfaces of measured data.

    Attributes
    ----------
    area_per_um
        Area of each interface per volume, in 1/um, by unordered pair of phases.
    contact_share
        Share of the surface of the first phase of a pair that touches the second one; None where
        the phase has no surface in the data.
    lines
        Length in um of all lines that were drawn, by direction and pixel size along them.
    """

    area_per_um: dict[Pair, float]
    contact_share: dict[Pair, Number]
    lines: dict[Line, float]

    @property
    def in_plane_only(self) -> bool:
        """Plan views hold no lines along z: their areas take the interfaces to be isotropic."""
        return all(direction == "in-plane" for direction, _ in self.lines)


def measured_interfaces(measured: Measured) -> MeasuredInterfaces:
    """Interface areas from the crossings N per length of lines in the plane (r) and along z.

    A crossing of phases i and j is a pair of neighbouring pixels of a row, one in i and one in j;
    its expected number per length is 2 C_ij(d) / d at the pixel size d, which tends to the
    crossings of the true interface as d becomes small: mostly from below, because a line that
    crosses twice within one pixel is seen not to cross.  (The area of the faces of voxels would be
    3/2 too much at any resolution.)

    S_V = N_z + N_r w, with w = asinh(e) / e or asin(e) / e and e^2 = |(N_z / N_r)^2 - 1|: exact
    for an isotropic interface, where it is 2 N (Smith and Guttman, 1953, Trans. AIME 197, 81), and
    for an isotropic one stretched along z, as those of a twin are.  Lines in one direction alone
    give 2 N.
    """
    crossings: dict[Line, Counts] = {}
    lines: dict[Line, float] = {}
    for direction, pixel_um, image, axis in _lines(measured):
        changes, pairs = _changes(image, axis)
        line = direction, pixel_um
        crossings[line] = crossings.get(line, 0.0) + changes
        lines[line] = lines.get(line, 0.0) + pairs * pixel_um
    return _interfaces(crossings, {line: length for line, length in lines.items() if length})


def as_seen(twin: Twin, measured: MeasuredInterfaces) -> MeasuredInterfaces:
    """The exact means of what `measured_interfaces` would say of a twin along the same lines.

    Beside measured numbers these are the model's: both miss what is finer than a pixel.
    """
    rows = [PAIRS.index(pair) for pair in INTERFACES]
    crossings = {
        (direction, pixel_um): 2.0
        * coverage(twin, pixel_um, direction=direction).values[rows, 0]
        * (length / pixel_um)
        for (direction, pixel_um), length in measured.lines.items()
    }
    return _interfaces(crossings, measured.lines)


def _interfaces(crossings: dict[Line, Counts], lines: dict[Line, float]) -> MeasuredInterfaces:
    per_um = []
    for direction in DIRECTIONS:
        own = [line for line in lines if line[0] == direction]
        length = sum(lines[line] for line in own)
        per_um.append(np.sum([crossings[line] for line in own], axis=0) / length if own else None)
    areas = {
        pair: _area(*(None if n is None else float(n[row]) for n in per_um))
        for row, pair in enumerate(INTERFACES)
    }
    return MeasuredInterfaces(
        area_per_um=areas,
        contact_share={(i, j): contact_share(areas, i, j) for i, j in CONTACTS},
        lines=lines,
    )


def _area(in_plane: Number, through: Number) -> float:
    if not in_plane or through is None:
        return through or 2.0 * (in_plane or 0.0)
    return through + in_plane * spheroid(through / in_plane)


def _lines(measured: Measured) -> Iterator[tuple[Direction, float, Labels, int]]:
    """Direction and pixel size of lines, the image that holds them, and its axis along them."""
    if isinstance(measured, Volume):
        for axis, pixel_um in enumerate(measured.voxel_size_um):
            yield "in-plane" if axis else "through-plane", pixel_um, measured.labels, axis
        return
    for stack in measured:
        for image in stack.images:
            for axis, pixel_um in enumerate(stack.pixel_size_um):
                along_z = axis == 0 and stack.plane != "xy"
                yield "through-plane" if along_z else "in-plane", pixel_um, image, axis


def _changes(image: Labels, axis: int) -> tuple[Counts, int]:
    """Neighbouring pixels of two phases, by pair, and all neighbours that lie in the window."""
    table = np.zeros(256, dtype=np.int64)
    for before, after in _neighbours(image, axis):
        table += np.bincount(_joint(before, after), minlength=256)
    joint = table.reshape(16, 16)[: len(PHASES), : len(PHASES)]
    counts = [_both(joint, i, j) for i, j in INTERFACES]
    return np.asarray(counts, dtype=np.float64), int(joint.sum())


def _neighbours(image: Labels, axis: int) -> Iterator[tuple[Labels, Labels]]:
    """Pixels and those after them along an axis; a volume layer by layer."""
    if image.ndim == 2:
        yield _shifted(image, axis)
    elif axis:
        for layer in image:
            yield _shifted(layer, axis - 1)
    else:
        yield from pairwise(image)


def _shifted(image: Labels, axis: int) -> tuple[Labels, Labels]:
    return (image[:-1], image[1:]) if axis == 0 else (image[:, :-1], image[:, 1:])


def _joint(before: Labels, after: Labels) -> NDArray[np.uint8]:
    """Both codes in one byte; what is outside becomes 15."""
    return np.asarray((before << 4) | (after & 15), dtype=np.uint8).ravel()


def _both(joint: NDArray[np.int64], i: Phase, j: Phase) -> int:
    return int(joint[code(i), code(j)] + joint[code(j), code(i)])
