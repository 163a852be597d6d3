"""Size series against a known variance, and the command ``assb-twin box``."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import numpy as np
import pytest
from reference import ended

from napari_assb_twin import cli
from napari_assb_twin.descriptors.fluctuation import Fluctuation
from napari_assb_twin.descriptors.representative import box_of, representative_boxes
from napari_assb_twin.descriptors.size_series import Series, size_series
from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.twin_file import save_twin

FINE = replace(
    preset("isotropic"), grid=replace(preset("isotropic").grid, shape=(96, 96, 96))
).with_correlation("X", length_um=0.3).with_correlation("Y", length_um=0.3)  # fmt: skip


def planted(constant: float, counts=(160, 160, 160), power=-1.0, seed=0, mean=2.0) -> Series:
    """Means and deviations of normal samples of variance constant * volume^power."""
    random, edges = np.random.default_rng(seed), np.array([3.0, 4.0, 6.0])
    draws = [
        mean + np.sqrt(constant * edge ** (3 * power)) * random.standard_normal(count)
        for edge, count in zip(edges, counts, strict=True)
    ]
    return Series(
        edges_um=edges,
        count=np.array(counts),
        mean=np.array([draw.mean() for draw in draws]),
        deviation=np.array([draw.std(ddof=1) for draw in draws]),
    )


def test_a_planted_law_gives_its_edge() -> None:
    """Within 4 standard errors in each of 20 series; their scatter is the stated error to 1.6."""
    edges, errors = [], []
    for seed in range(20):
        series = planted(5.0, seed=seed, counts=(20, 30, 40))
        found = box_of("surface_per_um.pore", series, error=0.02, boxes=2)
        volume = 5.0 * (1.96 / (0.02 * series.mean[-1])) ** 2 / 2
        assert abs(found.edge_um - volume ** (1 / 3)) < 4 * found.edge_error_um
        assert abs(found.slope + 1) < 4 * found.slope_error
        edges.append(found.edge_um)
        errors.append(found.edge_error_um)
    assert 1 / 1.6 < np.std(edges, ddof=1) / np.mean(errors) < 1.6


def test_a_variance_that_falls_slowly_is_told() -> None:
    found = box_of("surface_per_um.pore", planted(5.0, power=-0.5), error=0.02)
    assert found.slope == pytest.approx(-0.5, abs=3 * found.slope_error)
    assert "lower bound" in found.reservations[0]
    quiet = box_of("surface_per_um.pore", planted(5.0), error=0.4)
    assert quiet.reservations == ()


def test_an_edge_beyond_the_series_is_told() -> None:
    found = box_of("surface_per_um.pore", planted(5.0), error=0.002)
    assert "Extrapolated from boxes of up to 6 µm." in found.reservations


def test_a_size_series_finds_the_exact_variance_of_a_fraction() -> None:
    """Deviations of 8 cubes of each of 6 realisations lie within 40 % of the exact ones."""
    _, found = ended(size_series(FINE, ["volume_fraction.pore"], edge=96, realisations=6))
    series = found["volume_fraction.pore"]
    assert series.edges_um == pytest.approx([3.2, 4.8, 9.6])
    assert series.count.tolist() == [48, 48, 6]
    fluctuation = Fluctuation.of(FINE)
    for edge, deviation in zip(series.edges_um[:2], series.deviation, strict=False):
        exact = np.sqrt(fluctuation.variance((edge,) * 3)["pore"])
        assert deviation == pytest.approx(exact, rel=0.4)


def test_boxes_of_one_descriptor_beside_an_exact_one() -> None:
    keys = ("volume_fraction.pore", "surface_per_um.SE")
    told, found = ended(representative_boxes(FINE, keys, error=0.05, edge=64, realisations=4))
    assert [one.descriptor for one in found] == [keys[0], "surface_per_um.solid_electrolyte"]
    assert found[0].edge_error_um is None
    assert found[0].edge_um == Fluctuation.of(FINE).edge_um("pore", 0.05)
    assert 0 < found[1].edge_um < found[0].edge_um  # a surface is steadier than scarce pores
    assert told[-1].step < told[-1].total == 4 * (8 + 1)


REFUSED = {
    "must be one of volume_fraction": ("beauty.pore", {}),
    "give phase and axis as in surface_per_um.pore": ("surface_per_um", {}),
    "between 0 and 1": ("surface_per_um.pore", {"error": 2.0}),
    "make them 64 at least": ("surface_per_um.pore", {"edge": 48}),
    "make 4 or more": ("surface_per_um.pore", {"realisations": 2}),
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_cannot_be_is_refused(said) -> None:
    key, changes = REFUSED[said]
    options = {"error": 0.05, "edge": 64, "realisations": 4} | changes
    with pytest.raises(InputError, match=said):
        ended(representative_boxes(FINE, [key], **options))


def test_the_command(tmp_path, capsys) -> None:
    twin, table = tmp_path / "a.twin.json", tmp_path / "t.csv"
    save_twin(FINE, twin)
    assert cli.main(["box", str(twin), "--error", "0.02", "-o", str(table), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["boxes"]
    assert [one["descriptor"].split(".")[1] for one in told] == [
        *("pore", "active_material", "solid_electrolyte")
    ]
    rows = list(csv.DictReader(table.open(encoding="utf-8")))
    assert [float(row["edge_um"]) for row in rows] == [one["edge_um"] for one in told]
    assert all(row["edge_error_um"] == "" for row in rows)  # exact
    assert cli.main(["box", str(twin), "--error", "7"]) == 2
    assert "between 0 and 1" in capsys.readouterr().err
