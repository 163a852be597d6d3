"""Every kind of twin and of sections can be trained; a discriminator leads towards the truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from reference import ended, exact_data, recovery_twin

from napari_assb_twin.calibration.fitted import Fitted
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.training.options import TrainingOptions
from napari_assb_twin.training.run import Trained, train
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import OUTSIDE
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus

BRIEF = TrainingOptions(method="combined", steps=2, sections=2, width=8, device="cpu")


def isotropic() -> Twin:
    twin = recovery_twin()
    for name in ("X", "Y"):
        twin = twin.with_correlation(name, anisotropy=1.0)
    return replace(twin, symmetry="isotropic")


def stack(
    twin: Twin,
    plane: str = "yz",
    *,
    shape: tuple[int, int] = (96, 128),
    pixel_um: tuple[float, float] = (1.0, 1.0),
    count: int = 1,
) -> SectionStack:
    random = np.random.default_rng(2)
    (rows, columns), (dr, dc) = shape, pixel_um
    box = Torus((1, rows, columns), (1.0, dr, dc))
    if plane != "xy":
        box = Torus((rows, 1, columns), (dr, 1.0, dc))
    sample = WindowSampler(twin, box)
    images = tuple(np.squeeze(sample(random), 0 if plane == "xy" else 1) for _ in range(count))
    return SectionStack(plane, images, pixel_um)


def trained(stacks: list[SectionStack], first: Twin, options: TrainingOptions) -> Trained:
    return ended(train(stacks, first, first=first, options=options))[1]


def cases() -> dict[str, tuple[list[SectionStack], Twin, TrainingOptions]]:
    twin, alike = recovery_twin(), isotropic()
    sheets = twin.with_field("Y", replace(twin.Y, degrees_of_freedom=1, tail="lower"))
    drops = twin.with_field("X", replace(twin.X, degrees_of_freedom=4, tail="upper"))
    hidden = stack(twin)
    hidden.images[0][:20, :30] = OUTSIDE
    several = [stack(twin, shape=(64, 200)), stack(twin, "xy", shape=(80, 48))]
    return {
        "one section": ([stack(twin)], twin, BRIEF),
        "sizes": (several, twin, BRIEF),
        "plan views of an isotropic twin": ([stack(alike, "xy")], alike, BRIEF),
        "all planes of an isotropic twin": ([stack(alike), stack(alike, "xy")], alike, BRIEF),
        "chi-square Y": ([stack(sheets)], sheets, BRIEF),
        "chi-square X": ([stack(drops)], drops, BRIEF),
        "flat pixels": ([stack(twin, pixel_um=(1.0, 2.0))], twin, BRIEF),
        "mask": ([hidden], twin, BRIEF),
        "soft": ([stack(twin)], twin, replace(BRIEF, threshold="soft")),
        "smallest sections": ([stack(twin, shape=(32, 40))], twin, BRIEF),
    }


@pytest.mark.parametrize("name", cases())
def test_all_kinds_of_data_are_trained_on(name: str) -> None:
    stacks, first, options = cases()[name]
    found = trained(stacks, first, options)
    assert found.finished
    assert found.twin.X != first.X
    assert found.twin.Y != first.Y
    assert (found.twin.symmetry, found.twin.first_phase) == (first.symmetry, first.first_phase)
    told = np.array([(k.coverage, k.twin, k.discriminator) for k in found.losses])
    assert np.isfinite(told).all()
    assert np.isfinite(found.misfit)


@pytest.mark.parametrize(
    ("method", "steps", "left"), [("adversarial", 120, 0.7), ("combined", 80, 0.4)]
)
def test_a_wrong_twin_is_led_towards_the_truth(method: str, steps: int, left: float) -> None:
    """From X twice as long: how much of the error of the curves is left.

    Here 0.48 and 0.23; the noise of 16 sections is worth 0.1 of it.
    """
    truth = isotropic()
    stacks = [stack(truth, "xy", shape=(256, 256), count=16)]
    wrong = truth.with_correlation("X", length_um=2.0 * truth.X.correlation.length_um)
    rate = 0.02 if method == "adversarial" else 0.03
    options = TrainingOptions(
        method=method, steps=steps, learning_rate=rate, width=16, device="cpu"
    )
    found = trained(stacks, wrong, options)
    before, after = (Fitted(twin).rms(exact_data(truth)) for twin in (wrong, found.twin))
    assert before > 0.01
    assert after < left * before
