"""Zarr and OME-Zarr: the finest level, with its scale and unit, chunk by chunk."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.crop import parse_crop
from napari_assb_twin.images.planes import Selection
from napari_assb_twin.images.reading import read_image, sha256_of

zarr = pytest.importorskip("zarr")
google_crc32c = pytest.importorskip("google_crc32c")


@pytest.fixture
def volume() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 3, (8, 10, 12)).astype(np.uint8)


@pytest.mark.parametrize("axes", ["zyx", "czyx", "tczyx", "yx"])
def test_ome_zarr_of_its_own_library(tmp_path: Path, volume: np.ndarray, axes: str) -> None:
    from ome_zarr.writer import write_multiscale

    finest = volume if len(axes) > 2 else volume[0]
    shaped = finest.reshape((1,) * (len(axes) - finest.ndim) + finest.shape)
    kinds = {"t": "time", "c": "channel"}
    described: list[dict[str, str]] = []
    for name in axes:
        axis = {"name": name, "type": kinds.get(name, "space")}
        described.append(axis | ({"unit": "nanometer"} if name in "zyx" else {}))
    steps = {"z": 40.0, "y": 30.0, "x": 20.0}
    scales = [[steps.get(name, 1.0) * factor for name in axes] for factor in (1, 2)]
    write_multiscale(
        [shaped, shaped[..., ::2, ::2]],
        str(tmp_path / "v.zarr"),
        axes=described,
        coordinate_transformations=[[{"type": "scale", "scale": scale}] for scale in scales],
    )
    image = read_image(tmp_path / "v.zarr")
    np.testing.assert_array_equal(image.array, finest)
    assert image.voxel_size_um == pytest.approx((0.04, 0.03, 0.02)[-finest.ndim :])
    assert image.pixel_size_source == "the OME-Zarr metadata"


def plain(folder: Path, volume: np.ndarray, **options: Any) -> Any:
    array = zarr.create_array(
        str(folder), shape=volume.shape, chunks=(3, 4, 5), dtype=volume.dtype, **options
    )
    array[:] = volume
    return array


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("compressors", ["auto", None])
@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32", "bool"])
def test_a_plain_array(
    tmp_path: Path, volume: np.ndarray, version: int, compressors: Any, dtype: str
) -> None:
    plain(tmp_path / "a.zarr", volume.astype(dtype), zarr_format=version, compressors=compressors)
    image = read_image(tmp_path / "a.zarr")
    np.testing.assert_array_equal(image.array, volume.astype(dtype))
    assert image.array.dtype == dtype
    assert image.voxel_size_um is None


def test_shards_and_a_part(tmp_path: Path, volume: np.ndarray) -> None:
    plain(tmp_path / "a.zarr", volume, shards=(6, 8, 10))
    part = read_image(tmp_path / "a.zarr", selection=Selection(parse_crop("2:7,1:3,:5"))).array
    np.testing.assert_array_equal(part, volume[2:7, 1:3, :5])


def test_a_group_of_one_array_is_that_array(tmp_path: Path, volume: np.ndarray) -> None:
    zarr.open_group(str(tmp_path / "g.zarr"), mode="w")
    plain(tmp_path / "g.zarr" / "labels", volume)
    np.testing.assert_array_equal(read_image(tmp_path / "g.zarr").array, volume)
    plain(tmp_path / "g.zarr" / "other", volume)
    with pytest.raises(InputError, match="group of 2 arrays without OME metadata"):
        read_image(tmp_path / "g.zarr")


@pytest.mark.parametrize("version", [2, 3])
def test_pickles_are_not_opened(tmp_path: Path, volume: np.ndarray, version: int) -> None:
    plain(tmp_path / "a.zarr", volume, zarr_format=version)
    path = tmp_path / "a.zarr" / (".zarray" if version == 2 else "zarr.json")
    metadata = json.loads(path.read_text())
    if version == 2:
        metadata["filters"] = [{"id": "pickle", "protocol": 5}]
    else:
        metadata["codecs"].append({"name": "numcodecs.pickle", "configuration": {}})
    path.write_text(json.dumps(metadata))
    with pytest.raises(InputError, match="packed with pickle, which is not opened"):
        read_image(tmp_path / "a.zarr")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"shape": [10**9, 10**9, 10**9]}, "states [0-9]+ chunks, but holds"),
        ({"chunks": [10**6, 10**6, 10**6]}, "a chunk of a.zarr needs"),
        ({"dtype": "|O"}, "damaged|holds object"),
        ({"dtype": "nonsense"}, "damaged"),
        ({"shape": "no"}, "damaged"),
        ({"compressor": {"id": "jpeg2k"}}, "packed with jpeg2k"),
    ],
)
def test_damaged_metadata(
    tmp_path: Path, volume: np.ndarray, change: dict[str, Any], words: str
) -> None:
    plain(tmp_path / "a.zarr", volume, zarr_format=2)
    path = tmp_path / "a.zarr" / ".zarray"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(InputError, match=words) as caught:
        read_image(tmp_path / "a.zarr")
    assert "\n" not in str(caught.value)


def test_damaged_chunks(tmp_path: Path, volume: np.ndarray) -> None:
    plain(tmp_path / "a.zarr", volume, zarr_format=3)
    chunk = next(path for path in (tmp_path / "a.zarr").rglob("c/*/*/*"))
    chunk.write_bytes(chunk.read_bytes()[:7])
    with pytest.raises(InputError, match=r"a\.zarr is damaged"):
        read_image(tmp_path / "a.zarr")


@pytest.mark.parametrize("name", ["../a.zarr", "/etc", "", "gone", "0/../../b.zarr"])
def test_metadata_that_lead_elsewhere(tmp_path: Path, volume: np.ndarray, name: str) -> None:
    plain(tmp_path / "a.zarr", volume)
    group = zarr.open_group(str(tmp_path / "b.zarr"), mode="w", zarr_format=2)
    group.attrs["multiscales"] = [{"axes": ["z", "y", "x"], "datasets": [{"path": name}]}]
    with pytest.raises(InputError, match=r"leads out of it|lacks the array"):
        read_image(tmp_path / "b.zarr")


def test_several_channels(tmp_path: Path, volume: np.ndarray) -> None:
    group = zarr.open_group(str(tmp_path / "b.zarr"), mode="w", zarr_format=2)
    group.create_array("0", shape=(2, 8, 10, 12), dtype="u1")
    axes = [{"name": "c", "type": "channel"}, *({"name": n, "type": "space"} for n in "zyx")]
    group.attrs["multiscales"] = [{"axes": axes, "datasets": [{"path": "0"}]}]
    with pytest.raises(InputError, match="has 2 channels"):
        read_image(tmp_path / "b.zarr")


def test_the_sha256_of_a_zarr_covers_its_chunks(tmp_path: Path, volume: np.ndarray) -> None:
    array = plain(tmp_path / "a.zarr", volume)
    before = sha256_of(tmp_path / "a.zarr")
    array[0, 0, 0] = 2 - array[0, 0, 0] + 1
    assert sha256_of(tmp_path / "a.zarr") != before


SMALL = np.random.default_rng(1).integers(0, 3, (64, 64)).astype(np.uint8)
HUGE = bytes(48 << 20)


def packed(name: str, content: bytes) -> bytes:
    import numcodecs

    return bytes(numcodecs.get_codec({"id": name}).encode(content))


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("name", ["gzip", "zlib", "bz2", "lzma", "zstd", "blosc", "lz4"])
def test_a_chunk_is_unpacked_to_what_is_stated_and_no_further(
    tmp_path: Path, version: int, name: str
) -> None:
    folder = tmp_path / "v.zarr"
    if version == 2:
        import numcodecs

        packing: Any = numcodecs.get_codec({"id": name})
    else:
        import zarr.codecs.numcodecs as packings

        own = {"gzip": zarr.codecs.GzipCodec, "zstd": zarr.codecs.ZstdCodec}
        names = {"blosc": "Blosc", "lz4": "LZ4", "zlib": "Zlib", "bz2": "BZ2", "lzma": "LZMA"}
        packing = own[name]() if name in own else getattr(packings, names[name])()
    array = zarr.create_array(
        str(folder), shape=(64, 64), dtype="u1", zarr_format=version, compressors=[packing]
    )
    array[:] = SMALL
    np.testing.assert_array_equal(read_image(folder).array, SMALL)
    (chunk,) = (one for one in folder.rglob("*0") if one.is_file())
    chunk.write_bytes(packed(name, HUGE))
    tracemalloc.start()
    with pytest.raises(InputError, match="unpacks to more than it should"):
        read_image(folder)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < len(HUGE) / 4  # LZMA has a dictionary of 8 MiB


@pytest.mark.parametrize("part", ["whole", "corner"])
def test_a_chunk_in_a_shard_is_unpacked_no_further(tmp_path: Path, part: str) -> None:
    folder = tmp_path / "v.zarr"
    array = zarr.create_array(
        str(folder),
        shape=(64, 64),
        shards=(64, 64),
        chunks=(32, 32),
        dtype="u1",
        compressors=zarr.codecs.GzipCodec(),
    )
    array[:] = SMALL
    selection = Selection(parse_crop(":,:" if part == "whole" else "0:32,0:32"))
    rows = slice(0, 64 if part == "whole" else 32)
    read = read_image(folder, selection=selection).array
    np.testing.assert_array_equal(read, SMALL[rows, rows])
    bomb = packed("gzip", HUGE)
    (shard,) = (file for file in folder.rglob("0") if file.is_file())
    index = np.array([[0, len(bomb)]] * 4, "<u8").tobytes()
    checksum = google_crc32c.value(index).to_bytes(4, "little")
    shard.write_bytes(bomb + index + checksum)
    with pytest.raises(InputError, match="unpacks to more than it should"):
        read_image(folder, selection=selection)


def test_zstd_that_does_not_state_its_size(tmp_path: Path) -> None:
    """Blocks of one repeated byte (RFC 8878, 3.1.1.2), as a stream is packed."""
    folder = tmp_path / "v.zarr"
    array = zarr.create_array(
        str(folder), shape=(64, 64), dtype="u1", compressors=zarr.codecs.ZstdCodec()
    )
    array[:] = SMALL
    (chunk,) = (file for file in folder.rglob("0") if file.is_file())
    start = b"\x28\xb5\x2f\xfd\x00\x58"

    def block(size: int, *, last: bool) -> bytes:
        return (size << 3 | 1 << 1 | last).to_bytes(3, "little") + b"\x02"

    chunk.write_bytes(start + block(4096, last=True))
    np.testing.assert_array_equal(read_image(folder).array, np.full((64, 64), 2))
    chunk.write_bytes(start + block(1 << 17, last=False) * 2000 + block(1, last=True))
    with pytest.raises(InputError):
        read_image(folder)
