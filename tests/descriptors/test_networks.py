"""Which active material works: small cathodes whose answer can be counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from napari_assb_twin.descriptors.networks import networks
from napari_assb_twin.measure.sections import Volume

PORE, CAM, SE = 0, 1, 2


def cathode() -> np.ndarray:
    """All pore, 40^3: the separator at z = 0, the collector at z = 39."""
    return np.zeros((40, 40, 40), dtype=np.uint8)


def test_electrolyte_from_one_face_and_active_material_from_the_other() -> None:
    labels = cathode()
    labels[:20], labels[20:] = SE, CAM
    found = networks(Volume(labels, (0.1, 0.1, 0.1)))
    assert found.electrolyte_connected == 1
    assert found.active_material_connected == 1
    assert found.active_material_utilised == 1


def test_the_active_area_is_one_face_per_length_where_layers_meet() -> None:
    """Columns along z of SE and CAM, each 4 wide in x: one plane of contact every 4 voxels.

    Lines along x cross it once in 0.4 um, lines along y and z never: in-plane crossings per length
    are half of 2.5 per um.  The estimator takes interfaces to be alike in all directions of the
    plane and stretched along z, for which (N_z = 0) the area is pi/2 times the crossings in-plane.
    """
    labels = np.tile(np.repeat(np.array([CAM, SE], np.uint8), 4), 5)
    volume = np.ascontiguousarray(np.broadcast_to(labels, (40, 40, 40)))
    found = networks(Volume(volume, (0.1, 0.1, 0.1)))
    crossings = 9 / (39 * 0.1)
    assert found.active_area_per_um == pytest.approx(np.pi / 2 * crossings / 2)


def test_what_hangs_on_neither_face_does_not_count() -> None:
    labels = cathode()
    labels[:10, :20] = SE  # to the separator
    labels[10:, :20] = CAM  # to the collector, touches that electrolyte
    labels[12:30, 24:30] = SE  # an island
    labels[30:, 24:30] = CAM  # to the collector, touches the island only
    labels[2:5, 33:36] = CAM  # an island
    found = networks(Volume(labels, (1.0, 1.0, 1.0)))
    layer = 40  # voxels along x
    se = [10 * 20 * layer, 18 * 6 * layer]
    cam = [30 * 20 * layer, 10 * 6 * layer, 3 * 3 * layer]
    assert found.electrolyte_connected == pytest.approx(se[0] / sum(se))
    assert found.active_material_connected == pytest.approx((cam[0] + cam[1]) / sum(cam))
    assert found.active_material_utilised == pytest.approx(cam[0] / sum(cam))


def test_the_separator_may_lie_at_the_other_end() -> None:
    labels = cathode()
    labels[:20], labels[20:] = SE, CAM
    turned = networks(Volume(labels, (1.0, 1.0, 1.0)), separator="last")
    assert turned.electrolyte_connected == 0
    assert turned.active_material_utilised == 0
    same = networks(Volume(np.ascontiguousarray(labels[::-1]), (1.0, 1.0, 1.0)), separator="last")
    assert same.active_material_utilised == 1


def test_corners_do_not_connect() -> None:
    labels = cathode()
    labels[:20, :20], labels[20:, 20:] = SE, CAM
    found = networks(Volume(labels, (1.0, 1.0, 1.0)))
    assert found.active_material_utilised == 0
    assert found.active_area_per_um == 0


def test_a_phase_that_is_not_there_has_no_share() -> None:
    found = networks(Volume(cathode(), (1.0, 1.0, 1.0)))
    assert found.electrolyte_connected is None
    assert found.active_material_utilised is None
