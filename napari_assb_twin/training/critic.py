"""An independent judge: can a freshly trained discriminator tell the data from the twin?

It learns on one part of the measured sections and is asked about another part that it has never
seen, so that it cannot answer by heart.  The discriminators of a training say nothing of the kind:
the twin moves away from whatever they have found.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import rankdata

from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.training.adversary import Adversary
from napari_assb_twin.training.discriminator import SMALLEST_CROP
from napari_assb_twin.training.reals import LARGEST_CROP, Reals, corners, orientation_of
from napari_assb_twin.training.sections import Orientation
from napari_assb_twin.training.threads import few_threads
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus

Labels = NDArray[np.uint8]
Floats = NDArray[np.float64]

WIDTH = 16
STEPS = 150
BATCH = 16
ASKED = 256
"""Measured and as many simulated pieces to be asked about."""

WINDOWS = 64
"""Simulated windows, of twice the side of a piece, to learn from; as many more are held out."""


@dataclass(frozen=True, kw_only=True)
class CriticScore:
    """How well a critic tells measured pieces from simulated ones that it has not seen.

    Attributes
    ----------
    orientation
        ``"plan"`` or ``"cross"``; of an isotropic twin all sections are ``"plan"``.
    accuracy
        Mean of the shares of measured and of simulated pieces that it names rightly.
    auc
        Probability that it finds a measured piece more like the data than a simulated one: the
        area under the curve of right against wrong alarms.
    held_out
        How many measured pieces that do not overlap it was asked about.

    Accuracy and auc are 0.5 for a critic that cannot tell and 1 for one that always can.
    """

    orientation: Orientation
    accuracy: float
    auc: float
    held_out: int

    def document(self) -> dict[str, Any]:
        """The JSON object."""
        return asdict(self)


def criticised(
    stacks: Sequence[SectionStack],
    twin: Twin,
    *,
    seed: int,
) -> Generator[None, None, dict[Orientation, CriticScore | None]]:
    """Train a critic for each orientation of the data, and test it on held-out sections.

    A discriminator of width 16 learns in 150 steps of 16 measured and 16 simulated pieces, about
    4 s of a processor.  Of each stack the second half of the sections is held out, of sections that
    stand alone every second one, and of a single section one half of its area.

    For a twin against its own sections both numbers scatter about 0.5, and much more with half of a
    single section held out than with several: then only numbers far from 0.5 mean anything.

    Parameters
    ----------
    seed
        Of the simulated windows, the first weights and the pieces that are drawn.

    Yields
    ------
    None, after each step.

    Returns
    -------
    A score for each orientation in the data; None where a section that is alone is too small to
    hold two separate pieces of 32 x 32 pixels.

    Raises
    ------
    InputError
        If sections that belong together have pixels of different sizes.
    """
    scores: dict[Orientation, CriticScore | None] = {}
    for orientation in dict.fromkeys(orientation_of(stack, twin.symmetry) for stack in stacks):
        mine = [s for s in stacks if orientation_of(s, twin.symmetry) == orientation]
        pixel_um = _common_pixel(mine)
        learning, held = halves(mine)
        side = _side(learning, held)
        if side is None:
            scores[orientation] = None
            continue
        transposes = orientation == "plan" and pixel_um[0] == pixel_um[1]
        windows = _Windows(twin, orientation, 2 * side, pixel_um, seed)
        generator = torch.Generator().manual_seed(seed)
        with few_threads():
            measured = Reals(learning, side, transposes=transposes)
            adversary = Adversary(measured, width=WIDTH, seed=seed, device="cpu")
            simulated = Reals((yield from windows.drawn()), side, transposes=transposes)
            for _ in range(STEPS):
                adversary.learn(simulated(BATCH, generator), generator)
                yield
            logits = []
            for images in (held, (yield from windows.drawn())):
                unseen = Reals(images, side, transposes=transposes)
                logits.append((yield from _logits(adversary, unseen, generator)))
        found, made = logits
        scores[orientation] = CriticScore(
            orientation=orientation,
            accuracy=0.5 * float(np.mean(found > 0) + np.mean(made <= 0)),
            auc=area_under_curve(found, made),
            held_out=sum(int(np.prod([n // side for n in image.shape])) for image in held),
        )
    return scores


def halves(stacks: Sequence[SectionStack]) -> tuple[list[Labels], list[Labels]]:
    """Sections to learn from and sections held out; neighbours in a stack stay together.

    A single section is cut across its longer side.
    """
    learning: list[Labels] = []
    held: list[Labels] = []
    for stack in stacks:
        middle = len(stack.images) // 2
        learning += stack.images[:middle]
        if len(stack.images) > 1:
            held += stack.images[middle:]
    for stack in stacks:
        if len(stack.images) == 1:
            (learning if len(learning) <= len(held) else held).append(stack.images[0])
    if held:
        return learning, held
    (image,) = learning
    axis = int(np.argmax(image.shape))
    first, second = np.array_split(image, 2, axis=axis)
    return [first], [second]


def area_under_curve(positive: Floats, negative: Floats) -> float:
    """P(a positive value exceeds a negative one), ties counted half, from ranks (Mann-Whitney)."""
    ranks = rankdata(np.concatenate([positive, negative]))[: positive.size]
    least = 0.5 * positive.size * (positive.size + 1)
    return float((ranks.sum() - least) / (positive.size * negative.size))


class _Windows:
    """Open square windows of a twin, new ones at each call."""

    def __init__(
        self,
        twin: Twin,
        orientation: Orientation,
        side: int,
        pixel_um: tuple[float, float],
        seed: int,
    ) -> None:
        rows, columns = pixel_um
        plan = orientation == "plan"
        shape = (1, side, side) if plan else (side, 1, side)
        size = (1.0, rows, columns) if plan else (rows, 1.0, columns)
        self._axis = 0 if plan else 1
        self._sampler = WindowSampler(twin, Torus(shape, size))
        self._random = np.random.default_rng(np.random.SeedSequence([seed, 0xC1]))

    def drawn(self) -> Generator[None, None, list[Labels]]:
        images = []
        for _ in range(WINDOWS):
            images.append(np.squeeze(self._sampler(self._random), axis=self._axis))
            yield
        return images


def _logits(
    adversary: Adversary, pieces: Reals, generator: torch.Generator
) -> Generator[None, None, Floats]:
    """Mean logits of pieces drawn at random."""
    found = []
    for _ in range(ASKED // BATCH):
        found.append(adversary.logits(pieces(BATCH, generator)))
        yield
    return torch.cat(found).numpy().astype(np.float64)


def _side(learning: Sequence[Labels], held: Sequence[Labels]) -> int | None:
    """The largest side of pieces that both parts hold; None if 32 pixels are too many."""
    for side in range(LARGEST_CROP, SMALLEST_CROP - 1, -8):
        if all(any(corners(image, side).size for image in part) for part in (learning, held)):
            return side
    return None


def _common_pixel(stacks: Sequence[SectionStack]) -> tuple[float, float]:
    first = stacks[0].pixel_size_um
    if any(stack.pixel_size_um != first for stack in stacks):
        raise InputError(
            "A critic compares pixel with pixel, but sections that belong together have pixels of "
            "different sizes; give sections of one pixel size."
        )
    return first
