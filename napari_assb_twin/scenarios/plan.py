"""A plan: one twin, the numbers of it that are varied, and what is measured of each variant."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, get_args

from napari_assb_twin.descriptors.describe import Choice
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import SMALLEST_SIDE
from napari_assb_twin.twin.description import choose, finite, plain, require, whole
from napari_assb_twin.twin.parameters import Twin, check_path
from napari_assb_twin.twin.phases import PHASES

Scale = Literal["linear", "log"]
Design = Literal["grid", "latin-hypercube", "sobol"]
DESIGNS: tuple[Design, ...] = get_args(Design)
SCALES: tuple[Scale, ...] = get_args(Scale)
MOST = 100_000
"""Realisations of a plan."""

Point = Mapping[str, float]
"""Values of the varied parameters by path."""

Key = tuple[int, int]
"""Scenario and realisation, both counted from 1."""


@dataclass(frozen=True, kw_only=True)
class Varied:
    """A number of the twin and its range.

    Attributes
    ----------
    parameter
        Its path, such as ``"pore"`` or ``"X.length_um"`` (see `PARAMETERS`).
    low, high
        Ends of the range, in the unit of the parameter.
    scale
        ``"log"``: points lie evenly in the logarithm.
    steps
        Numbers from low to high in a grid; None for other designs.
    """

    parameter: str
    low: float
    high: float
    scale: Scale = "linear"
    steps: int | None = None

    def __post_init__(self) -> None:
        check_path(self.parameter)
        choose(self.scale, SCALES, f"the scale of {self.parameter}")
        require(
            finite(self.low) and finite(self.high) and self.low < self.high,
            f"the range of {self.parameter} is {self.low!r} to {self.high!r}; give two numbers, "
            "the lower first.",
        )
        plain(self, float, "low", "high")
        require(
            self.scale == "linear" or self.low > 0,
            f"the range of {self.parameter} begins at {self.low:g}; with a logarithmic scale it "
            "must be positive.",
        )
        require(
            self.steps is None or (whole(self.steps) and self.steps >= 2),
            f"the steps of {self.parameter} are {self.steps!r}; give a whole number, 2 or more.",
        )
        plain(self, int, "steps")

    def at(self, part: float) -> float:
        """The value at a part of the range, from 0 (low) to 1 (high)."""
        if part in (0.0, 1.0):
            return self.low if part == 0.0 else self.high
        if self.scale == "log":
            return float(self.low * (self.high / self.low) ** part)
        return self.low + (self.high - self.low) * part


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is varied and measured; all numbers of all rows follow from it.

    Attributes
    ----------
    twin
        What the variants start from; its grid is the box of every realisation.
    varied
        The numbers that change.
    design
        ``"grid"``: every combination; ``"latin-hypercube"`` or ``"sobol"`` (scrambled): points
        spread over all ranges at once.
    points
        Scenarios of a design that is no grid.
    realisations
        Of each scenario.
    choice
        What is measured, and where it is computed: realisations are made on ``choice.device``.
    seed
        Of the design and of all realisations.

    Raises
    ------
    InputError
        If the twin does not know a number or it cannot have an end of its range alone, or numbers
        do not fit together.
    """

    twin: Twin
    varied: tuple[Varied, ...]
    design: Design = "latin-hypercube"
    points: int | None = None
    realisations: int = 3
    choice: Choice = field(default_factory=Choice)
    seed: int = 0

    def __post_init__(self) -> None:
        require(bool(self.varied), "nothing is varied; name at least one parameter.")
        names = [one.parameter for one in self.varied]
        for name in names:
            require(names.count(name) == 1, f"{name} is varied twice; keep one.")
        require(
            sum(name in PHASES for name in names) < len(PHASES),
            "all three volume fractions are varied, but the third follows from two; leave one out.",
        )
        for one in self.varied:
            self._check_ends(one)
        for name, some in (
            ("nothing", self.choice.groups),
            ("no axis", self.choice.axes),
            ("no phase", self.choice.phases),
        ):
            require(bool(some), f"{name} is measured; choose what is.")
        choose(self.design, DESIGNS, "design")
        self._check_size()
        require(
            whole(self.seed) and self.seed >= 0,
            f"seed is {self.seed!r}; it must be a whole number, 0 or more.",
        )
        plain(self, int, "points", "realisations", "seed")
        choose(self.choice.device, ("cpu", "cuda"), "device")
        require(
            min(self.twin.grid.shape) >= SMALLEST_SIDE,
            f"the shape is {self.twin.grid.shape}, but a volume that is measured needs "
            f"{SMALLEST_SIDE} voxels or more along every axis.",
        )

    def _check_ends(self, one: Varied) -> None:
        require(
            self.twin.answers(one.parameter),
            f"the twin has no number {one.parameter}; see its fields.",
        )
        for value in (one.low, one.high):
            try:
                self.twin.with_value(one.parameter, value)
            except InputError as error:
                raise InputError(f"{one.parameter} cannot be {value:g}: {error}") from None

    def _check_size(self) -> None:
        require(
            whole(self.realisations) and self.realisations >= 1,
            f"realisations is {self.realisations!r}; it must be a whole number, 1 or more.",
        )
        if self.design == "grid":
            missing = [one.parameter for one in self.varied if one.steps is None]
            require(
                not missing,
                f"a grid needs the steps of {', '.join(missing)}, such as 5.",
            )
            require(self.points is None, "points are of other designs; a grid has steps instead.")
        else:
            given = [one.parameter for one in self.varied if one.steps is not None]
            require(not given, f"steps of {', '.join(given)} are of a grid; give points instead.")
            require(
                whole(self.points) and self.points is not None and self.points >= 2,
                f"points is {self.points!r}; it must be a whole number, 2 or more.",
            )
        if self.design == "sobol":
            power = 2 ** round(math.log2(self.scenarios))
            require(
                power == self.scenarios,
                f"{self.scenarios} points do not fill a Sobol sequence evenly; choose a power of "
                f"two, such as {power}.",
            )
        require(
            self.total <= MOST,
            f"the plan has {self.total} realisations; choose fewer points or steps, {MOST} "
            "realisations at most.",
        )

    @property
    def scenarios(self) -> int:
        """Their number."""
        if self.design == "grid":
            return math.prod(one.steps or 1 for one in self.varied)
        return self.points or 0

    @property
    def total(self) -> int:
        """Realisations of all scenarios."""
        return self.scenarios * self.realisations

    @cached_property
    def design_points(self) -> tuple[Point, ...]:
        """The varied values of every scenario."""
        from napari_assb_twin.scenarios.design import parts_of

        return tuple(
            {one.parameter: one.at(part) for one, part in zip(self.varied, row, strict=True)}
            for row in parts_of(self)
        )

    @cached_property
    def without_twin(self) -> Mapping[int, str]:
        """Scenarios whose numbers do not fit together, and why, in a sentence."""
        told = {}
        for scenario, point in enumerate(self.design_points, start=1):
            try:
                self.variant(point, 0)
            except InputError as error:
                told[scenario] = str(error)
        return told

    @property
    def reservation(self) -> str | None:
        """How many scenarios have no twin, in a sentence; None if each has one."""
        if not self.without_twin:
            return None
        scenario, why = next(iter(self.without_twin.items()))
        return (
            f"In {len(self.without_twin)} of {self.scenarios} scenarios there is no twin, as in "
            f"scenario {scenario}: {why}"
        )

    def places(self) -> tuple[Key, ...]:
        """Every scenario and realisation, the first realisation of each scenario before the next.

        What is known early is then of the whole design.
        """
        return tuple(
            (scenario, realisation)
            for realisation in range(1, self.realisations + 1)
            for scenario in range(1, self.scenarios + 1)
        )

    def variant(self, point: Point, seed: int) -> Twin:
        """The twin with the varied numbers set.

        A volume fraction that was set before keeps its value when another one is; what is left
        goes to the others in their ratio.

        Raises
        ------
        InputError
            If the numbers do not fit together.
        """
        fractions = {name: value for name, value in point.items() if name in PHASES}
        require(
            len(fractions) < 2 or sum(fractions.values()) < 1,
            f"{' and '.join(fractions)} are "
            f"{' and '.join(f'{value:.4g}' for value in fractions.values())}, 1 or more together, "
            "but the third phase needs a share, too; narrow their ranges.",
        )
        twin, placed = self.twin, frozenset[str]()
        for name, value in point.items():
            twin = twin.with_value(name, value, locked=placed)
            placed |= {name} & set(PHASES)
        return replace(twin, seed=seed)
