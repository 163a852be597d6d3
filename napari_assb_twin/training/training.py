"""A run of training between two steps: everything that the next step depends on."""

from __future__ import annotations

import copy
import math
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from napari_assb_twin.calibration.lags import LagData
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.training.adversary import Adversary
from napari_assb_twin.training.coordinates import coordinates
from napari_assb_twin.training.coverage_loss import CoverageLoss, grids_for
from napari_assb_twin.training.options import TrainingOptions
from napari_assb_twin.training.progress import Losses
from napari_assb_twin.training.reals import reals_for
from napari_assb_twin.training.sections import Orientation, SectionGrid
from napari_assb_twin.training.simulation import Simulation
from napari_assb_twin.training.starts import box_of
from napari_assb_twin.twin.parameters import Twin

Floats = NDArray[np.float64]

LAST_RATE = 0.02
"""The learning rate falls to this share of the first one, as a cosine."""

LONGEST_GRADIENT = 1.0


class Training:
    """Moves the free numbers of a twin, step by step.

    Each step simulates sections with fresh noise, lets each discriminator learn once, and moves
    the numbers by Adam along the gradient of the method's loss: that of the coverage, that of the
    discriminators, or the former and a share of the latter.  Rates fall as a cosine to 2 %, numbers
    stay within the bounds of a least-squares fit, and with a discriminator the gradient is cut to
    length 1.  The simulated sections grow with the correlation lengths, see `grids_for`.

    Parameters
    ----------
    stacks, data
        Measured sections and their curves.
    first
        The twin to begin with; its kinds, phases and symmetry stay.
    like
        Another twin that is like the data; the simulated sections have room for its lengths, too,
        from the beginning.
    fixed
        Paths of the numbers that stay.
    seed
        Of all noise, of the pieces that are drawn, and of the discriminators.

    Raises
    ------
    InputError
        If the sections are too small or differ too much to be compared.
    """

    def __init__(
        self,
        stacks: Sequence[SectionStack],
        data: LagData,
        first: Twin,
        *,
        like: Twin | None = None,
        fixed: Mapping[str, float | None],
        options: TrainingOptions,
        seed: int,
    ) -> None:
        self.options = options
        self.family = coordinates(first, fixed, box_of(data), correlated=options.correlated)
        self.losses: list[Losses] = []
        self.shown: Mapping[Orientation, Tensor] = {}
        device = options.device
        self._stacks, self._data = stacks, data
        self._generator = torch.Generator().manual_seed(seed)
        self._lay_out(grids_for(stacks, data, first, device))
        self._make_room(like or first)
        self._adversaries: dict[Orientation, Adversary] = {}
        if options.uses_discriminator:
            grids = self.grids
            for grid, reals in zip(grids, reals_for(stacks, grids, first.symmetry), strict=True):
                self._adversaries[grid.orientation] = Adversary(
                    reals, width=options.width, seed=seed, device=device
                )
        lower, upper = self.family.bounds
        self._bounds = torch.from_numpy(lower).to(device), torch.from_numpy(upper).to(device)
        self._theta = torch.from_numpy(self.family.vector(first)).to(device).requires_grad_()
        first_beta = 0.5 if options.uses_discriminator else 0.9
        self._adam = torch.optim.Adam([self._theta], options.first_rate, (first_beta, 0.95))
        self._path: list[Tensor] = []
        self._before: dict[str, Any] | None = None

    @property
    def step_number(self) -> int:
        """How many steps were taken."""
        return len(self.losses)

    @property
    def finished(self) -> bool:
        """Whether all steps were taken."""
        return self.step_number >= self.options.number_of_steps

    @property
    def rate(self) -> float:
        """Learning rate of the next step."""
        return self.options.first_rate * decay(self.step_number, self.options.number_of_steps)

    def step(self) -> Generator[None, None, Losses]:
        """Take one step; yields between its parts, about 0.1 s each, for others to have a say."""
        self._before = self.state()
        self._make_room(self.twin)
        self._adam.param_groups[0]["lr"] = self.rate
        self._adam.zero_grad()
        simulated = self._simulate(self._theta)
        self.shown = {o: one.detach() for o, one in simulated.items()}
        terms: list[Tensor] = []
        coverage = math.nan
        if self._coverage is not None:
            loss = self._coverage(simulated)
            coverage = float(loss.item())
            terms.append(loss)
        told: list[tuple[float, float]] = []
        for orientation, adversary in self._adversaries.items():
            yield
            pieces = adversary.pieces(simulated[orientation], self._generator)
            learned = adversary.learn(pieces, self._generator)
            yield
            loss = adversary.loss(pieces)
            told.append((float(loss.item()), learned))
            share = self.options.discriminator_share if self._coverage is not None else 1.0
            terms.append(share * loss)
        yield
        torch.stack(terms).sum().backward()  # type: ignore[no-untyped-call]
        if self._adversaries:
            torch.nn.utils.clip_grad_norm_([self._theta], LONGEST_GRADIENT)
        self._adam.step()
        with torch.no_grad():
            self._theta.clamp_(*self._bounds)
        self._path.append(self._theta.detach().cpu().clone())
        means = np.mean(told, axis=0).tolist() if told else (math.nan, math.nan)
        self.losses.append(Losses(coverage, *means))
        self._before = None
        return self.losses[-1]

    def _make_room(self, twin: Twin) -> None:
        """Simulate larger sections if a twin's correlation lengths have outgrown them.

        On a torus that is too small the fields differ from the twin's, and the fit would be biased.
        """
        held = {grid.orientation: grid.shape for grid in self.grids}
        device = self.options.device
        grids = grids_for(self._stacks, self._data, twin, device, least=held)
        if any(grid.shape != held[grid.orientation] for grid in grids):
            self._lay_out(grids)

    def _lay_out(self, grids: tuple[SectionGrid, ...]) -> None:
        self.grids = grids
        self._simulate = Simulation(self.family, grids, self.options, self._generator)
        self._coverage = CoverageLoss(self._data, grids) if self.options.uses_coverage else None

    @property
    def twin(self) -> Twin:
        """The twin after the last step."""
        return self.family.twin(self._theta.detach().cpu().numpy())

    @property
    def averaged(self) -> Twin:
        """The twin of the numbers averaged over the second half of the steps taken so far.

        They swing about the best ones, with a discriminator widely, so that the mean is the result.
        """
        if not self._path:
            return self.twin
        late = torch.stack(self._path[len(self._path) // 2 :])
        return self.family.twin(late.mean(dim=0).numpy())

    def state(self) -> dict[str, Any]:
        """All that the next steps depend on, as tensors and plain numbers, between two steps.

        While a step is under way, and where one was broken off, that before it.  A copy: later
        steps do not change it.
        """
        if self._before is not None:
            return self._before
        told = [(one.coverage, one.twin, one.discriminator) for one in self.losses]
        live = {
            "theta": self._theta.detach().cpu(),
            "path": torch.stack(self._path) if self._path else torch.empty(0),
            "losses": torch.tensor(told, dtype=torch.float64),
            "optimiser": self._adam.state_dict(),
            "generator": self._generator.get_state(),
            "shapes": [grid.shape for grid in self.grids],
            "adversaries": {o: one.state() for o, one in self._adversaries.items()},
        }
        return copy.deepcopy(live)

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a `state` of a training with the same data, options and seed."""
        state = copy.deepcopy(dict(state))  # an optimiser would go on in the tensors it is given
        with torch.no_grad():
            self._theta.copy_(state["theta"])
        self._path = list(state["path"].unbind()) if state["path"].numel() else []
        self.losses = [Losses(*one) for one in state["losses"].tolist()]
        self._adam.load_state_dict(state["optimiser"])
        self._generator.set_state(state["generator"])
        shapes = zip(self.grids, state["shapes"], strict=True)
        self._lay_out(tuple(replace(grid, shape=tuple(shape)) for grid, shape in shapes))
        for orientation, adversary in self._adversaries.items():
            adversary.restore(state["adversaries"][orientation])
        self._before = None


def decay(step: int, steps: int) -> float:
    """Share of the first learning rate at a step: a cosine from 1 to 2 %."""
    return LAST_RATE + (1.0 - LAST_RATE) * 0.5 * (1.0 + math.cos(math.pi * step / steps))
