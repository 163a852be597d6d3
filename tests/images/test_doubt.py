"""Boundaries move by the doubt, on the mean, and nothing else moves."""

import math

import numpy as np
import pytest

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.doubt import moved_boundaries
from napari_assb_twin.measure.sections import SectionStack, Volume, volume_fractions
from napari_assb_twin.twin.phases import OUTSIDE, PHASES
from napari_assb_twin.twin.presets import PRESETS
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus


def images_of(measured):
    if isinstance(measured, Volume):
        return [measured.labels]
    return [image for stack in measured for image in stack.images]


def by_name(measured, doubt):
    return {a.name: images_of(a.measured) for a in moved_boundaries(measured, doubt)}


def disks(radius, edges=(1.0, 1.0), shape=(256, 256)):
    """Disks of active material of one radius; a little pore far from them; electrolyte around."""
    random = np.random.default_rng(0)
    rows, columns = (np.arange(n) * edge for n, edge in zip(shape, edges, strict=True))
    image = np.full(shape, 2, np.uint8)
    count = 0
    step = 4 * radius
    for row in np.arange(step, rows[-1] - step, step):
        for column in np.arange(step, columns[-1] - step, step):
            dr, dc = random.uniform(-0.5, 0.5, 2)
            far = np.hypot(rows[:, None] - row - dr, columns - column - dc)
            image[far <= radius] = 1
            count += 1
    image[:3, :3] = 0
    return image, count


@pytest.mark.parametrize("edges", [(1.0, 1.0), (1.5, 1.0)])
@pytest.mark.parametrize("doubt", [0.25, 0.5, 1.0])
@pytest.mark.parametrize("radius", [6, 15])
def test_disks_grow_and_shrink_by_the_doubt(radius, doubt, edges):
    image, count = disks(radius, edges)
    stack = SectionStack("xz", (image,), edges)
    moved = by_name((stack,), doubt)
    for way, sign in (("grown", 1), ("shrunk", -1)):
        (labels,) = moved[f"active material {way} by {doubt:g} px"]
        area = (labels == 1).sum() * math.prod(edges)
        assert math.sqrt(area / count / math.pi) - radius == pytest.approx(
            sign * doubt, rel=0.15, abs=0.05
        )


def test_balls_grow_by_the_doubt():
    z, y, x = np.meshgrid(*(np.arange(n) - n / 2 + 0.2 for n in (64, 64, 64)), indexing="ij")
    ball = np.where(z**2 + y**2 + x**2 <= 20**2, 1, 2).astype(np.uint8)
    ball[:2, :2, :2] = 0
    moved = by_name(Volume(ball, (0.1, 0.1, 0.1)), 0.5)
    for way, radius in (("grown", 20.5), ("shrunk", 19.5)):
        (labels,) = moved[f"active material {way} by 0.5 px"]
        assert (labels == 1).sum() == pytest.approx(4 / 3 * math.pi * radius**3, rel=0.01)


@pytest.mark.parametrize("slope", [0.13, 0.5, 1.0])
def test_straight_lines_move_by_the_doubt_on_the_mean(slope):
    rows, columns = np.mgrid[:200, :200]
    image = np.where(rows - 100 > slope * (columns - 100) + 0.3, 1, 2).astype(np.uint8)
    image[:6, :6] = 0
    moved = by_name((SectionStack("xy", (image,), (1.0, 1.0)),), 0.5)
    (labels,) = moved["active material grown by 0.5 px"]
    changed = ((labels == 1).sum() - (image == 1).sum()) / (200 * math.hypot(1, slope))
    assert changed == pytest.approx(0.5, abs=0.25 if slope == 1.0 else 0.12)


def twin_sections():
    twin = PRESETS["isotropic"].twin
    sampler = WindowSampler(twin, Torus((160, 1, 160), (0.05, 0.05, 0.05)))
    images = [np.ascontiguousarray(sampler(np.random.default_rng(n))[:, 0]) for n in range(2)]
    images[0][40:60, 30:90] = OUTSIDE
    return (SectionStack("yz", tuple(images), (0.05, 0.05), 0.2),)


def test_growing_only_adds_and_shrinking_only_removes_and_outside_stays():
    measured = twin_sections()
    before = images_of(measured)
    alternatives = moved_boundaries(measured, 0.5)
    assert [a.name for a in alternatives[:2]] == [
        "pore grown by 0.5 px",
        "pore shrunk by 0.5 px",
    ]
    assert len(alternatives) == 6
    for alternative in alternatives:
        phase = next(
            i for i, p in enumerate(PHASES) if alternative.name.startswith(p.replace("_", " "))
        )
        (stack,) = alternative.measured
        assert stack.plane == "yz"
        assert stack.pixel_size_um == (0.05, 0.05)
        assert stack.spacing_um == 0.2
        for old, new in zip(before, stack.images, strict=True):
            assert np.array_equal(old == OUTSIDE, new == OUTSIDE)
            changed = old != new
            assert 0.005 < changed.mean() < 0.2
            assert np.all((new if "grown" in alternative.name else old)[changed] == phase)


def test_what_a_phase_gives_up_goes_to_its_neighbour():
    """A disk of active material that touches electrolyte above and pore below."""
    rows, columns = np.mgrid[:128, :128]
    image = np.where(rows < 64, 2, 0).astype(np.uint8)
    image[np.hypot(rows - 63.5, columns - 63.5) < 30.2] = 1
    (labels,) = by_name((SectionStack("xz", (image,), (1.0, 1.0)),), 1.0)[
        "active material shrunk by 1 px"
    ]
    given = (image == 1) & (labels == 2)
    taken = (image == 1) & (labels == 0)
    assert rows[given].max() < 66
    assert rows[taken].min() > 62
    assert given.sum() == pytest.approx(taken.sum(), rel=0.1)


def test_a_phase_moves_as_on_a_grid_four_times_as_fine():
    """The truth: dilation on a fine grid, of a smooth phase, seen through every fourth pixel."""
    from scipy.ndimage import distance_transform_edt

    twin = PRESETS["blobs"].twin
    fine = WindowSampler(twin, Torus((768, 1, 768), (0.02, 0.02, 0.02)))(np.random.default_rng(3))
    fine = fine[:, 0]
    seen = np.ascontiguousarray(fine[2::4, 2::4])
    moved = by_name((SectionStack("yz", (seen,), (0.08, 0.08)),), 0.5)
    active = fine == 1
    for way, true in (
        ("grown", distance_transform_edt(~active) <= 2.5),
        ("shrunk", distance_transform_edt(active) > 2.5),
    ):
        (labels,) = moved[f"active material {way} by 0.5 px"]
        expected = true.mean() - active.mean()
        assert (labels == 1).mean() - (seen == 1).mean() == pytest.approx(expected, rel=0.15)
        wrong = np.mean((labels == 1) != true[2::4, 2::4])
        assert wrong < 0.55 * abs(expected)


@pytest.mark.parametrize("doubt", [0.0, -1.0, math.nan, math.inf, 3.5])
def test_a_doubt_that_is_none_is_refused(doubt):
    with pytest.raises(InputError, match="doubt of the boundaries"):
        moved_boundaries(twin_sections(), doubt)


def test_a_phase_may_not_vanish():
    image, _ = disks(6)
    with pytest.raises(InputError, match="no pore left"):
        moved_boundaries((SectionStack("xz", (image,), (1.0, 1.0)),), 3.0)


def test_the_fractions_bracket_those_that_were_measured():
    measured = twin_sections()
    before = volume_fractions(images_of(measured))
    for alternative in moved_boundaries(measured, 0.5):
        phase = next(p for p in PHASES if alternative.name.startswith(p.replace("_", " ")))
        after = volume_fractions(images_of(alternative.measured))
        assert (after[phase] > before[phase]) == ("grown" in alternative.name)
