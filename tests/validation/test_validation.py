"""A realisation of a twin validates; a packing of spheres does not."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from napari_assb_twin.measure.sections import Volume
from napari_assb_twin.steps import finished
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus
from napari_assb_twin.validation.options import ValidationOptions
from napari_assb_twin.validation.run import TWINS, Validation, validation
from napari_assb_twin.validation.verdict import verdict

STUDY = Path(__file__).parents[1] / "studies" / "structures.py"
QUICK = ("composition", "interfaces", "chords", "topology", "clusters", "networks")


@pytest.fixture(scope="module")
def of_a_twin() -> Validation:
    box = Torus((64, 128, 64), (0.1, 0.1, 0.1))
    labels = WindowSampler(preset("pressed"), box)(np.random.default_rng(7))
    return validated(labels, 0.1)


@pytest.fixture
def spheres(monkeypatch) -> np.ndarray:
    """A packing of spheres of about 24 voxels, 96 x 160 x 160."""
    spec = importlib.util.spec_from_file_location("structures_of_validation", STUDY)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    module.EDGE = 160
    return np.ascontiguousarray(module.packed_spheres(np.random.default_rng(5))[:96])


def validated(labels: np.ndarray, voxel_um: float, **options) -> Validation:
    asked = ValidationOptions(**{"planes": 12, "realisations": 4, "groups": QUICK, **options})
    return finished(validation(Volume(labels, (voxel_um,) * 3), asked, sources=["box.tif"]))


def test_a_realisation_of_a_twin_is_within_its_own_error(of_a_twin) -> None:
    """Nothing is certain among so many; of single numbers 5 % are beyond by chance.

    They are not independent, so that up to 20 % of them may be.
    """
    for name in TWINS:
        found = verdict(of_a_twin.rows, name)
        assert found.within, found.sentence
        assert found.judged == 40
        assert found.beyond <= 0.2 * found.judged
        assert "none of them is certain" in found.sentence


def test_the_fit_saw_one_half_only(of_a_twin) -> None:
    half = of_a_twin.halves
    assert (half.axis, half.layers) == ("y", 64)
    recorded = of_a_twin.fits["low-parametric"].twin.provenance
    assert [one["plane"] for one in recorded["data"]] == ["xy", "xz"]
    assert recorded["sources"] == ["box.tif"]
    assert half.other.labels.shape == of_a_twin.shown["high-parametric"].shape


def test_realisations_are_made_again_from_the_seed(of_a_twin) -> None:
    both = [of_a_twin.halves.first.labels, of_a_twin.halves.other.labels]
    again = validated(np.concatenate(both, axis=1), 0.1, groups=("composition",), realisations=2)
    for name in TWINS:
        assert np.array_equal(again.shown[name], of_a_twin.shown[name])
        first = [box.values["volume_fraction.pore"] for box in again.realised[name]]
        before = [box.values["volume_fraction.pore"] for box in of_a_twin.realised[name]]
        assert first == before[:2]
        assert first[0] != first[1]


def test_values_are_those_of_the_other_half(of_a_twin) -> None:
    rows = {row.what.key: row for row in of_a_twin.rows}
    for number, phase in enumerate(("pore", "active_material", "solid_electrolyte")):
        row = rows[f"volume_fraction.{phase}"]
        assert row.other == pytest.approx((of_a_twin.halves.other.labels == number).mean())
        assert row.first == pytest.approx((of_a_twin.halves.first.labels == number).mean())
        low = [box.values[row.what.key] for box in of_a_twin.realised["low-parametric"]]
        assert row.twins["low-parametric"].value == pytest.approx(np.mean(low))
        assert row.twins["low-parametric"].spread == pytest.approx(np.std(low, ddof=1))


def test_a_packing_of_spheres_is_no_twin(spheres) -> None:
    """Curves can be fitted; chords, clusters and Euler numbers of spheres cannot."""
    found = validated(spheres, 1.0)
    for name in TWINS:
        told = verdict(found.rows, name)
        assert not told.within
        assert "certain among so many:" in told.sentence
        assert told.beyond > 0.3 * told.judged
