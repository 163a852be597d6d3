"""Greyscale images in the window: thresholds, their picture and shares, and data with doubt."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import tifffile

from napari_assb_twin.calibration.calibrate import finish
from napari_assb_twin.measure.alternative import Alternative
from napari_assb_twin.workspace.data_form import GREY, LABELS

ORDER = ("pore", "solid_electrolyte", "active_material")


@pytest.fixture
def greys(section_data, tmp_path):
    """A grey picture of the section: pore 20, electrolyte 110, active material 200, and noise."""
    middle = np.array([20, 200, 110])[section_data.images[0]]
    noise = np.random.default_rng(0).integers(-9, 10, middle.shape)
    path = tmp_path / "sem.tif"
    tifffile.imwrite(path, (middle + noise).astype(np.uint8))
    return path


def test_a_grey_picture_is_cut_by_two_thresholds(workspace, section_data, greys):
    told = []
    workspace.controller.refused.connect(told.append)
    workspace.data.open_files([greys])
    form = workspace.data.form
    assert form.values.choices == (GREY,)
    grey = form.grey
    assert grey.isVisibleTo(form)
    assert 29 < grey.low.value <= 101
    assert 119 < grey.high.value <= 191
    shares = section_data.volume_fractions
    assert [label.text().split(": ")[1] for label in grey.shares] == [
        f"{shares[phase]:.1%}" for phase in ORDER
    ]
    for size in form.sizes[1:]:
        size.value = 0.1
    grey.doubt.value = 5
    form.use.click()
    assert told == []
    data = workspace.controller.data
    assert np.array_equal(data.images[0], section_data.images[0])
    assert len(data.alternatives) == 4
    assert data.reading[0]["thresholds"] == [grey.low.value, grey.high.value]
    assert data.reading[0]["threshold_doubt"] == 5
    job = workspace.calibrate.options.job(data, workspace.controller.twin, ())
    assert job.alternatives == data.alternatives


def test_the_fit_of_the_window_is_repeated_with_moved_thresholds(workspace, section_data):
    """What it would be with a fifth of the pore taken from the electrolyte comes out as spread."""
    stack = section_data.measured[0]
    labels = stack.images[0].copy()
    labels[(labels == 0) & (np.random.default_rng(0).random(labels.shape) < 0.2)] = 2
    other = Alternative("threshold", (replace(stack, images=(labels,)),))
    data = replace(section_data, alternatives=(other,))
    options = workspace.calibrate.options
    options.errors.value = False
    options.first.value = "active_material"
    result = finish(options.job(data, workspace.controller.twin, ()).run())
    doubt = result.findings["segmentation"]["doubt"]
    assert doubt["alternatives"] == ["threshold"]
    pore = section_data.volume_fractions["pore"]
    assert doubt["spread"]["pore"] == pytest.approx(0.2 * pore, rel=0.2)


def test_the_picture_and_shares_follow_thresholds_order_and_names(workspace, greys):
    workspace.data.open_files([greys])
    grey = workspace.data.form.grey
    before = grey.pictures[1].pixmap().toImage()
    grey.high.value = 205
    assert grey.pictures[1].pixmap().toImage() != before
    assert not grey.refusal.isVisibleTo(grey)
    grey.order.value = ("active_material", "pore", "solid_electrolyte")
    assert [label.text().split(":")[0] for label in grey.shares] == ["CAM", "pore", "SE"]
    names = workspace.controller.names
    workspace.controller.set_names(names.renamed("pore", "void"))
    assert grey.shares[1].text().startswith("void")
    assert grey.order.value == ("active_material", "pore", "solid_electrolyte")
    grey.low.value = 206
    assert "the lower first" in grey.refusal.text()
    workspace.data.form.use.click()
    assert workspace.controller.data is None


def test_labels_may_be_grey_values_and_back(workspace, section_data, tmp_path):
    tifffile.imwrite(tmp_path / "labels.tif", section_data.images[0] * np.uint8(100))
    workspace.data.open_files([tmp_path / "labels.tif"])
    form = workspace.data.form
    assert form.values.choices == (LABELS, GREY)
    assert form.grey is None
    form.values.value = GREY
    assert form.grey.isVisibleTo(form)
    assert not form.parts[0].native.isVisibleTo(form)
    form.values.value = LABELS
    assert form.parts[0].native.isVisibleTo(form)
    assert not form.grey.isVisibleTo(form)


def test_two_labels_are_no_grey_values(workspace, section_data, tmp_path):
    told = []
    workspace.controller.refused.connect(told.append)
    tifffile.imwrite(tmp_path / "two.tif", (section_data.images[0] > 0).astype(np.uint8))
    workspace.data.open_files([tmp_path / "two.tif"])
    form = workspace.data.form
    form.values.value = GREY
    assert "fewer than three grey values" in told[-1]
    assert form.values.value == LABELS
    assert form.parts[0].native.isVisibleTo(form)
