"""A discriminator with its optimiser, playing against a twin."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import softplus

from napari_assb_twin.training.discriminator import discriminator, seen
from napari_assb_twin.training.reals import Reals, crops

RATE = 5e-4
BETAS = (0.5, 0.999)
CROPS_PER_SECTION = 2


class Adversary:
    """Tells measured pieces of one orientation from simulated ones, and learns.

    Losses are those of a non-saturating adversarial network (Goodfellow et al., 2014) on logits D:
    the discriminator's is the mean of softplus(-D(measured)) and softplus(D(simulated)), the
    twin's softplus(-D(simulated)).  Both are ln 2 where D cannot tell, and hover there in runs
    that succeed and in runs that drift: neither is a sign of convergence.

    Parameters
    ----------
    reals
        Where measured pieces come from.
    width, seed, device
        See `discriminator`.
    """

    def __init__(self, reals: Reals, *, width: int, seed: int, device: str) -> None:
        self._reals = reals
        self._device = device
        self._network = discriminator(width, seed, device)
        self._adam = torch.optim.Adam(self._network.parameters(), lr=RATE, betas=BETAS)

    def pieces(self, sections: Tensor, generator: torch.Generator) -> Tensor:
        """Two pieces of each simulated section, (n, 3, rows, columns) to (2 n, 3, crop, crop)."""
        return crops(sections, self._reals.crop, CROPS_PER_SECTION, generator)

    def learn(self, pieces: Tensor, generator: torch.Generator) -> float:
        """One step of Adam on simulated pieces and as many measured ones; its loss before."""
        reals = self._reals(len(pieces), generator).to(self._device)
        self._adam.zero_grad()
        measured, simulated = self._network(seen(torch.cat([reals, pieces.detach()]))).chunk(2)
        loss = 0.5 * (softplus(-measured).mean() + softplus(simulated).mean())
        loss.backward()  # type: ignore[no-untyped-call]
        self._adam.step()
        return float(loss.item())

    def loss(self, pieces: Tensor) -> Tensor:
        """The twin's loss, differentiable in the pieces."""
        for weight in self._network.parameters():
            weight.requires_grad_(False)
        loss: Tensor = softplus(-self._network(seen(pieces))).mean()
        for weight in self._network.parameters():
            weight.requires_grad_(True)
        return loss

    def logits(self, pieces: Tensor) -> Tensor:
        """The mean logit of each piece, shape (n,): positive where it takes it for measured."""
        with torch.no_grad():
            mean: Tensor = self._network(seen(pieces.to(self._device))).mean(dim=(1, 2, 3))
        return mean.cpu()

    def state(self) -> dict[str, Any]:
        """Weights and optimiser, as tensors and plain numbers."""
        return {"weights": self._network.state_dict(), "optimiser": self._adam.state_dict()}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a `state` of an adversary of the same width."""
        self._network.load_state_dict(state["weights"])
        self._adam.load_state_dict(state["optimiser"])
