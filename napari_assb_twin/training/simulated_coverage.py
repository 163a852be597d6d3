"""Algorithm 1: a twin whose simulated sections have the two-point coverage of the data."""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from napari_assb_twin.calibration.fitted import Fitted
from napari_assb_twin.calibration.lags import LagData, lag_data
from napari_assb_twin.calibration.model_names import ModelName
from napari_assb_twin.calibration.progress import Progress
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.training.coordinates import Coordinates, coordinates
from napari_assb_twin.training.coverage_loss import CoverageLoss, grids_for
from napari_assb_twin.training.sections import Orientation, SectionGrid, sections, white_noise
from napari_assb_twin.training.starts import box_of, exact_start, random_start
from napari_assb_twin.training.thresholding import Threshold
from napari_assb_twin.twin.parameters import Twin

Floats = NDArray[np.float64]
Start = Literal["least-squares", "random"]

BETAS = (0.9, 0.95)
LAST_RATE = 0.02
"""The learning rate falls to this share of the first one, as a cosine."""

REPORT_EVERY = 10
"""Steps between two evaluations of the exact curves for the misfit."""


@dataclass(frozen=True, kw_only=True)
class TrainingOptions:
    """How a twin is trained.

    Attributes
    ----------
    steps, learning_rate
        Number of steps of Adam and its first rate; None: 150 steps at 0.005 from least squares or
        a twin, 300 at 0.035 from a random start.
    sections
        How many sections of each orientation are simulated in a step.
    threshold, tau
        See `thresholding`; ``tau`` None: 0.4 times the change of the field from pixel to pixel.
    device
        ``"cpu"`` or ``"cuda"``.
    """

    steps: int | None = None
    learning_rate: float | None = None
    sections: int = 8
    threshold: Threshold = "straight-through"
    tau: float | None = None
    device: str = "cpu"


@dataclass(frozen=True)
class TrainingProgress(Progress):
    """A step of training: its loss, the twin after it, and the misfit of a twin shortly before.

    ``misfit`` is that of the exact curves at all lags of the data, evaluated every ten steps.
    """

    loss: float | None = None
    learning_rate: float | None = None


@dataclass(frozen=True, kw_only=True)
class Trained:
    """What training finds.

    Attributes
    ----------
    twin
        The twin of the parameters averaged over the second half of the steps.
    start
        Where it began.
    misfit, start_misfit
        Root mean square differences of their exact curves to the data.
    losses
        The loss of each step.
    """

    twin: Twin
    start: Twin
    misfit: float
    start_misfit: float
    losses: tuple[float, ...]


class Simulation:
    """Sections of twins given by vectors, with fresh noise at each call."""

    def __init__(
        self,
        family: Coordinates,
        grids: Sequence[SectionGrid],
        options: TrainingOptions,
        generator: torch.Generator,
    ) -> None:
        self._family = family
        self._grids = grids
        self._options = options
        self._noise = white_noise(generator, options.device)

    def __call__(self, theta: Tensor) -> dict[Orientation, Tensor]:
        """Sections by orientation, shape (n, 3, rows, columns), differentiable in ``theta``."""
        trainable = self._family.trainable(theta)
        return {
            grid.orientation: sections(
                trainable,
                grid,
                count=self._options.sections,
                noise=self._noise,
                threshold=self._options.threshold,
                tau=self._options.tau,
            )
            for grid in self._grids
        }


def simulated_coverage(
    stacks: Sequence[SectionStack],
    template: Twin,
    *,
    model: ModelName = "low-parametric",
    fix: Mapping[str, float | None] | None = None,
    start: Start | Twin = "least-squares",
    options: TrainingOptions | None = None,
    seed: int = 0,
    data: LagData | None = None,
) -> Generator[TrainingProgress, None, Trained]:
    """Train a twin until the two-point coverage of its sections is that of the data.

    Each step simulates sections with fresh noise, takes `CoverageLoss` and moves all free numbers
    by Adam (betas 0.9 and 0.95, cosine decay to 2 %), within the bounds of a least-squares fit.

    Parameters
    ----------
    stacks
        Measured sections.
    template
        Symmetry, order of phases, kinds and tails of the fields, and the fixed numbers.
    model
        Which correlations the start has; of a twin as start its own.
    fix
        Paths of the numbers that keep the template's value (a twin as start: its own).
    start
        The exact fit, a random twin, or a given one.
    seed
        Of all noise and of the random start: the same seed gives the same twin.
    data
        The measured curves of the stacks, if they are known already.

    Yields
    ------
    TrainingProgress after each step.

    Raises
    ------
    InputError
        If the data cannot decide what is asked, or the fixed numbers contradict each other.
    """
    options = options or TrainingOptions()
    fixed = dict(fix or {})
    measured = lag_data(stacks) if data is None else data
    if isinstance(start, Twin):
        first = start
    elif start == "random":
        first = random_start(measured, template, model=model, fixed=fixed, seed=seed)
    else:
        first = exact_start(measured, template, model=model, fixed=fixed)
    steps, rate = _schedule(options, start)
    family = coordinates(first, fixed, box_of(measured))
    grids = grids_for(stacks, measured, first, options.device)
    loss_of = CoverageLoss(measured, grids)
    simulate = Simulation(family, grids, options, torch.Generator().manual_seed(seed))
    lower, upper = (torch.from_numpy(b).to(options.device) for b in family.bounds)
    theta = torch.from_numpy(family.vector(first)).to(options.device).requires_grad_()
    adam = torch.optim.Adam([theta], lr=rate, betas=BETAS)
    average, averaged = torch.zeros_like(theta, requires_grad=False), 0
    losses: list[float] = []
    misfit = start_misfit = Fitted(first).rms(measured)
    for step in range(steps):
        adam.param_groups[0]["lr"] = rate * decay(step, steps)
        adam.zero_grad()
        loss = loss_of(simulate(theta))
        loss.backward()  # type: ignore[no-untyped-call]
        adam.step()
        with torch.no_grad():
            theta.clamp_(lower, upper)
            if 2 * step >= steps:
                average += theta
                averaged += 1
        losses.append(loss.item())
        twin = family.twin(_numbers(theta))
        if step % REPORT_EVERY == 0:
            misfit = Fitted(twin).rms(measured)
        yield TrainingProgress(
            step,
            steps,
            f"Training on simulated sections: step {step + 1} of {steps}",
            twin,
            misfit,
            losses[-1],
            rate * decay(step, steps),
        )
    twin = family.twin(_numbers(average / averaged)) if averaged else first
    return Trained(
        twin=twin,
        start=first,
        misfit=Fitted(twin).rms(measured),
        start_misfit=start_misfit,
        losses=tuple(losses),
    )


def decay(step: int, steps: int) -> float:
    """Share of the first learning rate at a step: a cosine from 1 to 2 %."""
    return LAST_RATE + (1.0 - LAST_RATE) * 0.5 * (1.0 + math.cos(math.pi * step / steps))


def _schedule(options: TrainingOptions, start: Start | Twin) -> tuple[int, float]:
    steps, rate = (300, 0.035) if start == "random" else (150, 0.005)
    return (
        steps if options.steps is None else options.steps,
        rate if options.learning_rate is None else options.learning_rate,
    )


def _numbers(theta: Tensor) -> Floats:
    return theta.detach().cpu().numpy()
