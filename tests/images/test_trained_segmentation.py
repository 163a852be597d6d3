"""Phases by example: better than any two thresholds where blur makes rims; the same every time."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from scipy import ndimage

from napari_assb_twin import cli
from napari_assb_twin.errors import InputError
from napari_assb_twin.images.draft import VOLUME, Draft
from napari_assb_twin.images.reading import Image
from napari_assb_twin.images.scribbles import Scribbles
from napari_assb_twin.images.segmentation import GreySegmentation
from napari_assb_twin.images.trained_segmentation import (
    ForestOptions,
    TrainedSegmentation,
    train,
)
from napari_assb_twin.images.treatment import Denoising, Treatment
from napari_assb_twin.steps import finished

LEVELS = np.array([50.0, 200.0, 120.0])
FEW = ForestOptions(trees=20, coarsest_px=8)


def truth(seed: int, shape: tuple[int, ...] = (200, 200)) -> np.ndarray:
    """Pores and active material that touch, in an electrolyte."""
    random = np.random.default_rng(seed)
    first, second = (
        ndimage.gaussian_filter(random.normal(size=shape), 9, mode="wrap") for _ in range(2)
    )
    phases = np.full(shape, 2, np.uint8)
    phases[first > 0.1 * first.std()] = 1
    phases[(first <= 0.1 * first.std()) & (second > 0.2 * second.std())] = 0
    return phases


def seen(phases: np.ndarray, seed: int) -> np.ndarray:
    """Blurred over two pixels, with noise: each boundary of pore and active material gets a rim."""
    blurred = ndimage.gaussian_filter(LEVELS[phases], [0] * (phases.ndim - 2) + [2, 2])
    noise = np.random.default_rng(seed).normal(0, 8, phases.shape)
    return np.clip(blurred + noise, 0, 255).astype(np.uint8)


def painted(phases: np.ndarray, strokes: int = 40, seed: int = 0) -> np.ndarray:
    """Squares of at most 5 x 5 pixels here and there, each of the phase in its middle."""
    random, marks = np.random.default_rng(seed), np.zeros(phases.shape, np.uint8)
    for index in range(3):
        places = np.argwhere(phases == index)
        for row, column in places[random.choice(len(places), strokes, replace=False)]:
            square = (slice(max(0, row - 2), row + 3), slice(max(0, column - 2), column + 3))
            marks[square] = np.where(phases[square] == index, index + 1, marks[square])
    return marks


def scribbles_of(phases: np.ndarray, image: np.ndarray, **options: int) -> Scribbles:
    return Scribbles.of([painted(phases, **options)], [image], ["a.tif"])


def test_the_forest_beats_any_two_thresholds_where_blur_makes_rims() -> None:
    """On the image that was painted, and on another of the kind that it never saw.

    The thresholds are the best of a grid that knows the truth, with and without a median filter.
    """
    first, second = truth(0), truth(5)
    images = [seen(first, 3), seen(second, 9)]
    trained = finished(train(images, scribbles_of(first, images[0]), ForestOptions()))
    for phases, image, labels in zip((first, second), images, trained.labels, strict=True):
        best = min(
            (how.phases(image)[0] != phases).mean()
            for denoise in (None, Denoising("median", 1))
            for low in range(65, 115, 10)
            for high in range(135, 185, 10)
            for how in [
                GreySegmentation(thresholds=(low, high), treatment=Treatment(denoise=denoise))
            ]
        )
        assert best > 0.04
        assert (labels != phases).mean() < 0.6 * best
    assert 0.9 < trained.accuracy <= 1


def test_the_same_scribbles_give_the_same_phases_and_another_seed_others() -> None:
    phases = truth(1)
    image = seen(phases, 1)
    scribbles = scribbles_of(phases, image)
    once, again = (finished(train([image], scribbles, FEW)) for _ in range(2))
    assert np.array_equal(once.labels[0], again.labels[0])
    assert once.accuracy == again.accuracy
    other = finished(train([image], scribbles, replace(FEW, seed=1)))
    assert not np.array_equal(once.labels[0], other.labels[0])


def test_slices_of_a_stack_are_named_by_examples_in_one_of_them() -> None:
    phases = np.stack([truth(seed, (90, 100)) for seed in range(3)])
    stack = seen(phases, 2)
    marks = np.zeros(stack.shape, np.uint8)
    marks[1] = painted(phases[1])
    steps = []
    run = train([stack], Scribbles.of([marks], [stack], ["a.tif"]), FEW)
    while True:
        try:
            steps.append(next(run))
        except StopIteration as end:
            trained = end.value
            break
    assert [step.step for step in steps] == [0, 0, 0, 1, 2]
    assert {step.total for step in steps} == {3}
    for found, known in zip(trained.labels[0], phases, strict=True):
        assert (found != known).mean() < 0.08


def test_treatment_and_small_regions_are_part_of_it() -> None:
    """A file of other brightness is named as well if the contrast is brought to one scale."""
    first, second = truth(0), truth(5)
    image, dimmer = seen(first, 3), (seen(second, 9) // 2 + 20).astype(np.uint8)
    scribbles = scribbles_of(first, image)
    plain = finished(train([image, dimmer], scribbles, FEW))
    options = replace(FEW, treatment=Treatment(contrast=(1, 99)), min_object_px=40)
    scaled = finished(train([image, dimmer], scribbles, options))
    assert (plain.labels[1] != second).mean() > 0.3
    assert (scaled.labels[1] != second).mean() < 0.08
    cleaned = scaled.phases()[0]
    for index in range(3):
        regions, count = ndimage.label(cleaned == index)
        assert np.bincount(regions.reshape(-1))[1:].min(initial=40) >= 40
        assert count > 0


def test_a_draft_takes_what_the_forest_found_and_records_it() -> None:
    phases = truth(1)
    image = seen(phases, 1)
    scribbles = scribbles_of(phases, image)
    trained = finished(train([image], scribbles, replace(FEW, min_object_px=5)))
    data = Draft((Image(image, None, "a.tif"),)).apply(
        kind="xz", pressing_axis=1, voxel_size_um=(0.1, 0.2), parts=trained
    )
    assert np.array_equal(data.images[0], trained.phases()[0].T)
    assert data.alternatives == ()
    read = json.loads(json.dumps(data.reading[0]))
    forest = read["random_forest"]
    marks = painted(phases)
    assert forest["scribbles_sha256"] == hashlib.sha256(marks.tobytes()).hexdigest()
    assert forest["scribbled_pixels"] == {
        name: int((marks == index + 1).sum())
        for index, name in enumerate(("pore", "active_material", "solid_electrolyte"))
    }
    assert forest["out_of_bag_accuracy"] == round(trained.accuracy, 4)
    assert (forest["trees"], forest["seed"], read["min_object_px"]) == (20, 0, 5)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda marks: np.where(marks == 2, 0, marks), "0 of active material"),
        (lambda marks: np.where(marks > 0, marks + 1, 0), "other values than 0"),
        (lambda marks: marks.astype(float), "other values than 0"),
        (lambda marks: marks.astype(int) - 1, "other values than 0"),
        (lambda marks: marks[:-1], "199 x 200 pixels but a.tif has 200 x 200"),
        (lambda marks: np.zeros_like(marks), "at least 20 of each phase"),
    ],
)
def test_scribbles_that_do_not_suit_are_one_sentence(change: Any, words: str) -> None:
    marks = painted(truth(0))
    image = np.zeros(marks.shape, np.uint8)
    with pytest.raises(InputError, match=words) as caught:
        Scribbles.of([change(marks)], [image], ["a.tif"])
    assert "\n" not in str(caught.value)


def test_what_cannot_be_learned_is_one_sentence() -> None:
    image = seen(truth(0), 0)
    with pytest.raises(InputError, match="2 files of scribbles for 1 image"):
        Scribbles.of([painted(truth(0))] * 2, [image], ["a.tif"])
    scribbles = scribbles_of(truth(0), image)
    with pytest.raises(InputError, match=r"a\.tif holds NaN"):
        next(train([image * np.nan], scribbles, FEW, source="a.tif"))
    with pytest.raises(InputError, match="1 to 1000"):
        ForestOptions(trees=0)
    with pytest.raises(InputError, match="rising numbers"):
        ForestOptions(finest_px=4, coarsest_px=2)
    nothing = TrainedSegmentation((np.zeros((9, 9), np.uint8),), FEW, scribbles, 1.0)
    with pytest.raises(InputError, match=r"no active material \(CAM\) in a\.tif"):
        nothing.phases(source="a.tif")


def test_the_command_learns_from_scribbles(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Scribbles on the first of two planes; both are named by one forest."""
    first, second = truth(0), truth(5)
    for name, array in (
        ("xy", seen(first, 3)), ("xz", seen(second, 9)), ("s", painted(first)),
    ):  # fmt: skip
        tifffile.imwrite(tmp_path / f"{name}.tif", array)
    out = tmp_path / "a.twin.json"
    call = ["calibrate", "--xy", tmp_path / "xy.tif", "--xz", tmp_path / "xz.tif"]
    call += ["--voxel-size-um", "0.1", "--scribbles", tmp_path / "s.tif", "--min-object-px", "9"]
    call += ["--bootstrap", "0", "-o", out, "--json"]
    assert cli.main([str(one) for one in call]) == 0
    answer = json.loads(capsys.readouterr().out)
    known = np.bincount(np.stack([first, second]).reshape(-1)) / first.size / 2
    found = answer["twin"]["volume_fractions"]
    assert list(found.values()) == pytest.approx(known, abs=0.03)
    (reading,) = json.loads(out.read_text(encoding="utf-8"))["provenance"]["reading"]
    assert reading["random_forest"]["scribbled_pixels"]["pore"] > 100
    assert reading["min_object_px"] == 9


def test_images_of_another_size_are_not_taken_for_those_that_were_named() -> None:
    phases = truth(1)
    image = seen(phases, 1)
    trained = finished(train([image], scribbles_of(phases, image), FEW))
    cropped = Draft((Image(image[:150], None, "a.tif"),))
    with pytest.raises(InputError, match=r"a\.tif has another size .* train it again"):
        cropped.apply(kind="xz", pressing_axis=0, voxel_size_um=(1, 1), parts=trained)


def test_small_regions_reach_through_a_volume() -> None:
    """Small regions are counted through the volume, not slice by slice."""
    phases = np.full((32, 32, 32), 2, np.uint8)
    phases[:, 16:] = 1
    phases[:, 4:6, 4:6] = 0
    scribbles = Scribbles.of([painted(truth(0))], [seen(truth(0), 0)], ["a.tif"])
    trained = TrainedSegmentation((phases,), replace(FEW, min_object_px=9), scribbles, 1.0)
    one = Draft((Image(phases, None, "a.tif"),))
    answers: dict[str, Any] = {"pressing_axis": 0, "parts": trained}
    volume = one.apply(kind=VOLUME, voxel_size_um=(1, 1, 1), **answers)
    assert (volume.images[0] == phases).all()
    with pytest.raises(InputError, match="finds no pore"):
        one.apply(kind="xz", voxel_size_um=(1, 1), **answers)
