"""What sections hold is what the volume has that they fill."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import tifffile

from napari_assb_twin.cli import main
from napari_assb_twin.descriptors.describe import Choice, described
from napari_assb_twin.descriptors.of_sections import IN_SECTIONS, described_sections
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import SectionStack, Volume
from napari_assb_twin.steps import finished
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.synthesis import generate

VOXEL_UM = (0.1, 0.2, 0.3)


@pytest.fixture(scope="module")
def labels() -> np.ndarray:
    twin = preset("isotropic")
    twin = replace(twin, grid=replace(twin.grid, shape=(40, 44, 48), voxel_size_um=0.2))
    return generate(twin, seed=3, device="cpu")


@pytest.mark.parametrize(
    ("plane", "axis", "within"), [("xy", 0, "yx"), ("xz", 1, "zx"), ("yz", 2, "zy")]
)
def test_all_planes_of_a_volume_have_its_numbers(labels, plane, axis, within) -> None:
    rows, columns = (size for i, size in enumerate(VOXEL_UM) if i != axis)
    stack = SectionStack(plane, tuple(np.moveaxis(labels, axis, 0)), (rows, columns))
    found = finished(described_sections((stack,)))
    choice = Choice(groups=IN_SECTIONS, axes=tuple(within))
    whole = finished(described(Volume(labels, VOXEL_UM), choice))
    assert set(found.values) == set(whole.values)
    same = [key for key in whole.values if key.startswith(("volume_fraction", "mean_chord"))]
    assert len(same) == 3 + 2 * 3
    assert {key: found.values[key] for key in same} == {key: whole.values[key] for key in same}
    lengths = [(one.kind, one.phase, one.axis) for one in found.distributions]
    assert lengths == [(one.kind, one.phase, one.axis) for one in whole.distributions]


def test_three_orientations_together_have_the_triple_line_of_the_volume(labels) -> None:
    stacks = []
    for axis, plane in enumerate(("xy", "xz", "yz")):
        rows, columns = (size for i, size in enumerate(VOXEL_UM) if i != axis)
        stacks.append(SectionStack(plane, tuple(np.moveaxis(labels, axis, 0)), (rows, columns)))
    found = finished(described_sections(stacks, ("interfaces",))).values
    whole = finished(described(Volume(labels, VOXEL_UM), Choice(groups=("interfaces",)))).values
    key = "triple_phase_boundary_per_um2"
    assert found[key] == pytest.approx(whole[key], rel=1e-12)


def test_what_needs_a_volume_is_refused(labels) -> None:
    stack = SectionStack("xy", (labels[0],), (0.1, 0.1))
    with pytest.raises(InputError, match="Sections do not show transport, which needs a volume"):
        finished(described_sections((stack,), ("composition", "transport")))


def test_the_command_measures_a_section(labels, tmp_path, capsys) -> None:
    tifffile.imwrite(tmp_path / "s.tif", labels[:, 5])
    asked = ["describe", str(tmp_path / "s.tif"), "--plane", "xz", "--voxel-size", "0.2"]
    assert main([*asked, "-o", str(tmp_path / "t.csv")]) == 0
    assert "mean_chord_um.pore.z" in capsys.readouterr().out
    _, *rows = (tmp_path / "t.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 3 + 3 + 3 + 6 + 1 + 6
    for more, said in (
        (["--measure", "clusters"], "Sections do not show clusters, which needs a volume"),
        (["--ionic", "2mS/cm"], "transport"),
    ):
        assert main([*asked, *more]) == 2
        assert said in capsys.readouterr().err
