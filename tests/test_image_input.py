"""The options of the command that say how images become phases."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import tifffile

from napari_assb_twin import cli
from napari_assb_twin.errors import InputError
from napari_assb_twin.image_input import open_images
from napari_assb_twin.measure.sections import Volume
from napari_assb_twin.report.inputs import measured_again
from napari_assb_twin.report.record import Record
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.synthesis import generate
from napari_assb_twin.twin.twin_file import load_twin


@pytest.fixture(scope="module")
def labels():
    return generate(preset("pressed"), shape=(96, 96, 96), seed=1, device="cpu")


@pytest.fixture
def greys(tmp_path, labels):
    """A grey volume and two of its sections: pore dark, electrolyte middle, CAM bright; noise."""
    middle = np.array([20, 200, 110], np.uint8)[labels]
    noise = np.random.default_rng(0).integers(-8, 9, labels.shape)
    volume = (middle + noise).astype(np.uint8)
    tifffile.imwrite(tmp_path / "v.tif", volume, photometric="minisblack")
    tifffile.imwrite(tmp_path / "xy.tif", 100 * volume[48].astype(np.uint16))
    tifffile.imwrite(tmp_path / "yz.tif", 100 * volume[:, :, 48].astype(np.uint16))
    return tmp_path


def options(folder, *arguments):
    words = [str(folder / word) if word.endswith(".tif") else word for word in arguments]
    return cli.parser().parse_args(["calibrate", "--voxel-size-um", "0.1", "-o", "a.json", *words])


def test_a_grey_volume_is_cut(greys, labels):
    chosen = options(greys, "--volume", "v.tif", "--thresholds", "60,150")
    images = open_images(chosen)
    measured, sources = images.measured(), images.sources
    assert isinstance(measured, Volume)
    assert np.array_equal(measured.labels, labels)
    assert sources == ["v.tif"]
    assert open_images(chosen).alternatives() == ()
    record = open_images(chosen).reading()
    (file,) = record.pop("files")
    assert file["plane"] == "volume"
    assert file["sha256"] == hashlib.sha256(Path(file["file"]).read_bytes()).hexdigest()
    assert record == {
        "thresholds": [60.0, 150.0],
        "dark_to_bright": ["pore", "solid_electrolyte", "active_material"],
        "pressing_axis": 0,
        "voxel_size_um": "0.1",
    }


def test_grey_sections_of_16_bit_have_alternatives_of_both_kinds(greys, labels):
    chosen = options(
        greys,
        *("--xy", "xy.tif", "--yz", "yz.tif", "--thresholds", "6000,15000"),
        *("--threshold-doubt", "500", "--boundary-doubt-px", "0.5"),
    )
    images = open_images(chosen)
    measured, sources = images.measured(), images.sources
    assert [stack.plane for stack in measured] == ["xy", "yz"]
    assert np.array_equal(measured[0].images[0], labels[48])
    assert np.array_equal(measured[1].images[0], labels[:, :, 48])
    assert sources == ["xy.tif", "yz.tif"]
    alternatives = open_images(chosen).alternatives()
    assert len(alternatives) == 4 + 6
    assert alternatives[0].name == "threshold 6500 instead of 6000"
    assert alternatives[4].name == "pore grown by 0.5 px"
    for alternative in alternatives:
        assert [stack.images[0].shape for stack in alternative.measured] == [(96, 96), (96, 96)]
    record = open_images(chosen).reading()
    assert record["threshold_doubt"] == 500
    assert record["boundary_doubt_px"] == 0.5


def test_labels_have_doubtful_boundaries_but_no_thresholds(tmp_path, labels):
    tifffile.imwrite(tmp_path / "yz.tif", labels[:, :, 48])
    chosen = options(tmp_path, "--yz", "yz.tif", "--boundary-doubt-px", "0.25")
    assert len(open_images(chosen).alternatives()) == 6
    assert open_images(chosen).reading()["phases"] is None
    with pytest.raises(InputError, match="--thresholds 90,160"):
        open_images(options(tmp_path, "--yz", "yz.tif", "--threshold-doubt", "3"))
    with pytest.raises(InputError, match="doubt of the boundaries"):
        open_images(options(tmp_path, "--yz", "yz.tif", "--boundary-doubt-px", "0")).alternatives()


def test_a_fit_of_grey_values_records_the_thresholds(greys, capsys):
    out = greys / "a.twin.json"
    order = "pore,solid_electrolyte,active_material"
    arguments = ["calibrate", "--yz", greys / "yz.tif", "--voxel-size-um", "0.1", "--thresholds"]
    arguments += ["6000,15000", "--dark-to-bright", order, "--bootstrap", "0", "-o", out, "--json"]
    assert cli.main([str(argument) for argument in arguments]) == 0
    assert json.loads(capsys.readouterr().out)["fit"]["rms"] < 0.05
    (record,) = json.loads(out.read_text(encoding="utf-8"))["provenance"]["reading"]
    assert record["thresholds"] == [6000.0, 15000.0]
    assert record["dark_to_bright"] == order.split(",")


def test_treated_grey_sections_share_thresholds_that_were_chosen(greys, labels):
    chosen = options(
        greys,
        *("--xy", "xy.tif", "--yz", "yz.tif", "--thresholds", "auto", "--contrast", "0.5,99.5"),
        *("--flatten", "--denoise", "median:1", "--min-object-px", "4", "--threshold-doubt", "5"),
    )
    images = open_images(chosen)
    record = images.reading()
    low, high = record["thresholds"]
    assert 0 < low < high < 255
    assert {key: record[key] for key in ("contrast", "flatten", "denoise", "min_object_px")} == {
        "contrast": [0.5, 99.5],
        "flatten": True,
        "denoise": "median:1",
        "min_object_px": 4,
    }
    assert record["thresholds_chosen_by"] == "multi-Otsu"
    xy, yz = images.measured()
    assert (xy.images[0] != labels[48]).mean() < 0.06
    names = [alternative.name for alternative in images.alternatives()]
    assert names[0] == f"threshold {low + 5:g} instead of {low:g}"
    typed = ("--thresholds", f"{low!r},{high!r}", "--contrast", "0.5,99.5", "--flatten")
    again = open_images(
        options(
            greys,
            *("--xy", "xy.tif", "--yz", "yz.tif", *typed),
            *("--denoise", "median:1", "--min-object-px", "4"),
        )
    ).measured()
    assert np.array_equal(again[1].images[0], yz.images[0])


def test_a_report_reads_treated_sections_again(greys, capsys):
    """The record of a fit is enough to make the very phases that were fitted."""
    out = greys / "a.twin.json"
    arguments = [
        "calibrate",
        "--yz",
        greys / "yz.tif",
        "--voxel-size-um",
        "0.1",
        "--bootstrap",
        "0",
    ]
    arguments += ["--thresholds", "auto", "--contrast", "1,99", "--denoise", "median:1"]
    arguments += ["--min-object-px", "6", "-o", out]
    assert cli.main([str(argument) for argument in arguments]) == 0
    capsys.readouterr()
    record = Record.of(load_twin(out))
    assert record is not None
    again = measured_again(record, greys)
    chosen = options(greys, *(str(one) for one in arguments[1:-2]))
    assert np.array_equal(again[0].images[0], open_images(chosen).measured()[0].images[0])
