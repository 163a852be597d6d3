"""Image files and the options of the command that describe them, as measured data."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.axes import parse_lengths
from napari_assb_twin.images.doubt import moved_boundaries, moved_thresholds
from napari_assb_twin.images.draft import VOLUME, Draft, Kind, Labels, Segmentation
from napari_assb_twin.images.labels import parse_phases
from napari_assb_twin.images.reading import read_image, sha256_of
from napari_assb_twin.images.thresholds import Thresholds, parse_thresholds
from napari_assb_twin.measure.alternative import Alternative
from napari_assb_twin.measure.sections import PLANES, Measured, SectionStack, Volume

Drafts = list[tuple[Kind, Draft]]


def load_measured(options: Namespace) -> tuple[Measured, list[str]]:
    """The data that ``--xy``, ``--xz``, ``--yz`` or ``--volume`` name, and the files' names."""
    drafts = _drafts(options)
    files = [source for _, draft in drafts for source in draft.sources]
    return _measured(drafts, options, _segmentation(options)), files


def load_alternatives(options: Namespace) -> tuple[Alternative, ...]:
    """Other segmentations of the same data, within the doubts that the options state.

    ``--threshold-doubt`` moves each threshold up and down, ``--boundary-doubt-px`` grows and
    shrinks each phase.  The files are read again where one is given.

    Raises
    ------
    InputError
        If a doubt is given without what it doubts, or cannot be used.
    """
    segmentation = _segmentation(options)
    if options.threshold_doubt is None and options.boundary_doubt_px is None:
        return ()
    drafts = _drafts(options)
    alternatives: tuple[Alternative, ...] = ()
    if isinstance(segmentation, Thresholds) and options.threshold_doubt is not None:
        alternatives += moved_thresholds(
            lambda how: _measured(drafts, options, how), segmentation, options.threshold_doubt
        )
    if options.boundary_doubt_px is not None:
        measured = _measured(drafts, options, segmentation)
        alternatives += moved_boundaries(measured, options.boundary_doubt_px)
    return alternatives


def reading(options: Namespace) -> dict[str, Any]:
    """How the options say the files are read, for a provenance."""
    segmentation = _segmentation(options)
    record: dict[str, Any] = {"phases": options.phases}
    if isinstance(segmentation, Thresholds):
        record = segmentation.record()
    for doubt in ("threshold_doubt", "boundary_doubt_px"):
        if getattr(options, doubt, None) is not None:
            record[doubt] = getattr(options, doubt)
    return {
        **record,
        "pressing_axis": options.pressing_axis,
        "voxel_size_um": options.voxel_size_um or "from the file",
        "files": _files(options),
    }


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
    return _measured([(kind, _draft(paths))], options, _segmentation(options))


def load_volume(path: Path, options: Namespace) -> tuple[Labels, tuple[float, float, float]]:
    """The phases of a volume file of any size, (z, y, x), and its voxel edges."""
    draft = _draft([path])
    sizes = _sizes(draft, options.voxel_size_um, 3)
    return draft.volume(options.pressing_axis, sizes, _segmentation(options))


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


def _segmentation(options: Namespace) -> Segmentation:
    """How values become phases, after options that do not go together are refused."""
    if options.thresholds is None:
        for name in ("dark_to_bright", "threshold_doubt"):
            if getattr(options, name, None) is not None:
                raise InputError(
                    f"--{name.replace('_', '-')} is about thresholds; give them as "
                    "--thresholds 90,160."
                )
        return None if options.phases is None else parse_phases(options.phases)
    if options.phases is not None:
        raise InputError(
            "--phases is for images of labels, --thresholds for grey values; give one of them."
        )
    return parse_thresholds(options.thresholds, options.dark_to_bright)


def _sizes(draft: Draft, typed: str | None, axes: int) -> tuple[float, ...]:
    if typed is not None:
        return parse_lengths(typed, axes)
    own = draft.voxel_size_um
    if own is None:
        raise InputError(f"{draft.sources[0]} holds no pixel size; add --voxel-size-um 0.1.")
    return own[-axes:]
