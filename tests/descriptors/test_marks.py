"""Marked parts of volumes whose parts can be named by hand."""

from __future__ import annotations

import numpy as np
import pytest
from reference import ended

from napari_assb_twin.descriptors.marks import MarkChoice, Marks, mark
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import Volume

PORE, CAM, SE = 0, 1, 2


def marked(labels: np.ndarray, **choice: str) -> Marks:
    return ended(mark(Volume(labels, (0.1, 0.1, 0.1)), MarkChoice(**choice)))[1]


@pytest.fixture
def labels() -> np.ndarray:
    """A column of electrolyte from face to face along z, and two islands of 27 and 8 voxels."""
    labels = np.zeros((40, 36, 34), np.uint8)
    labels[:, 5:8, 5:8] = SE
    labels[10:13, 20:23, 20:23] = SE
    labels[30:32, 20:22, 20:22] = SE
    return labels


def test_what_percolates(labels) -> None:
    found = marked(labels, kind="percolating")
    assert (found.labels[:, 5:8, 5:8] == 1).all()
    assert (found.labels == 1).sum() == 40 * 9
    assert (found.labels == 2).sum() == 27 + 8
    assert f"{100 * 360 / 395:.3g} %" in found.told
    assert (marked(labels, kind="percolating", axis="x").labels != 1).all()


def test_what_is_disconnected_is_numbered_from_the_largest(labels) -> None:
    found = marked(labels, kind="disconnected")
    assert [(found.labels == number).sum() for number in (1, 2, 3)] == [27, 8, 0]
    assert found.told.startswith("2 clusters")
    assert not found.meanings


def test_what_is_utilised() -> None:
    labels = np.zeros((40, 40, 40), np.uint8)
    labels[:10, :20], labels[10:, :20] = SE, CAM  # reached from both sides
    labels[30:, 24:30] = CAM  # at the collector alone
    labels[2:5, 33:36] = CAM  # at nothing
    found = marked(labels, kind="utilised").labels
    assert (found[10:, :20] == 1).all()
    assert (found[30:, 24:30] == 2).all()
    assert (found[2:5, 33:36] == 3).all()
    assert not found[:10, :20].any()
    turned = marked(labels, kind="utilised", separator="last").labels
    assert not (turned == 1).any()


@pytest.mark.parametrize("axis", ["z", "y", "x"])
def test_paths_lead_from_face_to_face_through_the_phase(axis) -> None:
    rng = np.random.default_rng(5)
    labels = np.where(rng.random((34, 34, 34)) < 0.6, SE, PORE).astype(np.uint8)
    found = marked(labels, kind="paths", axis=axis).labels
    assert (labels[found == 1] == SE).all()
    turned = np.moveaxis(found, "zyx".index(axis), 0)
    assert all(layer.any() for layer in turned)
    assert 34 <= found.sum() < 34 * 24 * 2


def test_nothing_to_mark_is_said(labels) -> None:
    with pytest.raises(InputError, match="no active material"):
        marked(labels, kind="utilised")
    with pytest.raises(InputError, match="no active material"):
        marked(labels, kind="percolating", phase="active_material")
    with pytest.raises(InputError, match="No path leads through solid electrolyte"):
        marked(labels, kind="paths", axis="x")
