"""Manifest, reader, writer, sample data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from napari.layers import Labels
from npe2 import PluginManifest

import napari_assb_twin
from napari_assb_twin.errors import InputError
from napari_assb_twin.export.tiff import write_tiff
from napari_assb_twin.images.reading import read_image
from napari_assb_twin.twin.presets import PRESETS
from napari_assb_twin.twin.twin_file import save_twin
from napari_assb_twin.workspace import plugin
from napari_assb_twin.workspace.display import METADATA

PACKAGED = Path(napari_assb_twin.__file__).parent / "napari.yaml"


@pytest.fixture(scope="module")
def manifest() -> PluginManifest:
    one = PluginManifest.from_file(PACKAGED)
    one.validate_imports()
    return one


def test_the_link_at_the_top_reads_the_same():
    top = PACKAGED.parent.parent / "napari.yaml"
    if not top.exists():
        pytest.skip("installed without the repository")
    assert top.read_text() == PACKAGED.read_text()


def test_every_preset_is_sample_data(manifest):
    titles = {sample.display_name for sample in manifest.contributions.sample_data}
    assert titles == {preset.title for preset in PRESETS.values()}
    for command in manifest.contributions.commands:
        assert callable(command.python_name.__class__)


@pytest.mark.parametrize("name", PRESETS)
def test_sample_data_are_labels_in_micrometres(name):
    sample = getattr(plugin, f"sample_{name.replace('-', '_')}")
    ((labels, options, kind),) = sample()
    assert kind == "labels"
    assert labels.dtype == np.uint8
    assert labels.shape == (64, 64, 64)
    assert options["units"] == ("µm",) * 3


@pytest.mark.each_binding
def test_a_twin_file_opens_as_its_volume(make_napari_viewer, small_twin, tmp_path):
    path = save_twin(small_twin, tmp_path / "cathode.twin.json")
    viewer = make_napari_viewer()
    (layer,) = viewer.open(str(path), plugin="napari-assb-twin")
    assert layer.name == "cathode"
    assert layer.data.shape == small_twin.grid.shape
    assert np.allclose(layer.scale, small_twin.grid.voxel_size_um)


def test_the_reader_takes_twin_files_only():
    assert plugin.twin_reader("a.twin.json") is plugin._read_twins
    assert plugin.twin_reader(["a.twin.json", "b.tif"]) is None


def test_images_that_napari_does_not_read_become_layers(tmp_path):
    import nrrd

    labels = np.random.default_rng(0).integers(0, 3, (4, 5, 6)).astype(np.uint8)
    grey = np.arange(120, dtype=np.uint16).reshape(4, 5, 6)
    sizes = {"space dimension": 3, "space units": ["mm"] * 3}
    for name, array in (("labels", labels), ("grey", grey)):
        header = {"space directions": np.diag([2e-4, 1e-4, 1e-4]), **sizes}
        nrrd.write(str(tmp_path / f"{name}.nrrd"), array, header, index_order="C")
    paths = [str(tmp_path / f"{name}.nrrd") for name in ("labels", "grey")]
    read = plugin.image_reader(paths)
    (first, options, kind), (second, _, other) = read(paths)
    assert (kind, other) == ("labels", "image")
    assert np.array_equal(first, labels)
    assert np.array_equal(second, grey)
    assert sorted(options["scale"]) == pytest.approx([0.1, 0.1, 0.2])
    assert options["units"] == ("µm",) * 3
    assert plugin.image_reader([*paths, "a.tif"]) is None
    (tmp_path / "a.raw").write_bytes(bytes(100))
    with pytest.raises(InputError, match="bytes only"):
        plugin.image_reader(str(tmp_path / "a.raw"))(str(tmp_path / "a.raw"))


def test_the_writer_keeps_the_voxel_size(make_napari_viewer, tmp_path):
    viewer = make_napari_viewer()
    labels = np.random.default_rng(0).integers(0, 3, (4, 5, 6)).astype(np.int32)
    layer = viewer.add_labels(labels, scale=(0.3, 0.1, 0.1), units=("µm",) * 3)
    (written,) = layer.save(str(tmp_path / "a.tif"), plugin="napari-assb-twin")
    image = read_image(written)
    assert image.array.dtype == np.uint8
    assert np.array_equal(image.array, labels)
    assert image.voxel_size_um == pytest.approx((0.3, 0.1, 0.1))


@pytest.mark.parametrize(
    ("units", "size"), [("nm", 0.02), ("µm", 20.0), ("mm", 20_000.0), ("pixel", None)]
)
def test_the_writer_knows_the_unit_of_the_scale(tmp_path, units, size):
    labels = np.random.default_rng(0).integers(0, 3, (4, 5, 6)).astype(np.uint8)
    layer = Labels(labels, scale=(20, 20, 20), units=(units,) * 3)
    data, meta, _ = layer.as_layer_data_tuple()
    path = tmp_path / "a.tif"
    if size is None:
        with pytest.raises(InputError, match="does not say its voxel size"):
            plugin.write_labels(str(path), data, meta)
        assert not path.exists()
        return
    plugin.write_labels(str(path), data, meta)
    assert read_image(path).voxel_size_um == pytest.approx((size,) * 3)


def test_the_writer_writes_phases_whatever_is_seen(tmp_path):
    phases = np.random.default_rng(0).integers(0, 3, (4, 5, 6)).astype(np.uint8)
    meta = {"scale": (0.1, 0.1, 0.1), "units": ("µm",) * 3, "metadata": {METADATA: phases}}
    plugin.write_labels(str(tmp_path / "a.tif"), np.zeros_like(phases), meta)
    assert np.array_equal(tifffile.imread(tmp_path / "a.tif"), phases)


def test_what_is_written_is_read(tmp_path):
    phases = np.random.default_rng(0).integers(0, 3, (40, 40)).astype(np.uint8)
    write_tiff(tmp_path / "s.tif", phases, voxel_size_um=0.2)
    assert read_image(tmp_path / "s.tif").voxel_size_um == pytest.approx((0.2, 0.2))
