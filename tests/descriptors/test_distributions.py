"""Distributions behind the numbers: the same numbers follow from them."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from reference import ended

from napari_assb_twin.descriptors.definition import GROUPS, Group
from napari_assb_twin.descriptors.describe import Choice, Description, described
from napari_assb_twin.descriptors.distributions import (
    WITH_DISTRIBUTIONS,
    WORDS,
    write_distributions_csv,
)
from napari_assb_twin.measure.sections import Volume
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.synthesis import generate


@pytest.fixture(scope="module")
def found() -> Description:
    labels = generate(preset("isotropic"), shape=(48, 48, 48))
    choice = Choice(groups=WITH_DISTRIBUTIONS, axes=("z", "x"), phases=("active_material",))
    return ended(described(Volume(labels, (0.1, 0.1, 0.1)), choice))[1]


def of(found: Description, kind: str, axis: str | None):
    phase = "active_material"
    (one,) = [
        one for one in found.distributions if (one.kind, one.phase, one.axis) == (kind, phase, axis)
    ]
    return one


def test_every_kind_is_there(found) -> None:
    assert {one.kind for one in found.distributions} == set(WORDS)
    assert all(one.x.shape == one.y.shape and one.x.size > 1 for one in found.distributions)
    assert all((np.diff(one.x) > 0).all() for one in found.distributions)


def test_shares_add_to_one(found) -> None:
    for kind in ("chord_length", "geodesic_tortuosity"):
        assert of(found, kind, "z").y.sum() == pytest.approx(1)


def test_the_numbers_follow_from_them(found) -> None:
    for axis in "zx":
        geodesic = of(found, "geodesic_tortuosity", axis)
        width = geodesic.x[1] - geodesic.x[0]
        mean = found.values[f"geodesic_tortuosity.active_material.{axis}"]
        assert geodesic.x @ geodesic.y == pytest.approx(mean, abs=width / 2)
        sizes = of(found, "intruded_size", axis)
        radius = np.interp(-0.5, -sizes.y, sizes.x)
        told = found.values[f"bottleneck_radius_um.active_material.{axis}"]
        assert radius == pytest.approx(told, abs=0.03)
    path = of(found, "lineal_path", "z")
    assert path.y[0] == pytest.approx(preset("isotropic").volume_fractions["active_material"], 0.2)
    assert (np.diff(path.y) <= 1e-12).all()


def test_the_lineal_path_of_one_slab_is_exact() -> None:
    """A slab of 8 of 40 layers: a segment of n steps lies in it in 8 - n of 40 - n places."""
    labels = np.zeros((40, 34, 34), np.uint8)
    labels[10:18] = 1
    choice = Choice(groups=("chords",), axes=("z",))
    one = of(ended(described(Volume(labels, (0.5,) * 3), choice))[1], "lineal_path", "z")
    assert one.x == pytest.approx(np.arange(8) * 0.5)
    assert one.y == pytest.approx((8 - np.arange(8)) / (40 - np.arange(8)))


def test_as_a_table(found, tmp_path) -> None:
    path = write_distributions_csv(tmp_path / "d.csv", found.distributions)
    rows = list(csv.DictReader(path.open(encoding="utf-8")))
    assert len(rows) == sum(one.x.size for one in found.distributions)
    own = [row for row in rows if (row["distribution"], row["axis"]) == ("lineal_path", "x")
           and row["phase"] == "active_material"]  # fmt: skip
    shown = of(found, "lineal_path", "x")
    assert [float(row["y"]) for row in own] == shown.y.tolist()
    assert {row["unit"] for row in own} == {"µm"}


@pytest.mark.parametrize("group", GROUPS)
def test_which_groups_have_distributions(group: Group) -> None:
    labels = np.random.default_rng(1).integers(0, 3, (33, 33, 33)).astype(np.uint8)
    choice = Choice(groups=(group,), axes=("z",))
    found = ended(described(Volume(labels, (0.1, 0.1, 0.1)), choice))[1]
    assert bool(found.distributions) == (group in WITH_DISTRIBUTIONS)
