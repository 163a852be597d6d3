"""Statistics of simulated sections are like those of data of the same twin, and unlike others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from reference import recovery_twin, sections

from napari_assb_twin.calibration.deviations import (
    Deviation,
    deviations,
    score,
    simulated_sections,
    thinned,
)
from napari_assb_twin.measure.section_statistics import SectionStatistics, Statistic
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.twin.phases import OUTSIDE

TWIN = recovery_twin()
EDGE = 80


def one_cross_section(seed: int) -> SectionStack:
    images = sections(TWIN, "yz", [seed], pixels=2 * EDGE)
    return SectionStack("yz", (images[0][:EDGE, :EDGE],), (1.0, 1.0))


def statistic(name: str) -> Statistic:
    return Statistic(name=name, phase="pore", plane_kind="plan view")  # type: ignore[arg-type]


def test_z_of_data_of_the_twin_itself_is_standard() -> None:
    """Over 40 single sections the z have mean 0 and standard deviation 1.

    24 simulated sections give a standard deviation to 15 % and z are skew, so that 1 holds to 0.25;
    the mean over 40 holds to 0.5, as all are compared with the same simulated sections (0.2) and
    the z of one section are alike.
    """
    data = [one_cross_section(seed) for seed in range(40)]
    statistics = SectionStatistics.of(data)
    z = np.array([[d.z for d in deviations(statistics, [one], TWIN, seed=1)] for one in data])
    assert z.shape[1] == len(statistics.statistics)
    assert abs(z.mean()) < 0.5
    assert z.std() == pytest.approx(1.0, abs=0.25)


def test_another_twin_is_told_from_it() -> None:
    """A field twice as coarse: its Euler numbers are a quarter."""
    data = [one_cross_section(seed) for seed in range(4)]
    statistics = SectionStatistics.of(data)
    coarse = TWIN.with_value("Y.length_um", 10.0).with_value("Y.oscillation_per_um", 0.22)
    own = score(deviations(statistics, data, TWIN, seed=2))
    told = deviations(statistics, data, coarse, seed=2)
    assert own < 2
    assert score(told) > 3 * own
    worst = max(told, key=lambda one: abs(one.z))
    assert worst.statistic.phase != "active_material"


def test_more_sections_have_smaller_errors() -> None:
    """sqrt(1 / n + 1 / m): 1 and 24 against 16 and 32."""
    data = [one_cross_section(seed) for seed in range(16)]
    statistics = SectionStatistics.of(data)
    one, many = (deviations(statistics, few, TWIN, seed=3) for few in (data[:1], data))
    ratio = np.array([b.standard_error / a.standard_error for a, b in zip(one, many, strict=True)])
    expected = (1 / 16 + 1 / 32) ** 0.5 / (1 + 1 / 24) ** 0.5
    assert np.median(ratio) == pytest.approx(expected, rel=0.25)


def test_sections_of_two_pixel_sizes_count_for_themselves() -> None:
    """Four with pixels of 1 x 1 and four of 1 x 2: 12 are simulated of each, of four alone 24."""
    data = [one_cross_section(seed) for seed in range(8)]
    wide = [
        replace(one, images=(one.images[0][:, ::2].copy(),), pixel_size_um=(1.0, 2.0))
        for one in data[4:]
    ]
    alone = deviations(SectionStatistics.of(data[:4]), data[:4], TWIN, seed=3)
    both = [*data[:4], *wide]
    together = deviations(SectionStatistics.of(both), both, TWIN, seed=3)
    assert len(together) > len(alone)
    ratio = [b.standard_error / a.standard_error for a, b in zip(alone, together, strict=False)]
    expected = (1 / 4 + 1 / 12) ** 0.5 / (1 / 4 + 1 / 24) ** 0.5
    assert np.median(ratio) == pytest.approx(expected, rel=0.2)
    assert score(together) < 2


def test_euler_numbers_and_paths_weigh_the_same() -> None:
    def told(name: str, z: float) -> Deviation:
        return Deviation(statistic=statistic(name), measured=z, simulated=0.0, standard_error=1.0)

    paths = [told("lineal path", 1.0)] * 9
    assert score([told("Euler number density", 3.0), *paths]) == pytest.approx(5**0.5)
    assert score(paths) == pytest.approx(1.0)
    assert np.isnan(score([]))


def test_simulated_sections_have_the_sizes_and_masks_of_the_data() -> None:
    image = sections(TWIN, "yz", [0], pixels=64)[0]
    image[:, :9] = OUTSIDE
    stacks = (
        SectionStack("yz", (image, image[:40]), (1.0, 0.5), 2.0),
        SectionStack("xy", (image.T.copy(),), (1.0, 1.0)),
    )
    found = simulated_sections(stacks, TWIN, seed=0, count=5)
    assert [len(stack.images) for stack in found] == [6, 5]
    assert [image.shape for image in found[0].images] == [(64, 64)] * 3 + [(40, 64)] * 3
    for stack, old in zip(found, stacks, strict=True):
        assert (stack.plane, stack.pixel_size_um) == (old.plane, old.pixel_size_um)
        assert stack.spacing_um is None
    for new in found[0].images:
        assert (new[:, :9] == OUTSIDE).all()
        assert set(np.unique(new[:, 9:])) == {0, 1, 2}
    every = [image for stack in found for image in stack.images]
    assert len({image.tobytes() for image in every}) == len(every)


def test_the_same_noise_for_all_twins() -> None:
    """One percent more length moves few labels, another seed many."""
    stack = SectionStack("yz", tuple(sections(TWIN, "yz", [0], pixels=64)), (1.0, 1.0))

    def labels(twin: object, seed: int) -> np.ndarray:
        found = simulated_sections((stack,), twin, seed=seed, count=3)  # type: ignore[arg-type]
        return np.array(found[0].images)

    own = labels(TWIN, 4)
    np.testing.assert_array_equal(own, labels(TWIN, 4))
    near = TWIN.with_value("pore", 0.111)
    assert np.mean(own != labels(near, 4)) < 0.03
    assert np.mean(own != labels(TWIN, 5)) > 0.4


def test_thin_stacks_of_many_sections() -> None:
    images = sections(TWIN, "yz", range(3), pixels=32)
    cross = SectionStack("yz", tuple(images * 20), (1.0, 1.0), 0.5)
    other = replace(cross, plane="xz", images=tuple(images * 4))
    plan = SectionStack("xy", tuple(images), (1.0, 1.0))
    few = thinned((cross, plan, other))
    assert [stack.plane for stack in few] == ["yz", "xy", "xz"]
    assert len(few[0].images) + len(few[2].images) == 24
    assert len(few[0].images) == 20
    assert len(few[1].images) == 3
    assert all(stack.spacing_um is None for stack in few)


def test_wrong_pixels_of_the_segmentation_are_simulated_too() -> None:
    """With 3 % of pixels at random the twin's own data are strange, unless that is told."""
    random = np.random.default_rng(8)
    data = []
    for seed in range(3):
        stack = one_cross_section(seed)
        wrong = random.random(stack.images[0].shape) < 0.03
        mistaken = random.integers(0, 3, wrong.shape, dtype=np.uint8)
        data.append(replace(stack, images=(np.where(wrong, mistaken, stack.images[0]),)))
    statistics = SectionStatistics.of(data)
    unaware = score(deviations(statistics, data, TWIN, seed=2))
    aware = score(deviations(statistics, data, TWIN, seed=2, segmentation_error=0.03))
    assert unaware > 4
    assert aware < 2
    clean, noisy = (
        np.array(simulated_sections(data, TWIN, seed=2, segmentation_error=e)[0].images)
        for e in (0.0, 0.03)
    )
    assert np.mean(clean != noisy) == pytest.approx(0.02, rel=0.1)  # a third are right by chance
