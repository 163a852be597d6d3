"""The table of the curves reads back as the curves."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from napari_assb_twin.errors import InputError
from napari_assb_twin.export.curves_csv import COLUMNS, write_curves_csv
from napari_assb_twin.measure.coverage import measured_coverage
from napari_assb_twin.measure.sections import Volume
from napari_assb_twin.twin.exact import coverage
from napari_assb_twin.twin.phases import PAIRS
from napari_assb_twin.twin.presets import preset


def test_every_number_reads_back_exactly(tmp_path: Path) -> None:
    exact = coverage(preset("pressed"), np.array([0.0, 0.1, 1 / 3]), direction="through-plane")
    labels = np.random.default_rng(0).integers(0, 3, (32, 32, 32)).astype(np.uint8)
    measured = measured_coverage(Volume(labels, (0.1,) * 3), "in-plane")
    assert measured is not None
    path = write_curves_csv(
        tmp_path / "c.csv", {"measured": measured, "model": exact, "realisation": None}
    )
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert tuple(header) == COLUMNS
    assert len(rows) == 6 * (measured.lags_um.size + 3)
    for kind, curves in (("measured", measured), ("model", exact)):
        for pair in PAIRS:
            of_pair = [r for r in rows if r[3] == kind and r[2] == ",".join(pair)]
            assert {r[1] for r in of_pair} == {curves.direction}
            assert [float(r[0]) for r in of_pair] == curves.lags_um.tolist()
            assert [float(r[4]) for r in of_pair] == curves[pair].tolist()
            errors = curves.error(pair)
            expected = [""] * 3 if errors is None else [repr(e) for e in errors.tolist()]
            assert [r[5] for r in of_pair] == expected


def test_it_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        write_curves_csv(tmp_path / "nowhere" / "c.csv", {})
    assert not list(tmp_path.iterdir())
