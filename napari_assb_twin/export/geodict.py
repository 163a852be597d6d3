"""A folder that GeoDict imports: RAW, TIFF stack, and a README with every number to type.

The formats follow GeoDict's public user guide (2025, 2026): 1-byte RAW without header, x fastest,
material 0 = pore; or a stack of TIFF slices named as GeoDict names its own.  Neither carries the
voxel length, so the README does.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.atomic import whole_folder
from napari_assb_twin.errors import InputError
from napari_assb_twin.export.geodict_readme import readme
from napari_assb_twin.twin.phases import OUTSIDE, PHASES, Phase

ThroughAxis = Literal["x", "z"]

GREYS = (0, 127, 254)
"""Grey values of pore, active material and solid electrolyte in the TIFF stack."""

CUBIC_TOLERANCE = 1e-4
"""Relative difference of voxel edges that counts as cubic: a tenth of a voxel in a thousand."""

_STEM = re.compile(r'[^<>:"/\\|?*\x00-\x1f]+')


def export_geodict(
    volume: NDArray[np.uint8],
    folder: str | os.PathLike[str],
    *,
    voxel_size_um: float | Sequence[float],
    through_axis: ThroughAxis = "z",
    stem: str = "cathode",
    periodic: bool | None = None,
    expected_fractions: Mapping[Phase, float] | None = None,
    verdict_lines: Sequence[str] = (),
) -> Path:
    """Write a volume for GeoDict: ``<stem>_...raw``, ``tiff_stack/``, README and ``<stem>.json``.

    Parameters
    ----------
    volume
        Phases 0, 1, 2 as (z, y, x), z the pressing direction.
    folder
        Where the files go; created if missing.
    voxel_size_um
        Edge of the cubic voxels in micrometres.
    through_axis
        GeoDict axis of the pressing direction.  ``"x"``, which BatteryDict needs, exchanges x
        and z; ``"z"`` leaves the volume as it is.
    stem
        First part of the file names.
    periodic
        Whether opposite faces of the volume fit together; None if not known.
    expected_fractions
        Volume fractions of the model, for the README beside those counted.
    verdict_lines
        How well the twin of the volume fits its data, for README and JSON (see
        `napari_assb_twin.calibration.verdict_lines`).

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError
        If the volume is not three-dimensional or holds anything but 0, 1 and 2, the voxels are
        not cubic, an option is none of its values, or the files cannot be written.
    """
    if through_axis not in ("x", "z"):
        raise InputError(
            f"the through axis is {through_axis!r}; it must be x or z (--through-axis)."
        )
    if not _STEM.fullmatch(stem) or stem.startswith("."):
        raise InputError(
            f"{stem!r} cannot begin file names; use letters, digits, - and _, without a folder."
        )
    counts = _phase_counts(volume)
    edge = _cubic_edge(voxel_size_um)
    turned = np.swapaxes(volume, 0, 2) if through_axis == "x" else volume
    facts = _facts(turned.shape, edge, through_axis, stem, periodic, counts, expected_fractions)
    facts["verdict"] = list(verdict_lines)
    _check_stack_folder(Path(folder) / "tiff_stack", stem)
    with whole_folder(folder) as aside:
        np.ascontiguousarray(turned, dtype=np.uint8).tofile(aside / facts["raw"]["file"])
        _write_stack(aside / "tiff_stack", turned, edge, stem)
        (aside / "README_geodict.txt").write_text(readme(facts, verdict_lines), encoding="utf-8")
        (aside / f"{stem}.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    return Path(folder)


def _phase_counts(volume: NDArray[np.uint8]) -> list[int]:
    if volume.ndim != 3 or volume.dtype != np.uint8 or volume.size == 0:
        raise InputError(
            f"GeoDict takes a uint8 volume with three axes, not {volume.dtype} with shape "
            f"{volume.shape}; map its labels to phases first."
        )
    counts = np.zeros(256, np.int64)
    for plane in volume:
        counts += np.bincount(plane.ravel(), minlength=256)
    found = [int(value) for value in np.flatnonzero(counts)]
    if OUTSIDE in found:
        raise InputError(
            f"{counts[OUTSIDE] / volume.size:.1%} of the volume lies outside the measured window "
            f"(value {OUTSIDE}); crop it to the window first."
        )
    if found[-1] >= len(PHASES):
        raise InputError(
            f"the volume holds the values {', '.join(map(str, found))}; GeoDict's materials are "
            "0, 1 and 2, so map its labels to phases first (--phases)."
        )
    return [int(count) for count in counts[: len(PHASES)]]


def _cubic_edge(voxel_size_um: float | Sequence[float]) -> float:
    edges = np.ravel(voxel_size_um).astype(float)
    if edges.size not in (1, 3) or not (np.isfinite(edges).all() and (edges > 0).all()):
        raise InputError(
            f"the voxel size is {voxel_size_um}; it must be a positive number of micrometres "
            "(--voxel-size-um)."
        )
    if edges.max() - edges.min() > CUBIC_TOLERANCE * edges.min():
        raise InputError(
            f"the voxels are {' x '.join(f'{edge:g}' for edge in edges)} um, but GeoDict needs "
            "cubic ones; resample the volume to one voxel size first."
        )
    return float(edges[0])


def _facts(
    shape: tuple[int, ...],
    edge: float,
    through_axis: ThroughAxis,
    stem: str,
    periodic: bool | None,
    counts: list[int],
    expected: Mapping[Phase, float] | None,
) -> dict[str, Any]:
    """What README and JSON both tell."""
    nz, ny, nx = shape
    total = sum(counts)
    return {
        "format": "assb-twin-geodict",
        "version": 1,
        "voxels": {"NX": nx, "NY": ny, "NZ": nz},
        "voxel_length_um": edge,
        "raw": {
            "file": f"{stem}_{nx}x{ny}x{nz}_{edge:g}um_8bit.raw",
            "header_bytes": 0,
            "type": "uint8",
            "order": "x fastest, z slowest",
            "thresholds": [0.5, 1.5],
        },
        "tiff_stack": {
            "files": f"tiff_stack/{stem}_Z00001.tif to {stem}_Z{nz:05d}.tif",
            "thresholds": [64, 191],
        },
        "materials": [
            {
                "id": code,
                "phase": phase,
                "tiff_grey": GREYS[code],
                "volume_fraction": counts[code] / total,
                "model_volume_fraction": None if expected is None else float(expected[phase]),
            }
            for code, phase in enumerate(PHASES)
        ],
        "pressing_axis": through_axis.upper(),
        "separator_side": f"{through_axis.upper()} = 0",
        "current_collector_side": f"{through_axis.upper()} = maximum",
        "periodic": periodic,
    }


def _check_stack_folder(stack: Path, stem: str) -> None:
    """Replacing the stack must not take somebody else's slices with it."""
    if not stack.is_dir():
        return
    ours = re.compile(re.escape(stem) + r"_Z[0-9]{5,}\.tif")
    other = sorted(entry.name for entry in stack.iterdir() if not ours.fullmatch(entry.name))
    if other:
        raise InputError(
            f"{stack} holds other files, such as {other[0]}; remove them or choose another folder."
        )


def _write_stack(stack: Path, volume: NDArray[np.uint8], edge: float, stem: str) -> None:
    import tifffile

    greys = np.array(GREYS, np.uint8)
    per_centimetre = 1e4 / edge
    stack.mkdir()
    for number, plane in enumerate(volume, start=1):
        tifffile.imwrite(
            stack / f"{stem}_Z{number:05d}.tif",
            greys[plane],
            photometric="minisblack",
            resolution=(per_centimetre, per_centimetre),
            resolutionunit="CENTIMETER",
            metadata=None,
        )
