"""Measured data as arrays by name and the JSON object that says what they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.draft import Data, Labels
from napari_assb_twin.measure.sections import PLANES, Measured, Plane, SectionStack, Volume
from napari_assb_twin.session.document import numbers, text, texts
from napari_assb_twin.twin.json_object import as_object, check_keys

Read = Callable[[str], Labels]


def members_of(data: Data | None) -> tuple[dict[str, Any] | None, dict[str, Labels]]:
    """The description of the data, and their labels by the names of the members."""
    if data is None:
        return None, {}
    arrays = {f"data/{number:04}.npy": labels for number, labels in enumerate(data.images)}
    description: dict[str, Any] = {
        "sources": [source.encode("utf-8", "replace").decode() for source in data.sources],
        "reading": [dict(one) for one in data.reading],
    }
    names = iter(arrays)
    if isinstance(data.measured, Volume):
        sizes = list(data.measured.voxel_size_um)
        description["volume"] = {"labels": next(names), "voxel_size_um": sizes}
    else:
        description["stacks"] = [
            {
                "plane": stack.plane,
                "sections": [next(names) for _ in stack.images],
                "pixel_size_um": list(stack.pixel_size_um),
                "spacing_um": stack.spacing_um,
            }
            for stack in data.measured
        ]
    return description, arrays


def named_members(description: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Names of the members that a description calls for; each may be called for once.

    Raises
    ------
    InputError
        If the description is wrong, or a name stands twice.
    """
    if description is None:
        return ()
    check_keys(description, "data", required=("sources", "reading"), optional=("volume", "stacks"))
    if ("volume" in description) == ("stacks" in description):
        raise InputError("data must hold either a volume or stacks of sections.")
    names: list[str] = []
    if "volume" in description:
        volume = as_object(description["volume"], "data.volume")
        check_keys(volume, "data.volume", required=("labels", "voxel_size_um"))
        names.append(text(volume["labels"], "data.volume.labels"))
    for stack in _stacks(description):
        names.extend(texts(stack["sections"], "the sections of data.stacks"))
    if len(set(names)) != len(names):
        raise InputError("data names one array twice.")
    return tuple(names)


def data_of(description: Mapping[str, Any], read: Read) -> Data:
    """The data of a description that `named_members` accepted.

    Raises
    ------
    InputError
        If a value is wrong, or the labels are no phases.
    """
    sources = texts(description["sources"], "data.sources")
    reading = description["reading"]
    if not isinstance(reading, list):
        raise InputError("data.reading must be a list.")
    notes = tuple(as_object(one, "an entry of data.reading") for one in reading)
    return Data(_measured(description, read), sources, notes)


def _measured(description: Mapping[str, Any], read: Read) -> Measured:
    if "volume" in description:
        volume = description["volume"]
        z, y, x = numbers(volume["voxel_size_um"], "data.volume.voxel_size_um", 3)
        return Volume(read(volume["labels"]), (z, y, x))
    stacks: list[SectionStack] = []
    for stack in _stacks(description):
        rows, columns = numbers(stack["pixel_size_um"], "pixel_size_um of data.stacks", 2)
        spacing = stack["spacing_um"]
        if spacing is not None:
            (spacing,) = numbers([spacing], "spacing_um of data.stacks", 1)
        images = tuple(read(name) for name in stack["sections"])
        stacks.append(SectionStack(_plane(stack["plane"]), images, (rows, columns), spacing))
    if not stacks:
        raise InputError("data holds no stack of sections.")
    return tuple(stacks)


def _stacks(description: Mapping[str, Any]) -> list[dict[str, Any]]:
    value = description.get("stacks", [])
    if not isinstance(value, list):
        raise InputError("data.stacks must be a list.")
    stacks = [as_object(one, "a stack of data") for one in value]
    for stack in stacks:
        keys = ("plane", "sections", "pixel_size_um", "spacing_um")
        check_keys(stack, "a stack of data", required=keys)
    return stacks


def _plane(value: object) -> Plane:
    for plane in PLANES:
        if plane == value:
            return plane
    raise InputError(f"the plane of a stack is {value!r:.40}; it must be xy, xz or yz.")
