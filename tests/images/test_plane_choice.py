"""Regions, planes, rows of text and tilt: the part of an image that counts."""

from __future__ import annotations

import math
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.axes import orient_volume, orient_voxel_size
from napari_assb_twin.images.crop import WHOLE, Crop, parse_crop
from napari_assb_twin.images.draft import VOLUME, Draft
from napari_assb_twin.images.formats import tiff
from napari_assb_twin.images.image import Image
from napari_assb_twin.images.planes import ALL, PlaneChoice, Selection, parse_planes
from napari_assb_twin.images.reading import read_image
from napari_assb_twin.images.tilt import untilted
from napari_assb_twin.measure.sections import Volume

SIZES = (0.1, 0.2, 0.3)
PHASES = {0: "pore", 1: "active_material", 2: "solid_electrolyte"}


@pytest.fixture
def volume() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 3, (40, 44, 48)).astype(np.uint8)


def image_of(array: np.ndarray, **more: Any) -> Image:
    return Image(array, SIZES[-array.ndim :], "v.tif", **more)


@pytest.mark.parametrize(
    ("text", "slices"),
    [
        ("1:4,2:,:5", (slice(1, 4), slice(2, 44), slice(0, 5))),
        (" : , 0:44 ,47:48", (slice(0, 40), slice(0, 44), slice(47, 48))),
    ],
)
def test_regions(text: str, slices: tuple[slice, ...]) -> None:
    crop = parse_crop(text)
    assert crop.slices((40, 44, 48), "v.tif") == slices
    assert parse_crop(crop.record()) == crop


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "give the first voxel"),
        ("1-4,2:3,:", "give the first voxel"),
        ("-1:4,:,:", "give the first voxel"),
        ("1:4,:", "has 2 ranges, but v.tif has 3 axes"),
        (":,:,0:49", "voxels 0 to 49 along axis 2 of v.tif, which has 48"),
        ("4:4,:,:", "voxels 4 to 4 along axis 0"),
    ],
)
def test_regions_that_are_none(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        parse_crop(text).slices((40, 44, 48), "v.tif")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("xz=10,3,10", (3, 10)), ("xz=every:20", (0, 20, 40)), ("xz=evenly:2", (10, 32)),
     ("xz=0", (0,))],
)  # fmt: skip
def test_planes_by_number_in_steps_and_evenly(text: str, numbers: tuple[int, ...]) -> None:
    choice = parse_planes(text)
    assert choice.positions(range(44), "v.tif") == numbers
    assert parse_planes(choice.record()) == choice


@pytest.mark.parametrize("count", [1, 7, 60, 99, 100, 300])
def test_evenly_spread_planes_reach_from_end_to_end(count: int) -> None:
    """Also where their number is no divisor: none is further from its neighbour than another."""
    positions = PlaneChoice("xz", evenly=count).positions(range(20, 120), "v.tif")
    used = min(count, 100)
    middles = 20 + (np.arange(used) + 0.5) * 100 / used - 0.5
    assert len(positions) == used
    assert np.abs(np.array(positions) - middles).max() < 1
    steps = np.diff(positions)
    assert used == 1 or (steps.min() >= 1 and steps.max() - steps.min() <= 1)


def test_planes_of_a_region_keep_their_numbers() -> None:
    assert parse_planes("xz=12").positions(range(10, 20), "v.tif") == (12,)
    assert parse_planes("xz=every:4").positions(range(10, 20), "v.tif") == (10, 14, 18)
    with pytest.raises(InputError, match=r"plane 9 of v\.tif, which has the planes 10 to 19"):
        parse_planes("xz=9").positions(range(10, 20), "v.tif")


@pytest.mark.parametrize(
    "text", ["", "xz", "zx=3", "xz=", "xz=-3", "xz=3;4", "xz=every:0", "xz=evenly:2,3", "xz=all:3"]
)
def test_planes_that_are_none(text: str) -> None:
    with pytest.raises(InputError, match=r"xz=10,50,90 \(by number\), yz=every:20 or xy=evenly:8"):
        parse_planes(text)


def test_a_choice_is_of_one_kind() -> None:
    with pytest.raises(InputError, match="is not clear"):
        PlaneChoice("xy", (1, 2), every=3)
    with pytest.raises(InputError, match="is not clear"):
        PlaneChoice("xy")


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("plane", ["xy", "xz", "yz"])
def test_planes_are_those_of_the_turned_volume(volume: np.ndarray, axis: int, plane: str) -> None:
    """z along the rows of xz and yz, whichever axis of the file was pressed."""
    turned, sizes = orient_volume(volume, axis), orient_voxel_size(SIZES, axis)
    across = {"xy": 0, "xz": 1, "yz": 2}[plane]
    selection = Selection(planes=parse_planes(f"{plane}=3,11"))
    part = selection.of(image_of(volume), axis)
    for got, number in zip(part.array, (3, 11), strict=True):
        np.testing.assert_array_equal(got, np.take(turned, number, axis=across))
    within = [size for i, size in enumerate(sizes) if i != across]
    assert part.voxel_size_um == (sizes[across], *within)


def test_planes_of_a_region(volume: np.ndarray) -> None:
    selection = Selection(parse_crop("2:39,4:40,:"), parse_planes("yz=every:30"))
    part = selection.of(image_of(volume), 0)
    np.testing.assert_array_equal(part.array, volume[2:39, 4:40, [0, 30]].transpose(2, 0, 1))
    with pytest.raises(InputError, match="is a single section"):
        Selection(planes=parse_planes("xy=0")).of(image_of(volume[0]), 0)


@pytest.mark.parametrize("compression", [None, "zlib"])
def test_of_a_file_only_the_planes_are_loaded(
    tmp_path: Path, volume: np.ndarray, compression: str | None
) -> None:
    path = tmp_path / "v.tif"
    tifffile.imwrite(path, volume, photometric="minisblack", compression=compression)
    for text in ("xy=3,11", "xz=3,11", "yz=evenly:3"):
        selection = Selection(parse_crop("1:30,2:,:"), parse_planes(text))
        part = read_image(path, selection=selection, pressing_axis=1)
        expected = selection.of(image_of(volume), 1)
        np.testing.assert_array_equal(part.array, expected.array)
        assert part.crop == selection.crop


def test_a_selection_survives_a_provenance() -> None:
    every = Selection(parse_crop("1:3,:,:"), parse_planes("xy=evenly:4"), True, 52.0)
    assert Selection.from_record(every.record()) == every
    assert ALL.record() == {}
    assert Selection.from_record({"phases": None}) == ALL


def test_the_rows_of_a_bar_are_left_out_unless_a_region_is_given(volume: np.ndarray) -> None:
    micrograph = image_of(volume[0], information_bar=(33, 44))
    assert Selection().of(micrograph, 0).array.shape == (44, 48)
    part = Selection(cut_bar=True).of(micrograph, 0)
    np.testing.assert_array_equal(part.array, volume[0, :33])
    assert (part.crop, part.cut_bar, part.information_bar) == (parse_crop(":33,:"), True, None)
    by_hand = Selection(parse_crop("0:40,:"), cut_bar=True).of(micrograph, 0)
    assert (by_hand.array.shape, by_hand.cut_bar) == ((40, 48), False)
    stack = image_of(volume, information_bar=(33, 44))
    assert Selection(cut_bar=True).of(stack, 0).array.shape == (40, 33, 48)


def test_the_geometry_of_a_tilt() -> None:
    """A unit of depth on a cross-section, a unit on the surface, under a beam at 52 degrees.

    The stage turns the sample about the columns; what is seen along the rows is the part of a
    length at right angles to the beam.
    """
    tilt = math.radians(52)
    beam = np.array([math.cos(tilt), math.sin(tilt)])  # (surface normal, along the surface)
    across = np.array([-beam[1], beam[0]])
    depth, along = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    seen_depth, seen_along = abs(depth @ across), abs(along @ across)
    rows = untilted((seen_depth, 0.5), 52, plan_view=False)[0]
    assert rows == pytest.approx(1.0)
    rows = untilted((seen_along, 0.5), 52, plan_view=True)[0]
    assert rows == pytest.approx(1.0)
    assert untilted((3.0, 0.02, 0.02), 52, plan_view=False) == pytest.approx(
        (3.0, 0.02 / 0.788010754, 0.02)
    )
    assert untilted((0.02, 0.02), 0, plan_view=True) == (0.02, 0.02)


@pytest.mark.parametrize(
    ("tilt", "plan"), [(0, False), (1, False), (89, True), (-5, True), (math.nan, True)]
)
def test_a_tilt_that_shows_nothing(tilt: float, plan: bool) -> None:
    with pytest.raises(InputError, match="cannot be seen"):
        untilted((0.1, 0.1), tilt, plan_view=plan)


def apply(draft: Draft, **options: Any) -> Any:
    given = {"kind": VOLUME, "pressing_axis": 0, "voxel_size_um": SIZES, "parts": PHASES}
    return draft.apply(**given | options)


def test_a_volume_with_a_region_and_a_mask(volume: np.ndarray) -> None:
    outside = np.zeros(volume.shape, bool)
    outside[:, :10] = True
    marked = np.where(outside, 9, volume).astype(np.uint8)  # a label that need not be named
    mask = Image((~outside).astype(np.uint8), None, "m.tif")
    draft = Draft((image_of(marked),), mask)
    assert set(draft.labels) == {0, 1, 2}
    data = apply(draft, selection=Selection(parse_crop("1:39,:,2:46")))
    expected = np.where(outside, 255, volume)[1:39, :, 2:46]
    assert isinstance(data.measured, Volume)
    np.testing.assert_array_equal(data.measured.labels, expected)
    assert data.reading[0]["crop"] == "1:39,:,2:46"
    assert data.reading[0]["mask"] == {"layer": "m.tif"}


def test_grey_values_within_a_mask(volume: np.ndarray) -> None:
    grey = (np.array([20, 110, 200], np.uint8)[volume] + volume % 5).astype(np.uint8)
    outside = np.zeros(volume.shape, bool)
    outside[:, :, :9] = True
    from napari_assb_twin.images.thresholds import Thresholds

    mask = Image((~outside).astype(np.uint8) * 255, None, "m.tif")
    cut = Thresholds(low=60, high=150, dark_to_bright=tuple(PHASES.values()))  # type: ignore[arg-type]
    data = apply(Draft((image_of(np.where(outside, 255, grey)),), mask), parts=cut)
    np.testing.assert_array_equal(data.measured.labels, np.where(outside, 255, volume))


def test_a_mask_has_the_size_of_the_image(volume: np.ndarray) -> None:
    mask = Image(volume[:, :-1], None, "m.tif")
    with pytest.raises(
        InputError, match=r"m\.tif has 40 x 43 x 48 pixels, but v\.tif 40 x 44 x 48"
    ):
        Draft((image_of(volume),), mask)


@pytest.mark.parametrize("axis", [0, 2])
def test_planes_of_a_tomogram_become_sections(volume: np.ndarray, axis: int) -> None:
    selection = Selection(planes=parse_planes("yz=5,9"), tilt_degrees=52)
    data = apply(Draft((image_of(volume),)), selection=selection, pressing_axis=axis)
    (stack,) = data.measured
    turned = orient_volume(volume, axis)
    assert stack.plane == "yz"
    np.testing.assert_array_equal(stack.images[1], turned[:, :, 9])
    right = orient_voxel_size(untilted(SIZES, 52, plan_view=False), axis)
    assert stack.pixel_size_um == pytest.approx(right[:2])
    assert data.reading[0]["planes"] == "yz=5,9"
    assert data.reading[0]["kind"] == VOLUME
    assert data.reading[0]["tilt_degrees"] == 52
    with pytest.raises(InputError, match="planes are chosen of a volume"):
        apply(Draft((image_of(volume[0]),)), kind="xz", voxel_size_um=(1, 1), selection=selection)


def test_nothing_selected_is_the_image_itself(volume: np.ndarray) -> None:
    image = image_of(volume)
    assert Crop() == WHOLE
    assert ALL.of(image, 0).array.base is volume
    assert Draft((image,)).selected(ALL, kind=VOLUME, pressing_axis=0).images[0] is image


@pytest.mark.parametrize("planes", ["xz=3,17,39", "yz=5,6,7", "xy=0,2"])
@pytest.mark.parametrize("axis", [0, 2])
@pytest.mark.parametrize("name", ["v.tif", "v.npy", "v.zarr", "folder"])
def test_planes_of_a_file_are_those_of_its_voxels(
    tmp_path: Path, volume: np.ndarray, planes: str, axis: int, name: str
) -> None:
    path = tmp_path / name
    if name == "folder":
        path.mkdir()
        for number, plane in enumerate(volume):
            tifffile.imwrite(path / f"s{number:03}.tif", plane)
    elif name == "v.zarr":
        shape = (1, *volume.shape)  # the axis of a channel is dropped
        zarr = pytest.importorskip("zarr")
        zarr.create_array(str(path), shape=shape, chunks=(1, 16, 16, 16), dtype="u1")[0] = volume
    elif name == "v.npy":
        np.save(path, volume)
    else:
        tifffile.imwrite(path, volume, photometric="minisblack", compression="zlib")
    selection = Selection(Crop(((1, 40), (2, 43), (None, 47))), parse_planes(planes))
    if planes == "xy=0,2":
        selection = replace(selection, crop=WHOLE)
    expected = selection.of(image_of(volume), axis).array
    read = read_image(path, selection=selection, pressing_axis=axis).array
    np.testing.assert_array_equal(read, expected)


@pytest.mark.parametrize(
    "selection",
    [
        Selection(planes=parse_planes("xz=3,17,33")),
        Selection(planes=parse_planes("yz=every:12")),
        Selection(parse_crop(":,4:12,:")),
    ],
)
def test_a_packed_stack_is_gone_through_once_and_cut_page_by_page(
    tmp_path: Path, selection: Selection, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = np.random.default_rng(0).integers(0, 3, (60, 256, 192)).astype(np.uint8)
    path = tmp_path / "v.tif"
    tifffile.imwrite(path, stack, photometric="minisblack", compression="zlib")
    unpacked: list[int] = []
    whole = tifffile.TiffFile.asarray

    def counted(tiff: Any, key: Any = None, **options: Any) -> Any:
        unpacked.extend(key)
        return whole(tiff, key=key, **options)

    read_image(path, selection=selection)  # imports what it needs
    monkeypatch.setattr(tifffile.TiffFile, "asarray", counted)
    monkeypatch.setattr(tiff, "MOST_AT_ONCE", 2 * stack[0].nbytes)
    tracemalloc.start()
    part = read_image(path, selection=selection)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    np.testing.assert_array_equal(part.array, selection.of(image_of(stack), 0).array)
    assert unpacked == list(range(60))
    assert most < stack.nbytes / 2
