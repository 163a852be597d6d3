"""What a parameter does to the structure, in small sections of the twin: lower, now, higher."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.correlation import characteristic_lengths_um
from napari_assb_twin.twin.parameters import FIELD_CORRELATION, FIELD_NAMES, Grid, Twin, check_path
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.twin.synthesis import Synthesizer

PIXELS = 96
"""Edge of a section in pixels."""

LENGTHS = 16.0
"""Width of a section in correlation lengths of the field that the parameter belongs to."""

LEAST_LENGTHS = 4.0
"""Width of a section in correlation lengths of the other field, at least."""

SEED = 0
KEPT = 32
FACTORS = {"length_um": 2.0, "anisotropy": 2.0, "oscillation_per_um": 1.6}
SHARE = 0.12
ROUGH = 0.9
"""Smoothness of the lower section unless the twin itself is rougher."""

SPACING_LENGTHS = 4.0
"""Domain spacing, in correlation lengths, that is shown beside no preferred spacing."""

TILT, BOUND = 0.7, 0.98

_Key = tuple[Twin, str, frozenset[str]]


@dataclass(frozen=True, eq=False)
class Sketch:
    """A cross-section with another value of one parameter.

    Attributes
    ----------
    value
        The parameter's value, as `Twin.value` gives it.
    labels
        Phases, uint8 of shape (z, x).
    width_um
        Edge of the square that is shown.
    now
        Whether this is the twin as it is.
    """

    value: float | None
    labels: NDArray[np.uint8]
    width_um: float
    now: bool


class Sketcher:
    """Draws small cross-sections (xz) of a twin with one parameter lower, as it is, and higher.

    All of them are simulated in the plane, as boxes with one voxel along y, from the same noise,
    so that they differ by the parameter alone.  The last ones are kept.
    """

    def __init__(self) -> None:
        self._synthesizer = Synthesizer("cpu")
        self._kept: dict[_Key, tuple[Sketch, ...]] = {}

    def __call__(
        self, twin: Twin, path: str, *, locked: frozenset[str] = frozenset()
    ) -> tuple[Sketch, ...]:
        """One to three sections in ascending order of what a slider shows; none that a torus
        of this size cannot hold.

        Parameters
        ----------
        twin
            The twin; its own grid and seed do not matter.
        path
            The parameter, for example ``"X.length_um"``.
        locked
            Phases that keep their fraction.

        Raises
        ------
        InputError
            If ``path`` is no parameter.
        """
        model, key = _model(twin, path, locked)
        if key not in self._kept:
            sketches = []
            for value in values_around(twin, path):
                changed = value != twin.value(path)
                try:
                    one = model.with_value(path, value, locked=locked) if changed else model
                    labels = self._synthesizer(one).labels[:, 0]
                except InputError:
                    continue
                sketches.append(Sketch(value, labels, width_um(twin, path), not changed))
            while len(self._kept) >= KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = tuple(sketches)
        return self._kept[key]

    def kept(
        self, twin: Twin, path: str, *, locked: frozenset[str] = frozenset()
    ) -> tuple[Sketch, ...] | None:
        """What a call would return if it was drawn before; safe beside a call on a thread."""
        return self._kept.get(_model(twin, path, locked)[1])


def _model(twin: Twin, path: str, locked: frozenset[str]) -> tuple[Twin, _Key]:
    """The twin in the plane, and all that its sections depend on."""
    grid = Grid(shape=(PIXELS, 1, PIXELS), voxel_size_um=width_um(twin, path) / PIXELS)
    model = replace(twin, grid=grid, seed=SEED)
    return model, (model, path, locked)


def width_um(twin: Twin, path: str) -> float:
    """Width of a section that shows some `LENGTHS` of the field in question, in micrometres."""
    lengths = {
        name: characteristic_lengths_um(twin.field(name).correlation)[0] for name in FIELD_NAMES
    }
    longest = max(lengths.values())
    own = next((lengths[name] for name in FIELD_NAMES if path.startswith(f"{name}.")), longest)
    return max(LENGTHS * own, LEAST_LENGTHS * longest)


def values_around(twin: Twin, path: str) -> tuple[float | None, ...]:
    """A lower value, the value, and a higher one, where there is such, in the order of a slider.

    Lengths and ratios are halved and doubled; a domain spacing 2 pi / w0 changes by 1.6 and is
    compared with `SPACING_LENGTHS` where it is off; a smoothness is compared with a rough one and
    with infinity; a fraction changes by `SHARE`, or by a third of the room that it has; the
    correlation of the fields changes by `TILT`, up to `BOUND`.
    """
    check_path(path)
    if path == FIELD_CORRELATION and not twin.has(path):
        raise InputError("Only two Gaussian fields cut at their upper tails can be correlated.")
    if not twin.answers(path):
        raise InputError(f"{path} has no value: the field has a high-parametric correlation.")
    value = twin.value(path)
    attribute = path.rpartition(".")[2]
    if attribute == "smoothness":
        if value is None:
            return ROUGH, None
        rougher = ROUGH if value > ROUGH * 1.2 else 0.5
        return (rougher, value, None) if rougher < value else (value, None)
    if value is None:
        raise InputError(f"{path} has no value.")
    if path == FIELD_CORRELATION:
        return max(value - TILT, -BOUND), value, min(value + TILT, BOUND)
    if attribute in PHASES:
        return value - min(SHARE, value * 2 / 3), value, value + min(SHARE, (1 - value) / 3)
    factor = FACTORS[attribute]
    if attribute == "oscillation_per_um":
        if value == 0:
            field = twin.field("X" if path.startswith("X") else "Y")
            length, _ = characteristic_lengths_um(field.correlation)
            return 2 * np.pi / (SPACING_LENGTHS * length), 0.0
        return value * factor, value, value / factor
    return value / factor, value, value * factor
