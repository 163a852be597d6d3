"""Image files and the options of the command that describe them, as measured data."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.axes import orient_volume, orient_voxel_size
from napari_assb_twin.images.doubt import moved_boundaries, moved_thresholds
from napari_assb_twin.images.draft import VOLUME, Draft, Kind, Segmentation
from napari_assb_twin.images.image import AnyArray
from napari_assb_twin.images.labels import Part, phase_codes
from napari_assb_twin.images.on_demand import OnDemand
from napari_assb_twin.images.room import require_room
from napari_assb_twin.images.segmentation import GreySegmentation
from napari_assb_twin.images.thresholds import GreyValues
from napari_assb_twin.images.trained_segmentation import TrainedSegmentation
from napari_assb_twin.measure.alternative import Alternative
from napari_assb_twin.measure.sections import Labels, Measured, SectionStack, Volume, coded
from napari_assb_twin.reading_input import (
    Opened,
    image_notes,
    notes,
    open_kind,
    open_volume_file,
    reading_record,
)
from napari_assb_twin.segmentation_input import Untrained, segmentation_from
from napari_assb_twin.twin.volume_note import VolumeNote


@dataclass(frozen=True)
class ImageInput:
    """The images that ``--xy``, ``--xz``, ``--yz`` or ``--volume`` name, ready to be measured.

    Attributes
    ----------
    options
        Those of the command.
    opened
        The images with what they show; their grey values are treated already, or are phases that
        a forest found.
    segmentation
        How their values became phases, or will.  Its thresholds are numbers.
    """

    options: Namespace
    opened: Sequence[Opened]
    segmentation: Segmentation

    @property
    def sources(self) -> list[str]:
        """The names of the files."""
        return [source for one in self.opened for source in one.draft.sources]

    def measured(self) -> Measured:
        """The data."""
        return _measured(self.opened, self.options, _mapping(self.segmentation))

    def alternatives(self) -> tuple[Alternative, ...]:
        """Other segmentations of the same data, within the doubts that the options state.

        ``--threshold-doubt`` moves each threshold up and down, ``--boundary-doubt-px`` grows and
        shrinks each phase.

        Raises
        ------
        InputError
            If a doubt cannot be used.
        """
        options, how = self.options, _mapping(self.segmentation)
        alternatives: tuple[Alternative, ...] = ()
        if isinstance(how, GreySegmentation) and options.threshold_doubt is not None:
            alternatives += moved_thresholds(
                lambda moved: _measured(self.opened, options, moved), how, options.threshold_doubt
            )
        if options.boundary_doubt_px is not None:
            alternatives += moved_boundaries(self.measured(), options.boundary_doubt_px)
        return alternatives

    def reading(self) -> dict[str, Any]:
        """How the files are read, for a provenance."""
        options = self.options
        record: dict[str, Any] = {"phases": options.phases}
        if isinstance(self.segmentation, GreySegmentation | TrainedSegmentation):
            record = self.segmentation.record()
        for doubt in ("threshold_doubt", "boundary_doubt_px"):
            if getattr(options, doubt, None) is not None:
                record[doubt] = getattr(options, doubt)
        return {
            **record,
            "pressing_axis": options.pressing_axis,
            "voxel_size_um": options.voxel_size_um or "from the file",
            **reading_record(self.opened, options),
        }

    def tell(self) -> None:
        """Say on stderr what the user should know of how the files were read."""
        for note in notes(self.opened, self.options):
            print(f"assb-twin: {note}", file=sys.stderr)


def open_images(options: Namespace) -> ImageInput:
    """Read the images that the options name; all of them share their thresholds.

    Raises
    ------
    InputError
        If options do not go together, a file cannot be read, or its grey values cannot be parted.
    """
    how = segmentation_from(options)
    return _settled(_all_opened(options), how, options)


def images_of(kind: Kind, paths: Sequence[Path], options: Namespace) -> ImageInput:
    """Files of one kind (a plane, or ``"volume"``), as `open_images` reads them."""
    how = segmentation_from(options)
    return _settled(open_kind(kind, paths, options), how, options)


@dataclass(frozen=True, eq=False)
class VolumeInput:
    """A volume file as an export takes it.

    Attributes
    ----------
    source
        Name of the file, for messages.
    labels
        (z, y, x); those of a `VolumeFile` stay there.
    codes
        Phase, or 255, that each label stands for; None where the labels are uint8 and the codes
        already.
    voxel_size_um
        Edges (z, y, x) in micrometres.
    note
        What the file says of the separator; None where it says nothing of this pressing axis.
    """

    source: str
    labels: AnyArray | OnDemand
    codes: Mapping[int, int] | None
    voxel_size_um: tuple[float, float, float]
    note: VolumeNote | None

    @property
    def phases(self) -> Labels:
        """The phases in memory, uint8 (z, y, x).

        Raises
        ------
        InputError
            If they do not fit there.
        """
        require_room(self.labels.size, self.source)
        phases = np.empty(self.labels.shape, np.uint8)
        for plane, labels in zip(phases, self.labels, strict=True):
            plane[...] = coded(labels, self.codes)
        return phases


def load_volume(path: Path, options: Namespace) -> VolumeInput:
    """A volume file of any size; only grey values that are segmented, or masked, are loaded.

    Raises
    ------
    InputError
        If the options do not go together, or the file cannot be read or its labels used.
    """
    if options.planes:
        raise InputError("A volume is taken whole here; --planes is for calibrate and coverage.")
    how = segmentation_from(options)
    if options.mask is None and (how is None or isinstance(how, Mapping)):
        return _labels_in_file(path, how, options)
    (one,) = open_kind(VOLUME, [path], options)
    sizes = one.geometry(options)["voxel_size_um"]
    images = _settled([one], how, options)
    images.tell()
    mapping, draft = _mapping(images.segmentation), images.opened[0].draft
    note = draft.single_volume.note if options.pressing_axis == 0 else None
    phases, edges = draft.volume(options.pressing_axis, sizes, mapping)
    return VolumeInput(draft.single_volume.source, phases, None, edges, note)


def _labels_in_file(
    path: Path, mapping: Mapping[Part, Sequence[int]] | None, options: Namespace
) -> VolumeInput:
    """A volume of labels, which are counted plane by plane and not kept."""
    image, geometry = open_volume_file(path, options)
    for line in image_notes(image, image.voxel_size_um, options):
        print(f"assb-twin: {line}", file=sys.stderr)
    codes = phase_codes(image.array, mapping, source=image.source)
    plain = image.array.dtype == np.uint8 and all(label == code for label, code in codes.items())
    return VolumeInput(
        image.source,
        orient_volume(image.array, options.pressing_axis),
        None if plain else codes,
        orient_voxel_size(geometry["voxel_size_um"], options.pressing_axis),
        image.note if options.pressing_axis == 0 else None,
    )


def _all_opened(options: Namespace) -> list[Opened]:
    sections: list[tuple[Kind, list[Path]]] = [
        ("xy", options.xy),
        ("xz", options.xz),
        ("yz", options.yz),
    ]
    given = [(plane, group) for plane, group in sections if group]
    if options.volume is not None:
        if given:
            raise InputError("Give either --volume or sections (--xy, --xz, --yz), not both.")
        return open_kind(VOLUME, [options.volume], options)
    if not given:
        raise InputError("There is nothing to fit; give --volume V.tif or sections with --yz IMG.")
    return [one for plane, group in given for one in open_kind(plane, group, options)]


def _settled(
    opened: Sequence[Opened], how: Segmentation | Untrained, options: Namespace
) -> ImageInput:
    """The images with their grey values treated and thresholds as numbers, or their phases."""
    if isinstance(how, Untrained):
        trained = how.trained([one.draft for one in opened])
        return ImageInput(options, _named(opened, trained), trained)
    if not isinstance(how, GreySegmentation):
        return ImageInput(options, opened, how)
    treated = [replace(one, draft=one.draft.treated(how.treatment)) for one in opened]
    values = _grey_values([one.draft for one in treated])
    return ImageInput(options, treated, how.settled(values))


def _grey_values(drafts: Sequence[Draft]) -> GreyValues:
    """Those of all images together."""
    arrays = [array for draft in drafts for array in draft.measured_pixels]
    sources = [source for draft in drafts for source in draft.sources]
    source = sources[0] if len(sources) == 1 else "the sections together"
    return GreyValues.of(*arrays, source=source)


def _named(opened: Sequence[Opened], trained: TrainedSegmentation) -> list[Opened]:
    """The phases that a forest found, in place of the images."""
    phases = iter(trained.phases(apart=not any(one.whole for one in opened)))
    return [
        replace(one, draft=one.draft.holding(list(islice(phases, len(one.draft.images)))))
        for one in opened
    ]


def _mapping(how: Segmentation) -> Segmentation:
    """How the values of settled images become phases."""
    if isinstance(how, TrainedSegmentation):
        return None
    return how.untreated if isinstance(how, GreySegmentation) else how


def _measured(opened: Sequence[Opened], options: Namespace, how: Segmentation) -> Measured:
    stacks: list[SectionStack] = []
    for one in opened:
        measured = one.draft.measured(
            **one.geometry(options),
            mapping=how,
            spacing_um=getattr(options, "section_spacing_um", None),
        )
        if isinstance(measured, Volume):
            return measured
        stacks.extend(measured)
    return tuple(stacks)
