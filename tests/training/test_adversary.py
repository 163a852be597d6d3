"""A discriminator learns to tell, passes gradients to the pieces and none to its weights."""

from __future__ import annotations

import copy
import math

import numpy as np
import torch

from napari_assb_twin.training.adversary import Adversary
from napari_assb_twin.training.reals import Reals


def adversary(seed: int = 0) -> Adversary:
    mixed = np.random.default_rng(0).integers(0, 3, (64, 64), dtype=np.uint8)
    return Adversary(Reals([mixed], 32, transposes=True), width=8, seed=seed, device="cpu")


def pore(count: int = 8) -> torch.Tensor:
    pieces = torch.zeros(count, 3, 32, 32)
    pieces[:, 0] = 1.0
    return pieces


def test_it_learns_to_tell_pores_from_a_mixture() -> None:
    one, generator = adversary(), torch.Generator().manual_seed(0)
    losses = [one.learn(pore(), generator) for _ in range(40)]
    assert abs(losses[0] - math.log(2)) < 0.1
    assert losses[-1] < 0.1
    assert float(one.loss(pore())) > 2.0


def test_the_twins_loss_moves_the_pieces_and_no_weight() -> None:
    one = adversary()
    pieces = pore().requires_grad_()
    one.loss(pieces).backward()
    assert float(pieces.grad.abs().sum()) > 0
    weights = list(one._network.parameters())
    assert all(weight.grad is None and weight.requires_grad for weight in weights)


def test_it_goes_on_bit_for_bit() -> None:
    one, generator = adversary(), torch.Generator().manual_seed(0)
    for _ in range(3):
        one.learn(pore(), generator)
    other = adversary(seed=9)
    other.restore(copy.deepcopy(one.state()))
    drawn = torch.Generator()
    drawn.set_state(generator.get_state())
    expected = [one.learn(pore(), generator) for _ in range(3)]
    assert expected == [other.learn(pore(), drawn) for _ in range(3)]
