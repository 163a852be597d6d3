"""Image files and the options of the command that describe them, as measured data."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.axes import parse_lengths
from napari_assb_twin.images.draft import VOLUME, Draft, Kind, Labels
from napari_assb_twin.images.labels import Part, parse_phases
from napari_assb_twin.images.reading import read_image
from napari_assb_twin.measure.sections import Measured, SectionStack, Volume


def load_measured(options: Namespace) -> tuple[Measured, list[str]]:
    """The data that ``--xy``, ``--xz``, ``--yz`` or ``--volume`` name, and the files' names."""
    sections: list[tuple[Kind, list[Path]]] = [
        ("xy", options.xy),
        ("xz", options.xz),
        ("yz", options.yz),
    ]
    files = [file for _, group in sections for file in group]
    if options.volume is not None:
        if files:
            raise InputError("Give either --volume or sections (--xy, --xz, --yz), not both.")
        return load(VOLUME, [options.volume], options), [options.volume.name]
    if not files:
        raise InputError("There is nothing to fit; give --volume V.tif or sections with --yz IMG.")
    stacks: list[SectionStack] = []
    for plane, group in sections:
        if group:
            measured = load(plane, group, options)
            stacks.extend(() if isinstance(measured, Volume) else measured)
    return tuple(stacks), [file.name for file in files]


def load(kind: Kind, paths: Sequence[Path], options: Namespace) -> Measured:
    """Files of one kind (a plane, or ``"volume"``) as measured data."""
    draft = Draft(tuple(read_image(path) for path in paths))
    return draft.measured(
        kind=kind,
        pressing_axis=options.pressing_axis,
        voxel_size_um=_sizes(draft, options.voxel_size_um, 3 if kind == VOLUME else 2),
        mapping=_mapping(options),
        spacing_um=getattr(options, "section_spacing_um", None),
    )


def load_volume(path: Path, options: Namespace) -> tuple[Labels, tuple[float, float, float]]:
    """The phases of a volume file of any size, (z, y, x), and its voxel edges."""
    draft = Draft((read_image(path),))
    sizes = _sizes(draft, options.voxel_size_um, 3)
    return draft.volume(options.pressing_axis, sizes, _mapping(options))


def _mapping(options: Namespace) -> dict[Part, tuple[int, ...]] | None:
    return None if options.phases is None else parse_phases(options.phases)


def _sizes(draft: Draft, typed: str | None, axes: int) -> tuple[float, ...]:
    if typed is not None:
        return parse_lengths(typed, axes)
    own = draft.voxel_size_um
    if own is None:
        raise InputError(f"{draft.sources[0]} holds no pixel size; add --voxel-size-um 0.1.")
    return own[-axes:]
