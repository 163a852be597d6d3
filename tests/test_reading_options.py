"""The options of the command that say how files are read, and how the record repeats them."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from napari_assb_twin import cli
from napari_assb_twin.errors import InputError
from napari_assb_twin.image_input import open_images
from napari_assb_twin.measure.sections import SectionStack, Volume
from napari_assb_twin.report.inputs import measured_again
from napari_assb_twin.report.record import Record
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.synthesis import generate
from napari_assb_twin.twin.twin_file import load_twin


@pytest.fixture(scope="module")
def labels() -> np.ndarray:
    return generate(preset("pressed"), shape=(96, 80, 88), seed=1, device="cpu")


def parsed(*arguments: object) -> Namespace:
    words = [str(argument) for argument in arguments]
    return cli.parser().parse_args(["calibrate", "-o", "a.twin.json", *words])


def test_sections_of_a_volume_in_two_directions(tmp_path: Path, labels: np.ndarray) -> None:
    np.save(tmp_path / "v.npy", np.moveaxis(labels, 0, 2))  # pressed along the last axis
    mask = np.ones(labels.shape, np.uint8)
    mask[:, :, :40] = 0
    np.save(tmp_path / "m.npy", np.moveaxis(mask, 0, 2))
    images = open_images(
        parsed(
            *("--volume", tmp_path / "v.npy", "--voxel-size", "100nm,200nm,300nm"),
            *("--pressing-axis", 2, "--planes", "xz=10,30", "yz=every:40"),
            *("--crop", "4:80,2:88,:", "--mask", tmp_path / "m.npy"),
        )
    )
    measured = images.measured()
    assert not isinstance(measured, Volume)
    xz, yz = measured
    expected = np.where(mask == 0, 255, labels)
    assert (xz.plane, xz.pixel_size_um) == ("xz", (0.3, 0.2))
    assert (yz.plane, yz.pixel_size_um) == ("yz", (0.3, 0.1))
    for image, number in zip(xz.images, (10, 30), strict=True):
        np.testing.assert_array_equal(image, expected[:, number, 2:])
    for image, number in zip(yz.images, (2, 42, 82), strict=True):
        np.testing.assert_array_equal(image, expected[:, 4:, number])
    record = images.reading()
    assert record["planes"] == ["xz=10,30", "yz=every:40"]
    assert record["crop"] == "4:80,2:88,:"
    assert record["mask"]["file"].endswith("m.npy")
    assert record["voxel_size_um"] == "100nm,200nm,300nm"


@pytest.mark.parametrize("typed", [(), ("--voxel-size", "20nm,30nm,40nm")])
def test_voxels_of_a_thinned_region_count_as_so_much_larger(
    tmp_path: Path, labels: np.ndarray, typed: tuple[str, ...]
) -> None:
    stated = {"axes": "ZYX", "spacing": 0.02, "unit": "um"}
    path = tmp_path / "v.tif"
    tifffile.imwrite(path, labels, imagej=True, resolution=(25, 1 / 0.03), metadata=stated)
    images = open_images(parsed("--volume", path, "--crop", "4:80:2,:,::2", *typed))
    measured = images.measured()
    assert isinstance(measured, Volume)
    np.testing.assert_array_equal(measured.labels, labels[4:80:2, :, ::2])
    assert measured.voxel_size_um == pytest.approx((0.04, 0.03, 0.08))
    assert images.reading()["crop"] == "4:80:2,:,::2"


def test_a_typed_raw(tmp_path: Path, labels: np.ndarray) -> None:
    stored = labels.astype(">u2")
    (tmp_path / "v.raw").write_bytes(b"head" + stored.tobytes())
    images = open_images(
        parsed(
            *("--volume", tmp_path / "v.raw", "--voxel-size-um", "0.1", "--raw-shape", "96,80,88"),
            *("--raw-type", "uint16", "--raw-header", 4, "--raw-big-endian"),
        )
    )
    measured = images.measured()
    assert isinstance(measured, Volume)
    np.testing.assert_array_equal(measured.labels, labels)
    assert images.reading()["raw"] == {
        "shape": (96, 80, 88),
        "dtype": "uint16",
        "header": 4,
        "big_endian": True,
    }


@pytest.fixture
def micrograph(tmp_path: Path, labels: np.ndarray) -> Path:
    """A cross-section with noise, a bar of 16 rows, and FEI's tag: 52 degrees, 100 nm."""
    grey = np.array([20, 200, 110])[labels[:, 40]]
    grey = grey + np.random.default_rng(0).integers(-8, 9, grey.shape)
    whole = np.vstack([grey, np.full((16, grey.shape[1]), 255)]).astype(np.uint8)
    text = (
        "[Scan]\nPixelWidth=1.0e-007\nPixelHeight=1.0e-007\n[Stage]\nStageT=0.907571\n"
        "[Image]\nResolutionX=88\nResolutionY=96\n"
    )
    path = tmp_path / "fib.tif"
    tifffile.imwrite(path, whole, extratags=[(34682, 7, 0, text.encode(), True)])
    return path


def test_the_bar_of_a_micrograph_is_left_out_and_said(
    micrograph: Path, labels: np.ndarray, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--xz", micrograph, "--thresholds", "60,150")
    images = open_images(parsed(*options))
    (stack,) = images.measured()
    assert isinstance(stack, SectionStack)
    np.testing.assert_array_equal(stack.images[0], labels[:, 40])
    assert stack.pixel_size_um == (0.1, 0.1)
    assert images.reading()["information_bar"] == "left out"
    images.tell()
    assert capsys.readouterr().err.splitlines() == [
        "assb-twin: fib.tif: voxel size 0.1 x 0.1 µm from FEI tag 34682 ([Scan] PixelWidth)",
        "assb-twin: fib.tif: an information bar below row 96 is left out "
        "(--keep-information-bar keeps it)",
        "assb-twin: fib.tif: the file states a stage tilt of 52 degrees; nothing is corrected "
        "for it (--tilt-degrees)",
    ]
    kept = open_images(parsed(*options, "--keep-information-bar"))
    assert kept.measured()[0].images[0].shape == (112, 88)  # type: ignore[index]
    assert "information_bar" not in kept.reading()


def test_a_tilt_puts_the_rows_right(micrograph: Path) -> None:
    options = ("--thresholds", "60,150", "--tilt-degrees", 52)
    (section,) = open_images(parsed("--xz", micrograph, *options)).measured()
    assert section.pixel_size_um == pytest.approx((0.1 / 0.788010754, 0.1))
    (view,) = open_images(parsed("--xy", micrograph, *options)).measured()
    assert view.pixel_size_um == pytest.approx((0.1 / 0.615661475, 0.1))
    typed = open_images(parsed("--xz", micrograph, *options, "--voxel-size-um", "20nm"))
    assert typed.measured()[0].pixel_size_um == pytest.approx((0.02 / 0.788010754, 0.02))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--crop", "1:2"), "--crop"),
        (("--crop", "all"), "--crop"),
        (("--planes", "xz=2"), "--planes are chosen of a volume"),
        (("--mask", "gone.tif"), "gone.tif does not exist"),
        (("--mask", "v.npy"), "a mask has the size of the image"),
        (("--tilt-degrees", "95"), "--tilt-degrees"),
        (("--raw-type", "uint8"), "--raw-shape"),
        (("--raw-shape", "4,5,x"), "--raw-shape"),
        (("--raw-shape", "4,5,6"), "s.npy says its sizes itself"),
        (("--voxel-size-um", "2in"), "--voxel-size-um"),
    ],
)
def test_what_does_not_go_together(
    tmp_path: Path,
    labels: np.ndarray,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    np.save("s.npy", labels[:, 40, :83])
    np.save("v.npy", labels)
    call = ["calibrate", "--xz", "s.npy", "--voxel-size-um", "0.1", "-o", "a.twin.json"]
    assert cli.main([*call, *arguments]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert words in error
    assert not Path("a.twin.json").exists()


def test_a_volume_is_exported_whole(
    tmp_path: Path, labels: np.ndarray, capsys: pytest.CaptureFixture[str]
) -> None:
    np.save(tmp_path / "v.npy", labels)
    call = ["export", str(tmp_path / "v.npy"), "--voxel-size-um", "0.1", "--to", "tiff", "-o"]
    assert cli.main([*call, str(tmp_path / "out"), "--planes", "xy=3"]) == 2
    assert "taken whole" in capsys.readouterr().err
    assert cli.main([*call, str(tmp_path / "out"), "--crop", "10:60,:,:"]) == 0
    (written,) = (tmp_path / "out").glob("*.tif")
    np.testing.assert_array_equal(tifffile.imread(written), labels[10:60])


def test_coverage_of_planes_of_a_volume(
    tmp_path: Path, labels: np.ndarray, capsys: pytest.CaptureFixture[str]
) -> None:
    np.save(tmp_path / "v.npy", labels)
    np.save(tmp_path / "s.npy", labels[:, 30])

    def curves(*arguments: str) -> Any:
        call = ["coverage", *arguments, "--voxel-size-um", "0.1", "--json"]
        assert cli.main(call) == 0
        return json.loads(capsys.readouterr().out)

    section = curves(str(tmp_path / "s.npy"), "--plane", "xz")
    assert curves(str(tmp_path / "v.npy"), "--planes", "xz=30") == section


def test_the_report_reads_the_same_part_again(
    tmp_path: Path, labels: np.ndarray, capsys: pytest.CaptureFixture[str]
) -> None:
    np.save(tmp_path / "v.npy", labels)
    out = tmp_path / "a.twin.json"
    call = ["calibrate", "--volume", tmp_path / "v.npy", "--voxel-size-um", "100nm", "--planes"]
    call += ["xz=evenly:3", "xy=every:30", "--crop", "8:,:,:", "--bootstrap", "0", "-o", out]
    mask = np.ones(labels.shape, np.uint8)
    mask[:, :, :20] = 0
    np.save(tmp_path / "m.npy", mask)
    call += ["--mask", tmp_path / "m.npy"]
    assert cli.main([str(word) for word in call]) == 0
    again = measured_again(Record.of(load_twin(out)), tmp_path)
    assert not isinstance(again, Volume)
    assert [stack.plane for stack in again] == ["xz", "xy"]
    assert again[0].images[0].shape == (88, 88)
    assert (again[0].images[0][:, :20] == 255).all()
    np.save(tmp_path / "m.npy", 1 - mask)
    with pytest.raises(InputError, match=r"m\.npy is not the file that was fitted"):
        measured_again(Record.of(load_twin(out)), tmp_path)


@pytest.fixture
def fib(tmp_path: Path, labels: np.ndarray) -> Path:
    """A stack of grey slices, each with a bar of text in its last 14 rows; 80 are the sample."""
    grey = np.array([20, 200, 110])[labels]
    grey = grey + np.random.default_rng(0).integers(-8, 9, grey.shape)
    bar = np.zeros((len(grey), 14, grey.shape[2]), int)
    bar[:, 4:10, 8:40:2] = 255
    path = tmp_path / "fib.tif"
    whole = np.concatenate([grey, bar], axis=1).astype(np.uint8)
    tifffile.imwrite(path, whole, photometric="minisblack", compression="zlib")
    return path


FIB_NOTE = (
    "assb-twin: fib.tif: an information bar below row 80 is left out "
    "(--keep-information-bar keeps it)"
)


def test_planes_of_a_stack_lose_the_bar_like_the_whole(
    fib: Path, labels: np.ndarray, capsys: pytest.CaptureFixture[str]
) -> None:
    options = (
        *("--volume", fib, "--voxel-size-um", "0.1", "--planes", "yz=10,30", "xy=5"),
        *("--thresholds", "60,150"),
    )
    images = open_images(parsed(*options))
    measured = images.measured()
    assert not isinstance(measured, Volume)
    yz, xy = measured
    assert [image.shape for image in yz.images] == [(96, 80)] * 2
    np.testing.assert_array_equal(yz.images[1], labels[:, :, 30])
    np.testing.assert_array_equal(xy.images[0], labels[5])
    assert images.reading()["information_bar"] == "left out"
    images.tell()
    assert capsys.readouterr().err.splitlines() == [FIB_NOTE]
    kept = open_images(parsed(*options, "--keep-information-bar"))
    assert kept.opened[0].draft.images[0].array.shape == (2, 96, 94)


def test_an_export_says_that_it_leaves_out_a_bar(
    fib: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    words = ["export", fib, "--to", "tiff", "-o", out, "--voxel-size-um", "0.1"]
    assert cli.main([str(one) for one in [*words, "--thresholds", "60,150"]]) == 0
    (written,) = out.glob("*.tif")
    assert tifffile.imread(written).shape == (96, 80, 88)
    assert FIB_NOTE in capsys.readouterr().err.splitlines()
