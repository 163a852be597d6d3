"""Sound files of every format that is read, small, for `fuzz_files` to damage."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nrrd
import numpy as np
import tifffile
import zarr
from PIL import Image as Pillow

FEI = (
    "[Scan]\nPixelWidth=2.5e-009\nPixelHeight=2.5e-009\n[Stage]\nStageT=0.9\n"
    "[Image]\nResolutionX=48\nResolutionY=36\n"
)
ZEISS = "0\r\n0\r\n0\r\n4e-009\r\nAP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = 558.2 pm\r\n"
TESCAN = "[MAIN]\r\nImageStripSize=6\r\nPixelSizeX=1e-8\r\nPixelSizeY=1e-8\r\n"
JEOL = "$CM_FULL_SIZE 48 36\r\n$$SM_MICRON_BAR 80\r\n$$SM_MICRON_MARKER 1um\r\n"

Write = Callable[[Path], None]
"""Writes one image into an empty folder; the first file by name is what is opened."""


def volume() -> np.ndarray:
    """Labels (z, y, x)."""
    return np.random.default_rng(0).integers(0, 3, (6, 40, 48)).astype(np.uint8)


def grey() -> np.ndarray:
    """A micrograph with a bar of four rows."""
    section = np.random.default_rng(1).integers(0, 250, (40, 48)).astype(np.uint8)
    section[36:] = 255
    return section


def _tiff(array: np.ndarray, **options: Any) -> Write:
    return lambda folder: tifffile.imwrite(
        folder / "a.tif", array, photometric="minisblack", **options
    )


def _tagged(code: int, text: str) -> Write:
    return _tiff(grey(), extratags=[(code, 7, 0, text.encode(), True)])


def _beside(write: Write, name: str, text: str) -> Write:
    def both(folder: Path) -> None:
        write(folder)
        (folder / name).write_text(text, newline="")

    return both


def _png(folder: Path) -> None:
    Pillow.fromarray(grey()).save(folder / "a.png", dpi=(72, 72))


def _palette(folder: Path) -> None:
    Pillow.fromarray(volume()[0]).convert("P").save(folder / "a.png")


def _npy(array: np.ndarray) -> Write:
    return lambda folder: np.save(folder / "a.npy", array)


def _nrrd(name: str, encoding: str) -> Write:
    header = {"encoding": encoding, "spacings": [0.1] * 3, "units": ["um"] * 3}
    return lambda folder: nrrd.write(str(folder / name), volume(), header, index_order="C")


def _mha(folder: Path) -> None:
    (folder / "a.mha").write_bytes(_mha_header("LOCAL").encode() + volume().tobytes())


def _mhd(folder: Path) -> None:
    (folder / "a.mhd").write_text(_mha_header("b.raw"))
    (folder / "b.raw").write_bytes(volume().tobytes())


def _mha_packed(folder: Path) -> None:
    import zlib

    header = _mha_header("LOCAL", "CompressedData = True\n")
    (folder / "a.mha").write_bytes(header.encode() + zlib.compress(volume().tobytes()))


def _mha_header(data: str, more: str = "") -> str:
    return (
        "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\n"
        f"{more}ElementSpacing = 0.0001 0.0001 0.0001\nDimSize = 48 40 6\n"
        f"ElementType = MET_UCHAR\nElementDataFile = {data}\n"
    )


def _raw_named(folder: Path) -> None:
    (folder / "a_48x40x6_0.1um_8bit.raw").write_bytes(volume().tobytes())


def _raw(folder: Path) -> None:
    (folder / "a.raw").write_bytes(volume().tobytes())


def _slices(folder: Path) -> None:
    (folder / "s").mkdir()
    for number, plane in enumerate(volume()):
        tifffile.imwrite(folder / "s" / f"s{number}.tif", plane)


def _zarr(version: int) -> Write:
    def write(folder: Path) -> None:
        group = zarr.open_group(str(folder / "a.zarr"), mode="w", zarr_format=version)
        array = group.create_array("0", shape=(6, 40, 48), chunks=(3, 20, 24), dtype="u1")
        array[:] = volume()
        axes = [{"name": name, "type": "space", "unit": "nanometer"} for name in "zyx"]
        step = {"type": "scale", "scale": [10.0, 10.0, 10.0]}
        scale = {"axes": axes, "datasets": [{"path": "0", "coordinateTransformations": [step]}]}
        group.attrs.update(
            {"multiscales": [scale]} if version == 2 else {"ome": {"multiscales": [scale]}}
        )

    return write


_GEODICT = {
    "format": "assb-twin-geodict",
    "voxels": {"NX": 48, "NY": 40, "NZ": 6},
    "voxel_length_um": 0.1,
    "raw": {"file": "a.raw", "header_bytes": 0, "type": "uint8"},
}
_DRAGONFLY = (
    "ObjectFileName: a.raw\nResolution: 48 40 6\nFormat: UCHAR\nSliceThickness: 1e-7 1e-7 1e-7\n"
    "MeasurementUnit: METER\n"
)
_IMAGEJ = {"imagej": True, "resolution": (4, 4), "metadata": {"unit": "um", "axes": "ZYX"}}

SEEDS: dict[str, Write] = {
    "TIFF": _tiff(volume()),
    "TIFF float32": _tiff(volume().astype(np.float32)),
    "TIFF big-endian": _tiff(volume().astype(">u2"), byteorder=">"),
    "TIFF LZW": _tiff(volume(), compression="lzw", predictor=True),
    "TIFF deflate": _tiff(volume(), compression="zlib"),
    "TIFF PackBits": _tiff(volume(), compression="packbits"),
    "TIFF JPEG": _tiff(grey(), compression="jpeg"),
    "TIFF tiled": _tiff(volume(), tile=(16, 16), compression="zlib"),
    "BigTIFF": _tiff(volume(), bigtiff=True),
    "ImageJ TIFF": lambda folder: tifffile.imwrite(folder / "a.tif", volume(), **_IMAGEJ),
    "OME-TIFF": lambda folder: tifffile.imwrite(
        folder / "a.ome.tif", volume(), metadata={"axes": "ZYX", "PhysicalSizeX": 0.1}
    ),
    "FEI TIFF": _tagged(34682, FEI),
    "Zeiss TIFF": _tagged(34118, ZEISS),
    "Tescan TIFF": _tagged(50431, TESCAN),
    "JEOL text": _beside(_tiff(grey()), "a.txt", JEOL),
    "Tescan text": _beside(_tiff(grey()), "a-tif.hdr", TESCAN),
    "PNG": _png,
    "PNG palette": _palette,
    "NPY": _npy(volume()),
    "NPY Fortran": _npy(np.asfortranarray(volume().astype(np.int32))),
    "NRRD raw": _nrrd("a.nrrd", "raw"),
    "NRRD gzip": _nrrd("a.nrrd", "gzip"),
    "NRRD bzip2": _nrrd("a.nrrd", "bzip2"),
    "NHDR": _nrrd("a.nhdr", "raw"),
    "MHA": _mha,
    "MHA packed": _mha_packed,
    "MHD": _mhd,
    "RAW by name": _raw_named,
    "RAW and JSON": _beside(_raw, "a.json", json.dumps(_GEODICT)),
    "RAW and DAT": _beside(_raw, "a.dat", _DRAGONFLY),
    "slices": _slices,
    "Zarr 2": _zarr(2),
    "Zarr 3": _zarr(3),
}


def fresh(folder: Path, name: str) -> Path:
    """Write one of them into a new folder; returns what is opened."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    SEEDS[name](folder)
    opened = [path for path in sorted(folder.iterdir()) if path.suffix not in OTHERS]
    return opened[0]


OTHERS = (".txt", ".hdr", ".json", ".dat")
