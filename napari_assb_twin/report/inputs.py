"""The files that a twin was fitted to, read again; or one sentence that says why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.formats.raw import RAW_TYPES, RawLayout, RawType
from napari_assb_twin.images.geometry import VOLUME, Kind, geometry_as_read
from napari_assb_twin.images.labels import PARTS, Part, parse_phases
from napari_assb_twin.images.part import read_part
from napari_assb_twin.images.planes import Selection
from napari_assb_twin.images.reading import sha256_of
from napari_assb_twin.images.segmentation import GreySegmentation
from napari_assb_twin.images.thresholds import parse_thresholds
from napari_assb_twin.images.treatment import Treatment, parse_denoising
from napari_assb_twin.measure.sections import (
    PLANES,
    Measured,
    SectionStack,
    Volume,
    labels_sha256,
)
from napari_assb_twin.report.loose import (
    flag,
    listed,
    mapping,
    number,
    series,
    text,
    texts,
    whole,
)
from napari_assb_twin.report.record import Record

KINDS: tuple[Kind, ...] = (*PLANES, VOLUME)
READ = frozenset({"kind", "phases", "thresholds", "dark_to_bright", "pressing_axis",
                  "voxel_size_um", "threshold_doubt", "boundary_doubt_px", "contrast", "flatten",
                  "denoise", "min_object_px", "thresholds_chosen_by", "crop", "planes",
                  "mask", "information_bar", "tilt_degrees", "raw"})  # fmt: skip
"""The options of reading that can be followed here, or do not matter."""


def measured_again(record: Record, beside: Path) -> Measured:
    """The data of a fit, from its files as the record names them.

    Parameters
    ----------
    record
        Names the files with their SHA-256, and how they were read.
    beside
        The folder of the twin file, where they are looked for by name as well.

    Raises
    ------
    InputError
        If a file is not there, is not the one that was fitted, or cannot be read so again.
    """
    if not record.files:
        raise InputError("the record of the fit names no files with their SHA-256")
    found: dict[Kind, list[Path]] = {}
    for one in record.files:
        kind = next((kind for kind in KINDS if kind == one.plane), None)
        if kind is None or one.file is None or one.sha256 is None:
            raise InputError("the record of the fit does not say what every file is")
        found.setdefault(kind, []).append(_known(one.file, one.sha256, beside))
    stacks: list[SectionStack] = []
    for kind, paths in found.items():
        measured = _read(kind, paths, _reading(record, kind), beside)
        if isinstance(measured, Volume):
            return _checked(measured, record)
        stacks.extend(measured)
    return _checked(tuple(stacks), record)


def _find(name: str, beside: Path) -> Path:
    """The file beside the twin file, or where the record says it was."""
    last = name.replace("\\", "/").rpartition("/")[2]
    for path in (beside / last, Path(name)):
        if "\0" not in str(path) and path.exists():
            return path
    raise InputError(f"the file {last} is not there any more")


def _reading(record: Record, kind: Kind) -> Mapping[str, Any]:
    """How files of one kind were read."""
    suited = [one for one in record.reading if one.get("kind", kind) == kind]
    if not suited or any(one != suited[0] for one in suited):
        raise InputError("the record of the fit does not say how the files were read")
    steps = [key for key, value in suited[0].items() if key not in READ and value]
    if steps:
        raise InputError(
            f"the images went through steps that are not repeated here ({', '.join(steps)})"
        )
    return suited[0]


def _read(kind: Kind, paths: Sequence[Path], reading: Mapping[str, Any], beside: Path) -> Measured:
    """Sections or a volume; of a volume of which planes were used, these."""
    axis = whole(reading.get("pressing_axis")) or 0
    mask = _mask(reading, beside)
    stacks: list[SectionStack] = []
    for selection in _selections(kind, reading):
        draft = read_part(paths, kind, selection, pressing_axis=axis, mask=mask, raw=_raw(reading))
        measured = draft.measured(
            **geometry_as_read(
                draft.stated_sizes(kind), kind, axis, selection, _typed(reading), draft.sources[0]
            ),
            mapping=_greys(reading) or _labels(reading.get("phases")),
        )
        if isinstance(measured, Volume):
            return measured
        stacks.extend(measured)
    return tuple(stacks)


def _mask(reading: Mapping[str, Any], beside: Path) -> Path | None:
    """The file that says what was measured; a layer of the viewer cannot be read again."""
    said = mapping(reading.get("mask"))
    if not said:
        return None
    name, digest = text(said.get("file")), text(said.get("sha256"))
    if name is None or digest is None:
        raise InputError("the mask was a layer of the viewer, which is not in a file")
    return _known(name, digest, beside)


def _known(name: str, digest: str, beside: Path) -> Path:
    """A file of the record, if it is the same still."""
    path = _find(name, beside)
    if sha256_of(path) != digest.lower():
        raise InputError(f"{path.name} is not the file that was fitted (its SHA-256 differs)")
    return path


def _selections(kind: Kind, reading: Mapping[str, Any]) -> list[Selection]:
    """The part that was used; a volume may have been cut in several directions."""
    planes = reading.get("planes")
    if not planes or kind != VOLUME:
        return [Selection.from_record({**reading, "planes": None})]
    chosen = [planes] if isinstance(planes, str) else texts(planes)
    return [Selection.from_record({**reading, "planes": one}) for one in chosen]


def _raw(reading: Mapping[str, Any]) -> RawLayout | None:
    """How a RAW file was said to lie."""
    layout = mapping(reading.get("raw"))
    if not layout:
        return None
    dtype: RawType = next((one for one in RAW_TYPES if one == layout.get("dtype")), "uint8")
    shape = tuple(whole(size) or 0 for size in listed(layout.get("shape")))
    big_endian = flag(layout.get("big_endian"))
    return RawLayout(shape, dtype, whole(layout.get("header")) or 0, big_endian)


def _typed(reading: Mapping[str, Any]) -> str | None:
    """Voxel sizes as typed (a text) or as in the window (a list); None: those of the file."""
    value = reading.get("voxel_size_um")
    if isinstance(value, list | tuple):
        return ",".join(str(one) for one in value)
    return value if isinstance(value, str) and value != "from the file" else None


def _greys(reading: Mapping[str, Any]) -> GreySegmentation | None:
    """How grey values were parted; None for labels."""
    values = series(reading.get("thresholds"), 2)
    if values is None:
        return None
    names = texts(reading.get("dark_to_bright"))
    order = ",".join(names) if names else None
    cut = parse_thresholds(",".join(str(value) for value in values), order)
    contrast, denoise = series(reading.get("contrast"), 2), text(reading.get("denoise"))
    treatment = Treatment(
        contrast=None if contrast is None else (float(contrast[0]), float(contrast[1])),
        flatten=flag(reading.get("flatten")),
        denoise=None if denoise is None else parse_denoising(denoise),
    )
    smallest = whole(reading.get("min_object_px")) or 0
    return replace(GreySegmentation.of(cut), treatment=treatment, min_object_px=smallest)


def _labels(value: Any) -> dict[Part, tuple[int, ...]] | None:
    if value is None or text(value):
        return None if value is None else parse_phases(value)
    named = mapping(value)
    return {
        part: tuple(label for one in listed(named[part]) if (label := whole(one)) is not None)
        for part in PARTS
        if part in named
    }


def _checked(measured: Measured, record: Record) -> Measured:
    if not same_data(measured, record):
        raise InputError("read again, the files do not give the phases and sizes that were fitted")
    return measured


def same_data(measured: Measured, record: Record) -> bool:
    """Whether data have the planes, sizes and phases of those that were fitted.

    Records of older versions hold no SHA-256 of the phases; then planes and sizes decide.
    """
    now, then = _described(measured), _recorded(record)
    if not then:
        return True
    if not all(one.sha256 for one in then):
        now = [replace(one, sha256="") for one in now]
        then = [replace(one, sha256="") for one in then]
    return sorted(now) == sorted(then)


@dataclass(frozen=True, order=True)
class _Image:
    """What must be the same of one section or volume; sizes to six digits."""

    kind: str
    shape: tuple[int, ...]
    edges_um: tuple[str, ...]
    sha256: str


def _described(measured: Measured) -> list[_Image]:
    if isinstance(measured, Volume):
        labels, edges = measured.labels, _digits(measured.voxel_size_um)
        return [_Image(VOLUME, labels.shape, edges, labels_sha256(labels))]
    return [
        _Image(stack.plane, image.shape, _digits(stack.pixel_size_um), labels_sha256(image))
        for stack in measured
        for image in stack.images
    ]


def _recorded(record: Record) -> list[_Image]:
    found = []
    kind: str
    shapes: Sequence[Any]
    for one in record.data:
        if "volume" in one:
            kind, shapes, edges = VOLUME, [one["volume"]], one.get("voxel_size_um")
        else:
            kind, shapes = text(one.get("plane")) or "", listed(one.get("sections"))
            edges = one.get("pixel_size_um")
        sums = texts(one.get("sha256"))
        sums = sums if len(sums) == len(shapes) else ("",) * len(shapes)
        for shape, digest in zip(shapes, sums, strict=True):
            sides = tuple(whole(side) or 0 for side in listed(shape))
            found.append(_Image(kind, sides, _digits(listed(edges)), digest.lower()))
    return found


def _digits(edges: Sequence[Any]) -> tuple[str, ...]:
    return tuple(f"{number(edge) or 0.0:.6g}" for edge in edges)
