"""A patch discriminator: is this piece of a section measured or simulated?"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from napari_assb_twin.twin.phases import PHASES

SLOPE = 0.2
SMALLEST_CROP = 32


def discriminator(width: int, seed: int, device: str = "cpu") -> nn.Sequential:
    """Layers k4 n s2, k4 2n s2, k4 4n s2, k3 1 s1, with LeakyReLU of slope 0.2 between them.

    Four convolutions with zero padding 1 and neither batch nor spectral normalisation: kernels of
    4, 4, 4, 3 pixels, n, 2n, 4n and 1 channels, strides of 2, 2, 2, 1.  The output is a map of
    logits, one for each patch of 38 x 38 pixels, positive where it takes it for measured.  In the
    notation of the figure of Furat et al. (2025) n = 64 begins with ``k4n64s2``.

    Parameters
    ----------
    width
        n.
    seed
        Of the first weights (torch's own initialisation).

    Input has the shape (batch, 3, rows, columns), values 2 * onehot - 1, at least 32 pixels a side.
    """
    sizes = (len(PHASES), width, 2 * width, 4 * width)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layers: list[nn.Module] = []
        for before, after in pairwise(sizes):
            layers += [nn.Conv2d(before, after, 4, 2, 1), nn.LeakyReLU(SLOPE)]
        layers.append(nn.Conv2d(sizes[-1], 1, 3, 1, 1))
    return nn.Sequential(*layers).to(device)


def seen(channels: Tensor) -> Tensor:
    """Phases as a discriminator sees them: 1 in a pixel's phase and -1 in the others."""
    return 2.0 * channels - 1.0
