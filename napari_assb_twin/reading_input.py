"""The options of the command that say which files are opened, and which part of them counts."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.crop import WHOLE, parse_crop
from napari_assb_twin.images.draft import Draft, mask_record
from napari_assb_twin.images.formats.raw import RAW_TYPES, RawLayout
from napari_assb_twin.images.geometry import VOLUME, Kind, geometry_as_read
from napari_assb_twin.images.image import ImageOf, VolumeFile
from napari_assb_twin.images.part import read_part
from napari_assb_twin.images.planes import Selection, parse_planes
from napari_assb_twin.images.reading import open_volume, sha256_of
from napari_assb_twin.measure.sections import PLANES


@dataclass(frozen=True)
class Opened:
    """Files of one kind, the part of them that counts.

    Attributes
    ----------
    kind
        What the files are; of a volume, planes may be selected.
    draft
        The part that was read.
    selection
        Which part that is.
    """

    kind: Kind
    draft: Draft
    selection: Selection

    @property
    def whole(self) -> bool:
        """Whether it is a volume and not sections."""
        return self.kind == VOLUME and self.selection.planes is None

    def geometry(self, options: Namespace) -> dict[str, Any]:
        """What `Draft.measured` needs to know: kind, pressing axis and voxel sizes of the part.

        Raises
        ------
        InputError
            If no size is typed and the files state none.
        """
        return geometry_as_read(
            self.draft.stated_sizes(self.kind),
            self.kind,
            options.pressing_axis,
            self.selection,
            options.voxel_size_um,
            self.draft.sources[0],
        )


def open_kind(kind: Kind, paths: Sequence[Path], options: Namespace) -> list[Opened]:
    """Files of one kind; each choice of planes of a volume is one of its own.

    Raises
    ------
    InputError
        If an option cannot be used, a file cannot be read, or has no such part.
    """
    opened = [
        Opened(
            kind,
            read_part(
                paths,
                kind,
                selection,
                pressing_axis=options.pressing_axis,
                mask=options.mask,
                raw=_raw(options),
            ),
            selection,
        )
        for selection in _selections(kind, options)
    ]
    _check_raw([image for one in opened for image in one.draft.images], options)
    return opened


def open_volume_file(path: Path, options: Namespace) -> tuple[VolumeFile, dict[str, Any]]:
    """A volume that stays in its file, and its geometry as `Opened.geometry` gives it.

    Raises
    ------
    InputError
        If an option cannot be used, the file cannot be read, has no such part, or its voxel size
        is neither stated nor typed.
    """
    (selection,) = _selections(VOLUME, options)
    axis = options.pressing_axis
    image = open_volume(path, raw=_raw(options), selection=selection, pressing_axis=axis)
    _check_raw([image], options)
    return image, geometry_as_read(
        image.voxel_size_um, VOLUME, axis, selection, options.voxel_size_um, image.source
    )


def _check_raw(images: Sequence[ImageOf[Any]], options: Namespace) -> None:
    """Refuse a layout that none of the files needs."""
    if options.raw_shape is not None and all(image.raw is None for image in images):
        raise InputError(
            f"--raw-shape is for RAW files, and {images[0].source} says its sizes itself; leave it "
            "out."
        )


def reading_record(opened: Sequence[Opened], options: Namespace) -> dict[str, Any]:
    """What a provenance says of the files, and of the part of them that was read."""
    groups: dict[str, list[Path]] = {plane: getattr(options, plane) for plane in PLANES}
    if options.volume is not None:
        groups = {VOLUME: [options.volume]}
    record: dict[str, Any] = {}
    for one in opened:
        record |= one.selection.record()
        if one.draft.mask is not None:
            record["mask"] = mask_record(one.draft.mask)
    if options.planes:
        record["planes"] = [parse_planes(text).record() for text in options.planes]
    if not any(image.cut_bar for one in opened for image in one.draft.images):
        record.pop("information_bar", None)
    raw = _raw(options)
    if raw is not None:
        record["raw"] = asdict(raw)
    return {
        **record,
        "files": [
            {"file": str(path), "sha256": sha256_of(path), "plane": plane}
            for plane, paths in groups.items()
            for path in paths
        ],
    }


def notes(opened: Sequence[Opened], options: Namespace) -> Iterator[str]:
    """What the user should know of how files were read, one line each."""
    told = set()
    for one in opened:
        for image in one.draft.images:
            for note in image_notes(image, one.draft.stated_sizes(one.kind), options):
                if note not in told:
                    told.add(note)
                    yield note


def image_notes(
    image: ImageOf[Any], stated: Sequence[float] | None, options: Namespace
) -> Iterator[str]:
    """The same of one image, of which the file states these voxel sizes."""
    if options.voxel_size_um is None and image.pixel_size_source is not None:
        edges = " x ".join(f"{size:.4g}" for size in stated or ())
        yield f"{image.source}: voxel size {edges} µm from {image.pixel_size_source}"
    if image.cut_bar:
        yield (
            f"{image.source}: an information bar below row {image.crop.ranges[-2][1]} is left out "
            "(--keep-information-bar keeps it)"
        )
    if image.tilt_degrees and options.tilt_degrees is None:
        yield (
            f"{image.source}: the file states a stage tilt of {image.tilt_degrees:.4g} degrees; "
            "nothing is corrected for it (--tilt-degrees)"
        )


def _selections(kind: Kind, options: Namespace) -> list[Selection]:
    if options.planes and kind != VOLUME:
        raise InputError("--planes are chosen of a volume; sections are used whole.")
    every = Selection(
        crop=WHOLE if options.crop is None else parse_crop(options.crop),
        cut_bar=not options.keep_information_bar,
        tilt_degrees=options.tilt_degrees,
    )
    if not options.planes:
        return [every]
    return [replace(every, planes=parse_planes(text)) for text in options.planes]


def _raw(options: Namespace) -> RawLayout | None:
    """How the voxels of RAW files lie in them, if that is typed."""
    if options.raw_shape is None:
        for name in ("raw_type", "raw_header", "raw_big_endian"):
            if getattr(options, name):
                raise InputError(
                    f"--{name.replace('_', '-')} is about RAW files; give their sizes too, as "
                    "--raw-shape 160,180,200."
                )
        return None
    sizes = options.raw_shape.split(",")
    if not all(size.strip().isdecimal() for size in sizes):
        raise InputError(
            f"--raw-shape is {options.raw_shape!r}; give whole numbers of voxels, as 160,180,200."
        )
    return RawLayout(
        tuple(int(size) for size in sizes),
        next((one for one in RAW_TYPES if one == options.raw_type), "uint8"),
        options.raw_header or 0,
        options.raw_big_endian,
    )
