"""A graded cathode leaves with its separator at the beginning of the file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import napari_assb_twin as nat
from napari_assb_twin.errors import InputError
from napari_assb_twin.export.options import ExportOptions
from napari_assb_twin.export.run import export
from napari_assb_twin.export.source import Source
from napari_assb_twin.steps import finished
from napari_assb_twin.twin.graded import graded
from napari_assb_twin.twin.synthesis import realise


def source_of(side: Any) -> Source:
    """Much pore at the separator, little at the collector; short lengths in a flat box."""
    twin = nat.preset("blobs")
    short = replace(twin.X.correlation, length_um=0.15)  # type: ignore[type-var]
    twin = replace(
        twin,
        X=replace(twin.X, correlation=short),
        Y=replace(twin.Y, correlation=short),
        grid=replace(twin.grid, shape=(24, 96, 96)),
    )
    profile = {"depth": (0, 1), "pore": (0.4, 0.1), "active_material": (0.3, 0.3)}
    return Source.of(realise(graded(twin, **profile, separator_side=side)), ())


@pytest.mark.parametrize("axis", ["z", "x"])
@pytest.mark.parametrize("side", ["first", "last"])
def test_the_file_begins_at_the_separator_of_the_twin(tmp_path: Path, side: Any, axis: Any) -> None:
    source = source_of(side)
    options = ExportOptions(through_axis=axis)
    finished(export(source, tmp_path, to="geodict", options=options, stem="a"))
    facts = json.loads((tmp_path / "a.json").read_text())
    edges = [facts["voxels"][f"N{name}"] for name in "ZYX"]
    content = np.fromfile(tmp_path / facts["raw"]["file"], np.uint8).reshape(edges)
    slices = np.moveaxis(content, 0 if axis == "z" else 2, 0)
    pores = (slices == 0).mean(axis=(1, 2))
    # 0.4 to 0.1 over 24 slices, at the middle of each; a slice of 9216 voxels scatters
    np.testing.assert_allclose(pores, 0.4 - 0.3 * (np.arange(24) + 0.5) / 24, atol=0.06)
    assert facts["graded"] is True
    assert facts["periodic"] is False
    assert facts["reversed_along_pressing_axis"] == (side == "last")
    text = (tmp_path / "README_geodict.txt").read_text(encoding="utf-8")
    assert f"Graded: the volume fractions change along {axis.upper()}" in text


def test_another_side_than_that_of_the_twin_is_refused(tmp_path: Path) -> None:
    options = ExportOptions(separator_side="first")
    with pytest.raises(InputError, match="at its last slice"):
        finished(export(source_of("last"), tmp_path / "out", to="tiff", options=options))
    assert not list(tmp_path.iterdir())
    options = ExportOptions(separator_side="last")
    finished(export(source_of("last"), tmp_path / "out", to="tiff", options=options))
