"""Every format as a second library reads it: voxels, axes, edges and units."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from napari_assb_twin.errors import InputError
from napari_assb_twin.export.formats import FORMATS, check_belongs, format_named
from napari_assb_twin.export.options import LAYOUT, MESH, ExportOptions
from napari_assb_twin.export.progress import Progress
from napari_assb_twin.export.run import Exported, export
from napari_assb_twin.export.source import Source
from napari_assb_twin.export.volume import prepare
from napari_assb_twin.images.reading import read_image
from napari_assb_twin.steps import finished

SIZES = (0.3, 0.2, 0.1)
"""Edges of the voxels (z, y, x) in um, all different."""

Read = tuple[np.ndarray, tuple[float, ...]]


@pytest.fixture
def source() -> Source:
    """Three different edges, and a corner that tells every axis and direction apart."""
    volume = np.random.default_rng(0).integers(0, 3, (4, 5, 7)).astype(np.uint8)
    volume[0, 0, :3] = volume[0, :2, 0] = volume[0, 0, 0] = 2
    return Source(labels=volume, voxel_size_um=SIZES)


def write(source: Source, folder: Path, to: str, **options: Any) -> Exported:
    return finished(export(source, folder, to=to, options=ExportOptions(**options), stem="a"))


def by_tifffile(folder: Path) -> Read:
    import tifffile

    with tifffile.TiffFile(folder / "a.tif") as file:
        assert file.is_imagej
        assert file.imagej_metadata is not None
        assert file.imagej_metadata["unit"] == "um"
        numerator, denominator = file.pages[0].tags["XResolution"].value
        rows, over = file.pages[0].tags["YResolution"].value
        edges = file.imagej_metadata["spacing"], over / rows, denominator / numerator
        return file.asarray(), edges


def by_ome(folder: Path) -> Read:
    import xml.etree.ElementTree as ET

    import tifffile

    with tifffile.TiffFile(folder / "a.ome.tif") as file:
        assert file.is_ome
        assert file.series[0].axes == "ZYX"
        assert file.ome_metadata is not None
        pixels = ET.fromstring(file.ome_metadata).find(".//{*}Pixels")
        assert pixels is not None
        assert [pixels.get(f"PhysicalSize{axis}Unit") for axis in "ZYX"] == ["µm"] * 3
        edges = tuple(float(pixels.get(f"PhysicalSize{axis}") or 0) for axis in "ZYX")
        return file.series[0].asarray(), edges


def by_pyvista(folder: Path) -> Read:
    pyvista = pytest.importorskip("pyvista")
    grid = pyvista.read(folder / "a.vti")
    nx, ny, nz = (n - 1 for n in grid.dimensions)
    assert grid.origin == (0, 0, 0)
    assert list(grid.cell_data) == ["phase"]
    voxels = np.asarray(grid.cell_data["phase"]).reshape(nz, ny, nx)
    return voxels, tuple(1e6 * edge for edge in grid.spacing[::-1])  # metres


def by_pynrrd(folder: Path) -> Read:
    import nrrd

    voxels, header = nrrd.read(str(folder / "a.nrrd"), index_order="C")
    assert header["units"] == ["um", "um", "um"]
    return voxels, tuple(header["spacings"][::-1])


def by_simpleitk(name: str) -> Callable[[Path], Read]:
    def read(folder: Path) -> Read:
        sitk = pytest.importorskip("SimpleITK")
        (path,) = folder.glob(name)
        image = sitk.ReadImage(str(path))
        per_um = 1.0 if path.suffix == ".nrrd" else 1e3  # ITK does not read the units of NRRD
        edges = tuple(per_um * edge for edge in image.GetSpacing()[::-1])
        return sitk.GetArrayFromImage(image), edges

    return read


def by_ome_zarr(folder: Path) -> Read:
    pytest.importorskip("ome_zarr")
    from ome_zarr.io import parse_url
    from ome_zarr.reader import Reader

    location = parse_url(folder / "a.ome.zarr", mode="r")
    assert location is not None
    node = next(iter(Reader(location)()))
    assert [axis["unit"] for axis in node.metadata["axes"]] == ["micrometer"] * 3
    (scale,) = node.metadata["coordinateTransformations"][0]
    return np.asarray(node.data[0]), tuple(scale["scale"])


def by_ours(name: str) -> Callable[[Path], Read]:
    def read(folder: Path) -> Read:
        (path,) = folder.glob(name)
        image = read_image(path)
        assert image.voxel_size_um is not None
        return np.asarray(image.array), image.voxel_size_um

    return read


OURS = [
    *(("tiff", "a.tif"), ("ome-tiff", "a.ome.tif"), ("nrrd", "a.nrrd"), ("mha", "a.mha")),
    *(("raw", "a_*.raw"), ("raw", "a_*.mhd"), ("ome-zarr", "a.ome.zarr")),
]

READERS: list[tuple[str, Callable[[Path], Read]]] = [
    ("tiff", by_tifffile),
    ("ome-tiff", by_ome),
    ("vti", by_pyvista),
    ("nrrd", by_pynrrd),
    ("nrrd", by_simpleitk("a.nrrd")),
    ("mha", by_simpleitk("a.mha")),
    ("raw", by_simpleitk("a_*.mhd")),
    ("ome-zarr", by_ome_zarr),
    *((to, by_ours(name)) for to, name in OURS),
]


@pytest.mark.parametrize(("to", "read"), READERS)
@pytest.mark.parametrize("axis", ["z", "x"])
@pytest.mark.parametrize("side", ["first", "last"])
def test_another_library_reads_voxels_axes_and_edges(
    tmp_path: Path, source: Source, to: str, read: Callable[[Path], Read], axis: str, side: str
) -> None:
    write(source, tmp_path / "out", to, through_axis=axis, separator_side=side)
    voxels, edges = read(tmp_path / "out")
    expected = source.labels if side == "first" else source.labels[::-1]
    if axis == "x":
        expected = expected.swapaxes(0, 2)
    assert voxels.dtype == np.uint8
    np.testing.assert_array_equal(voxels, expected)
    assert edges == pytest.approx(SIZES if axis == "z" else SIZES[::-1], rel=1e-6)


def test_every_format_of_voxels_is_read_by_another_library() -> None:
    surfaces = {name for name, one in FORMATS.items() if one.bytes_per_triangle}
    assert {to for to, _ in READERS} == set(FORMATS) - surfaces - {"geodict"}
    assert surfaces == {"stl", "ply"}  # tests/export/test_mesh.py


def test_taufactor_takes_the_tiff(tmp_path: Path) -> None:
    """Transport along the first axis of the array, the pressing direction of ours."""
    taufactor = pytest.importorskip("taufactor")
    import tifffile

    labels = np.zeros((8, 9, 10), np.uint8)
    labels[:, :3] = 1  # straight channels along z: no detour
    write(Source(labels=labels, voxel_size_um=(0.1, 0.1, 0.1)), tmp_path, "tiff")
    solver = taufactor.Solver(tifffile.imread(tmp_path / "a.tif") == 1, device="cpu")
    solver.solve(verbose=False)
    assert np.asarray(solver.tau).item() == pytest.approx(1, abs=1e-3)
    assert np.asarray(solver.D_eff).item() == pytest.approx(3 / 9, abs=1e-3)


@pytest.mark.parametrize("to", list(FORMATS))
def test_a_readme_says_size_axes_phases_and_verdict(
    tmp_path: Path, source: Source, to: str
) -> None:
    told = write(source, tmp_path, to, resample_um="smallest", through_axis="x")
    (name,) = (entry for entry in told.entries if "README" in entry)
    text = (tmp_path / name).read_text(encoding="utf-8")
    words = " ".join(text.split())
    assert "Pressing direction (through-plane): X" in words
    assert "4 x 5 x 7 voxels with edges" not in words  # the axes were exchanged before
    assert "7 x 5 x 4 voxels with edges 0.1 x 0.2 x 0.3 um" in words
    assert "The volume was not made from a twin" in words
    cubic = source.labels.repeat(3, 0).repeat(2, 1)
    for code, phase in enumerate(("pore", "active material", "solid electrolyte")):
        share = np.count_nonzero(cubic == code) / cubic.size
        (line,) = (line for line in text.splitlines() if f"{share:.6f}" in line and phase in line)
        assert line.split()[0].lstrip("0") in (str(code), "")


@pytest.mark.parametrize("to", list(FORMATS))
def test_cancelled_at_any_step_nothing_is_left(tmp_path: Path, source: Source, to: str) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    total = sum(1 for _ in export(source, tmp_path / "all", to=to, options=_CUBIC))
    assert total > 3
    for number in {1, total // 2, total}:
        steps = export(source, tmp_path / "new" / "out", to=to, options=_CUBIC)
        for _ in range(number):
            next(steps)
        steps.close()
        assert sorted(path.name for path in tmp_path.iterdir()) == ["all", "mine.txt"]


_CUBIC = ExportOptions(resample_um="smallest")


@pytest.mark.parametrize("to", list(FORMATS))
def test_progress_goes_up_to_the_end(tmp_path: Path, source: Source, to: str) -> None:
    heard: list[Progress] = []
    finished(export(source, tmp_path, to=to, options=_CUBIC), heard.append)
    shares = [one.step / one.total for one in heard]
    assert shares == sorted(shares)
    assert shares[0] > 0
    assert shares[-1] == 1
    assert all(one.message for one in heard)


@pytest.mark.parametrize("to", list(FORMATS))
def test_a_second_export_replaces_the_first(tmp_path: Path, source: Source, to: str) -> None:
    for _ in range(2):
        told = write(source, tmp_path, to, resample_um="smallest")
    assert sorted(path.name for path in tmp_path.iterdir()) == list(told.entries)
    size = sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())
    assert told.bytes == size


@pytest.mark.parametrize("to", [to for to in FORMATS if to not in ("geodict", "stl", "ply")])
def test_what_lies_outside_is_kept_and_told(tmp_path: Path, source: Source, to: str) -> None:
    labels = source.labels.copy()
    labels[-1] = 255
    told = write(Source(labels=labels, voxel_size_um=SIZES), tmp_path, to)
    text = (tmp_path / "a_README.txt").read_text(encoding="utf-8")
    assert "outside the measured window (25.0% of the volume" in text
    readers = [read for name, read in READERS if name == to]
    np.testing.assert_array_equal(readers[0](tmp_path)[0], labels)
    assert not told.reservations


def test_a_zarr_of_somebody_else_is_left_alone(tmp_path: Path, source: Source) -> None:
    (tmp_path / "a.ome.zarr").mkdir()
    (tmp_path / "a.ome.zarr" / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="no Zarr store"):
        write(source, tmp_path, "ome-zarr")
    assert [path.name for path in tmp_path.rglob("*")] == ["a.ome.zarr", "mine.txt"]


def test_a_volume_mapped_from_a_file_is_written_plane_by_plane(
    tmp_path: Path, source: Source
) -> None:
    np.save(tmp_path / "v.npy", source.labels)
    mapped = np.load(tmp_path / "v.npy", mmap_mode="r")
    write(Source(labels=mapped, voxel_size_um=SIZES), tmp_path / "out", "mha", through_axis="x")
    voxels, _ = by_simpleitk("a.mha")(tmp_path / "out")
    np.testing.assert_array_equal(voxels, source.labels.swapaxes(0, 2))


@pytest.mark.parametrize("to", [to for to in FORMATS if to not in ("stl", "ply", "ome-zarr")])
def test_the_size_is_estimated(tmp_path: Path, to: str) -> None:
    labels = np.random.default_rng(0).integers(0, 3, (40, 150, 160)).astype(np.uint8)
    source = Source(labels=labels, voxel_size_um=(0.1, 0.1, 0.1))
    estimated = format_named(to).estimated_bytes(prepare(source, ExportOptions()))
    assert write(source, tmp_path, to).bytes == pytest.approx(estimated, rel=0.02)


def test_an_option_belongs_to_its_formats() -> None:
    for name, one in FORMATS.items():
        for option in (*LAYOUT, *MESH):
            if option in one.options:
                check_belongs(name, option)
            else:
                with pytest.raises(
                    InputError, match=f"is for stl and ply; leave it out for {name}"
                ):
                    check_belongs(name, option)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"through_axis": "y"}, "--through-axis"),
        ({"separator_side": "top"}, "--separator-side"),
        ({"mesh_unit": "mm"}, "--mesh-unit"),
        ({"mesh_smoothing": -0.1}, "--mesh-smoothing"),
        ({"mesh_smoothing": float("nan")}, "--mesh-smoothing"),
        ({"mesh_smoothing": 50.0}, "5 or less"),
    ],
)
def test_options_that_are_none(options: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        ExportOptions(**options)


@pytest.mark.parametrize("to", list(FORMATS))
def test_a_full_disk_is_found_before_the_start(
    tmp_path: Path, source: Source, to: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=10)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(InputError, match=r"needs about .* but 1e-08 GB are free"):
        next(export(source, tmp_path / "new" / "out", to=to, options=_CUBIC))
    assert not list(tmp_path.iterdir())


def test_a_folder_that_no_disk_takes_is_told(tmp_path: Path, source: Source) -> None:
    with pytest.raises(InputError, match=r"cannot be written \(file name too long\)"):
        write(source, tmp_path / ("a" * 300), "tiff")
    assert not list(tmp_path.iterdir())


def test_a_format_that_is_none(tmp_path: Path, source: Source) -> None:
    with pytest.raises(InputError, match="choose geodict, tiff"):
        write(source, tmp_path, "gdt")
    assert not list(tmp_path.iterdir())
