"""Descriptors that sections hold: composition, interfaces, triple line and chords."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from napari_assb_twin.descriptors.chords import chords
from napari_assb_twin.descriptors.definitions import GROUPS, Group
from napari_assb_twin.descriptors.describe import (
    Described,
    Description,
    Measured,
    put_chords,
    put_composition,
    put_interfaces,
)
from napari_assb_twin.descriptors.triple_line import triple_line_of_planes
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.interfaces import measured_interfaces
from napari_assb_twin.measure.percolation import AXES
from napari_assb_twin.measure.sections import Plane, SectionStack

IN_SECTIONS: tuple[Group, ...] = ("composition", "interfaces", "chords")
"""Groups that planes tell of a volume; what is connected in one is not seen in a plane."""

_AXES_OF: dict[Plane, tuple[str, str]] = {"xy": ("y", "x"), "xz": ("z", "x"), "yz": ("z", "y")}
"""From row to row, and along the rows."""


def check_section_groups(groups: Sequence[Group]) -> tuple[Group, ...]:
    """Those of sections among all groups, or exactly those that are asked for.

    Raises
    ------
    InputError
        If one is asked for by name that sections do not hold.
    """
    if tuple(groups) == GROUPS:  # nothing was chosen
        return IN_SECTIONS
    unseen = [group for group in groups if group not in IN_SECTIONS]
    if unseen:
        raise InputError(
            f"Sections do not show {unseen[0]}, which needs a volume; choose among "
            f"{', '.join(IN_SECTIONS)}."
        )
    return tuple(groups)


def described_sections(
    stacks: Sequence[SectionStack],
    groups: Sequence[Group] = IN_SECTIONS,
    axes: Sequence[str] = AXES,
) -> Described:
    """Measure the descriptors of a volume that its sections hold.

    Plan views alone take interfaces to be isotropic, and any sections the triple line.

    Parameters
    ----------
    stacks
        Sections, phases and 255 outside.
    groups
        Of `IN_SECTIONS`.
    axes
        Of chords, as far as they lie in the planes.

    Yields
    ------
    `Measured`, before each group.

    Raises
    ------
    InputError
        If a group is asked for that sections do not hold.
    """
    groups, found = check_section_groups(groups), Description()
    images = [image for stack in stacks for image in stack.images]
    for number, group in enumerate(groups):
        yield Measured(number, len(groups), f"Measuring {group}")
        if group == "composition":
            put_composition(images, found)
        elif group == "interfaces":
            per_stack = [triple_line_of_planes(s.images, s.pixel_size_um) for s in stacks]
            put_interfaces(measured_interfaces(tuple(stacks)), float(np.mean(per_stack)), found)
        else:
            _put_chords(stacks, axes, found)
    return found


def _put_chords(stacks: Sequence[SectionStack], axes: Sequence[str], into: Description) -> None:
    for stack in stacks:
        labels = np.stack(stack.images)
        for place, axis in enumerate(_AXES_OF[stack.plane]):
            if axis in axes:
                of_axis = chords(labels, 1 + place, stack.pixel_size_um[place])
                put_chords(of_axis, axis, into)
