"""The discriminator has the stated layers, sees 38 pixels and draws from its own seed."""

from __future__ import annotations

import pytest
import torch

from napari_assb_twin.training.discriminator import discriminator, seen


@pytest.mark.parametrize(("width", "weights"), [(32, 166_753), (64, 661_185)])
def test_the_number_of_weights(width: int, weights: int) -> None:
    assert sum(one.numel() for one in discriminator(width, 0).parameters()) == weights


@pytest.mark.parametrize(("side", "logits"), [(32, 4), (64, 8)])
def test_a_logit_for_each_patch(side: int, logits: int) -> None:
    assert discriminator(8, 0)(torch.zeros(2, 3, side, side)).shape == (2, 1, logits, logits)


def test_a_logit_sees_38_pixels() -> None:
    image = torch.randn(1, 3, 96, 96, generator=torch.Generator().manual_seed(0)).requires_grad_()
    discriminator(8, 0)(image)[0, 0, 6, 6].backward()
    rows, columns = torch.nonzero(image.grad[0].abs().sum(dim=0), as_tuple=True)
    assert rows.max() - rows.min() + 1 == columns.max() - columns.min() + 1 == 38


def test_the_seed_alone_decides() -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    first, again, other = (discriminator(8, seed)[0].weight for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(before, torch.get_rng_state())


def test_phases_are_seen_as_plus_and_minus_one() -> None:
    assert seen(torch.tensor([0.0, 1.0])).tolist() == [-1.0, 1.0]
