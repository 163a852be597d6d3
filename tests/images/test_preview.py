"""Correlation lengths against exact ones, and each doubt where it belongs and nowhere else."""

from __future__ import annotations

import math

import numpy as np
import pytest

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.crop import Crop
from napari_assb_twin.images.draft import VOLUME, Draft, Kind
from napari_assb_twin.images.image import Image
from napari_assb_twin.images.misgivings import misgivings
from napari_assb_twin.images.planes import ALL, PlaneChoice, Selection
from napari_assb_twin.images.preview import Preview, preview
from napari_assb_twin.images.segmentation import GreySegmentation
from napari_assb_twin.images.treatment import Treatment
from napari_assb_twin.measure.sections import Labels, plane_positions, volume_fractions
from napari_assb_twin.twin.exact import DIRECTIONS, coverage
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus

CODES = dict(enumerate(PHASES))


def looked_at(
    *images: Labels,
    kind: Kind = "xz",
    axis: int = 0,
    sizes: tuple[float, ...] = (0.1, 0.1),
    parts: object = CODES,
    selection: Selection = ALL,
    mask: Labels | None = None,
) -> Preview:
    draft = Draft(
        tuple(Image(image, None, "image") for image in images),
        None if mask is None else Image(mask, None, "mask"),
    )
    return preview(
        draft,
        kind=kind,
        pressing_axis=axis,
        voxel_size_um=sizes,
        parts=parts,
        selection=selection,
    )


def section(seed: int, shape: tuple[int, int] = (400, 400), voxel: float = 0.1) -> Labels:
    """A cross-section of the isotropic preset, whose lengths are 4.6 to 6.8 pixels of 0.1 µm."""
    sampler = WindowSampler(preset("isotropic"), Torus((shape[0], 1, shape[1]), (voxel,) * 3))
    return np.ascontiguousarray(sampler(np.random.default_rng(seed))[:, 0])


def kinds(found: Preview) -> list[str]:
    return [sentence.split(":")[0] for sentence in misgivings(found)]


def test_stripes_have_the_length_of_the_formula() -> None:
    """Stripes of width w side by side: the ratio falls as 1 - 3 h / (2 w)."""
    width = 34
    stripes = np.repeat(np.tile(np.arange(3, dtype=np.uint8), 10), width)
    found = looked_at(np.tile(stripes, (400, 1)), sizes=(0.2, 0.1))
    expected = 2 / 3 * (1 - math.exp(-1)) * width * 0.1
    for phase in PHASES:
        across, along = found.reach(phase, "in-plane"), found.reach(phase, "through-plane")
        assert across is not None
        assert along is not None
        assert across.length_um == pytest.approx(expected, rel=0.03)
        assert across.pixels == pytest.approx(expected / 0.1, rel=0.03)
        assert across.extent_um == pytest.approx(102.0)
        assert across.lengths == pytest.approx(102.0 / expected, rel=0.03)
        assert along.length_um is None
        assert along.left == pytest.approx(1.0)
        assert along.extent_um == pytest.approx(80.0)
    assert kinds(found) == ["Plateau not reached"]
    assert "along z has still 100% of its way" in misgivings(found)[0]


def test_lengths_of_a_simulated_twin_are_the_exact_ones() -> None:
    """The mean of eight sections of 400 x 400 pixels, to 5 %."""
    twin = preset("pressed")
    sampler = WindowSampler(twin, Torus((400, 1, 400), (0.1,) * 3))
    found = [looked_at(sampler(np.random.default_rng(seed))[:, 0].copy()) for seed in range(8)]
    lags = np.linspace(0, 2, 2001)
    for direction in DIRECTIONS:
        curves = coverage(twin, lags, direction=direction)
        for phase in PHASES:
            share = curves.volume_fractions[phase]
            ratio = (curves[phase, phase] - share**2) / (share - share**2)
            exact = lags[np.argmax(ratio <= math.exp(-1))]
            lengths = [one.reach(phase, direction).length_um for one in found]
            assert np.mean(lengths) == pytest.approx(exact, rel=0.05), (phase, direction)


def test_sound_images_raise_no_doubt() -> None:
    assert [kinds(looked_at(section(seed))) for seed in range(6)] == [[]] * 6


def test_a_small_image_is_told() -> None:
    found = looked_at(section(1, (48, 400)))
    assert "Small image" in kinds(found)
    assert "along z" in next(s for s in misgivings(found) if s.startswith("Small"))


def test_coarse_pixels_are_told() -> None:
    found = looked_at(section(2, voxel=0.4), sizes=(0.4, 0.4))
    assert kinds(found) == ["Too few pixels"]
    worst = min(reach.pixels for reach in found.reaches)
    assert f"only {worst:.1f} pixels" in misgivings(found)[0]


def test_a_gradient_is_told_with_its_direction() -> None:
    """Two twins joined so that a share of the rows of the one grows linearly."""
    first, rng = section(3), np.random.default_rng(0)
    rows = np.linspace(0, 0.5, 400)
    turned = (first == 1) & (rng.random((400, 1)) < rows[:, None])
    first[turned] = 2
    found = looked_at(first)
    sentence = next(s for s in misgivings(found) if s.startswith("Gradient"))
    assert "down the cross-sections (z)" in sentence
    scatters = [abs(d.change) / d.scatter for d in found.drifts if "across" in d.trend.walk]
    assert max(scatters) < 3


def test_drifts_of_even_images_scatter_as_stated() -> None:
    """Of 25 sections with 6 drifts each: the root mean square of change / scatter is 0.4 to 1.3."""
    found = [looked_at(section(seed, (160, 160))) for seed in range(25)]
    ratios = [drift.change / drift.scatter for one in found for drift in one.drifts]
    assert 0.4 < np.sqrt(np.mean(np.square(ratios))) < 1.3


def test_a_volume_is_looked_at_in_planes_whatever_its_axes() -> None:
    twin = preset("pressed")
    labels = WindowSampler(twin, Torus((64, 96, 128), (0.1,) * 3))(np.random.default_rng(0))
    upright = looked_at(labels, kind=VOLUME, sizes=(0.1,) * 3)
    turned = looked_at(np.moveaxis(labels, 0, 2).copy(), kind=VOLUME, axis=2, sizes=(0.1, 0.1, 0.1))
    assert upright.reaches == turned.reaches
    assert upright.reach("pore", "in-plane").extent_um == pytest.approx(9.6)
    assert upright.reach("pore", "through-plane").extent_um == pytest.approx(6.4)
    walks = {drift.trend.walk for drift in upright.drifts}
    assert "down the cross-sections (z)" in walks
    assert "down the plan views" in walks
    shares = np.bincount(labels.ravel(), minlength=3) / labels.size
    assert list(upright.fractions.values()) == pytest.approx(shares, abs=0.05)


def test_turned_sections_have_their_z_along_the_rows() -> None:
    image = section(4, (300, 400))
    upright = looked_at(image, sizes=(0.2, 0.1))
    turned = looked_at(image.T.copy(), axis=1, sizes=(0.1, 0.2))
    assert upright.reaches == turned.reaches


def test_plan_views_say_nothing_of_z() -> None:
    found = looked_at(section(5), kind="xy")
    assert {reach.direction for reach in found.reaches} == {"in-plane"}
    assert found.reach("pore", "through-plane") is None


def test_a_label_that_no_plane_shows_is_passed_over() -> None:
    labels = np.stack([section(6, (64, 64))] * 40)
    labels[0, 0, 0] = 9
    parts = {**CODES, 9: "outside"}
    found = looked_at(labels, kind=VOLUME, sizes=(0.1,) * 3, parts=parts)
    assert sum(found.fractions.values()) == pytest.approx(1)


def test_two_phases_are_refused_in_a_sentence() -> None:
    two = (section(7) > 0).astype(np.uint8)
    with pytest.raises(InputError, match="three phases"):
        looked_at(two)


def test_only_the_part_that_counts_is_looked_at() -> None:
    """A region of a section, planes of a volume, and what a mask leaves."""
    image = section(8, (300, 400))
    region = looked_at(image, selection=Selection(crop=Crop(((100, None), (0, 200)))))
    alone = looked_at(image[100:, :200].copy())
    assert region == alone
    volume = np.stack([section(9, (64, 96)) for _ in range(40)])
    chosen = Selection(planes=PlaneChoice("xy", (3,)))
    planes = looked_at(volume, kind=VOLUME, sizes=(0.1,) * 3, selection=chosen)
    assert planes == looked_at(volume[3], kind="xy")
    mask = np.zeros(image.shape, np.uint8)
    mask[100:, :200] = 1
    masked = looked_at(image, mask=mask)
    assert masked.fractions == alone.fractions
    for one, other in zip(masked.reaches, alone.reaches, strict=True):
        assert one.length_um == pytest.approx(other.length_um, rel=1e-9)


def test_contrast_is_that_of_the_files_in_the_preview_as_in_the_data() -> None:
    """Slices of different brightness in one file, of which the preview sees four of forty."""
    rng = np.random.default_rng(0)
    levels, phases = np.array([20, 200, 110]), np.stack([section(0, (64, 64))] * 40)
    light = np.linspace(0.4, 1, 40)[:, None, None]
    grey = ((levels[phases] + rng.integers(-9, 10, phases.shape)) * light).astype(np.uint8)
    how = GreySegmentation(thresholds=(60, 150), treatment=Treatment(contrast=(1, 99)))
    found = looked_at(grey, parts=how)
    draft = Draft((Image(grey, None, "image"),))
    data = draft.apply(kind="xz", pressing_axis=0, voxel_size_um=(0.1, 0.1), parts=how)
    expected = volume_fractions([data.images[i] for i in plane_positions(40, 4)])
    assert found.fractions == pytest.approx(expected)
    volume = looked_at(grey, kind="volume", sizes=(0.1,) * 3, parts=how)
    crosses = [np.stack(data.images)[:, i] for i in plane_positions(64, 4)]
    both = volume_fractions([*(data.images[i] for i in plane_positions(40, 4)), *crosses])
    assert volume.fractions == pytest.approx(both)
