"""Image files and the options of the command that describe them, as measured data."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.axes import parse_lengths
from napari_assb_twin.images.doubt import moved_boundaries, moved_thresholds
from napari_assb_twin.images.draft import VOLUME, Draft, Kind, Labels, Segmentation
from napari_assb_twin.images.reading import read_image, sha256_of
from napari_assb_twin.images.segmentation import GreySegmentation
from napari_assb_twin.images.thresholds import GreyValues
from napari_assb_twin.images.trained_segmentation import TrainedSegmentation
from napari_assb_twin.measure.alternative import Alternative
from napari_assb_twin.measure.sections import PLANES, Measured, SectionStack, Volume
from napari_assb_twin.segmentation_input import Untrained, segmentation_from

Drafts = list[tuple[Kind, Draft]]


@dataclass(frozen=True)
class ImageInput:
    """The images that ``--xy``, ``--xz``, ``--yz`` or ``--volume`` name, ready to be measured.

    Attributes
    ----------
    options
        Those of the command.
    drafts
        The images with what they show; their grey values are treated already, or are phases that
        a forest found.
    segmentation
        How their values became phases, or will.  Its thresholds are numbers.
    """

    options: Namespace
    drafts: Drafts
    segmentation: Segmentation

    @property
    def sources(self) -> list[str]:
        """The names of the files."""
        return [source for _, draft in self.drafts for source in draft.sources]

    def measured(self) -> Measured:
        """The data."""
        return _measured(self.drafts, self.options, _mapping(self.segmentation))

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
                lambda moved: _measured(self.drafts, options, moved), how, options.threshold_doubt
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
            "files": _files(options),
        }


def open_images(options: Namespace) -> ImageInput:
    """Read the images that the options name; all of them share their thresholds.

    Raises
    ------
    InputError
        If options do not go together, a file cannot be read, or its grey values cannot be parted.
    """
    segmentation = segmentation_from(options)
    return ImageInput(options, *_settled(_drafts(options), segmentation))


def _settled(drafts: Drafts, how: Segmentation | Untrained) -> tuple[Drafts, Segmentation]:
    """The images with their grey values treated and thresholds as numbers, or their phases."""
    if isinstance(how, Untrained):
        trained = how.trained([draft for _, draft in drafts])
        return _named(drafts, trained), trained
    if not isinstance(how, GreySegmentation):
        return drafts, how
    treated = [(kind, draft.treated(how.treatment)) for kind, draft in drafts]
    arrays = [image.array for _, draft in treated for image in draft.images]
    sources = [source for _, draft in drafts for source in draft.sources]
    source = sources[0] if len(sources) == 1 else "the sections together"
    return treated, how.settled(GreyValues.of(*arrays, source=source))


def _named(drafts: Drafts, trained: TrainedSegmentation) -> Drafts:
    """The phases that a forest found, in place of the images."""
    phases = iter(trained.phases(apart=all(kind != VOLUME for kind, _ in drafts)))
    return [
        (kind, draft.holding(list(islice(phases, len(draft.images))))) for kind, draft in drafts
    ]


def _mapping(how: Segmentation) -> Segmentation:
    """How the values of settled images become phases."""
    if isinstance(how, TrainedSegmentation):
        return None
    return how.untreated if isinstance(how, GreySegmentation) else how


def _files(options: Namespace) -> list[dict[str, str]]:
    """The files of the options by name, SHA-256 and what they show."""
    groups: dict[str, list[Path]] = {plane: getattr(options, plane) for plane in PLANES}
    if options.volume is not None:
        groups = {VOLUME: [options.volume]}
    return [
        {"file": str(path), "sha256": sha256_of(path), "plane": plane}
        for plane, paths in groups.items()
        for path in paths
    ]


def load(kind: Kind, paths: Sequence[Path], options: Namespace) -> Measured:
    """Files of one kind (a plane, or ``"volume"``) as measured data."""
    settled, how = _settled([(kind, _draft(paths))], segmentation_from(options))
    return _measured(settled, options, _mapping(how))


def load_volume(path: Path, options: Namespace) -> tuple[Labels, tuple[float, float, float]]:
    """The phases of a volume file of any size, (z, y, x), and its voxel edges."""
    draft = _draft([path])
    sizes = _sizes(draft, options.voxel_size_um, 3)
    ((_, settled),), how = _settled([(VOLUME, draft)], segmentation_from(options))
    return settled.volume(options.pressing_axis, sizes, _mapping(how))


def _draft(paths: Sequence[Path]) -> Draft:
    return Draft(tuple(read_image(path) for path in paths))


def _drafts(options: Namespace) -> Drafts:
    sections: list[tuple[Kind, list[Path]]] = [
        ("xy", options.xy),
        ("xz", options.xz),
        ("yz", options.yz),
    ]
    given = [(plane, group) for plane, group in sections if group]
    if options.volume is not None:
        if given:
            raise InputError("Give either --volume or sections (--xy, --xz, --yz), not both.")
        return [(VOLUME, _draft([options.volume]))]
    if not given:
        raise InputError("There is nothing to fit; give --volume V.tif or sections with --yz IMG.")
    return [(plane, _draft(group)) for plane, group in given]


def _measured(drafts: Drafts, options: Namespace, segmentation: Segmentation) -> Measured:
    stacks: list[SectionStack] = []
    for kind, draft in drafts:
        measured = draft.measured(
            kind=kind,
            pressing_axis=options.pressing_axis,
            voxel_size_um=_sizes(draft, options.voxel_size_um, 3 if kind == VOLUME else 2),
            mapping=segmentation,
            spacing_um=getattr(options, "section_spacing_um", None),
        )
        if isinstance(measured, Volume):
            return measured
        stacks.extend(measured)
    return tuple(stacks)


def _sizes(draft: Draft, typed: str | None, axes: int) -> tuple[float, ...]:
    if typed is not None:
        return parse_lengths(typed, axes)
    own = draft.voxel_size_um
    if own is None:
        raise InputError(f"{draft.sources[0]} holds no pixel size; add --voxel-size-um 0.1.")
    return own[-axes:]
