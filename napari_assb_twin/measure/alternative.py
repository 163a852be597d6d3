"""Another segmentation of data that were measured once."""

from __future__ import annotations

from dataclasses import dataclass

from napari_assb_twin.measure.sections import Measured, Volume


@dataclass(frozen=True, eq=False)
class Alternative:
    """What the data might as well have been, within the doubt of their segmentation.

    Attributes
    ----------
    name
        What was done otherwise, as ``"pore grown by 0.5 px"``.
    measured
        The same sections or volume, of the same sizes and outside, with other labels.
    """

    name: str
    measured: Measured


def joined(
    *parts: tuple[Measured, tuple[Alternative, ...]],
) -> tuple[Alternative, ...]:
    """Alternatives of several sets of sections together, each given with its own.

    What has the same name is done in all sets that have it; the others stay as they were measured.
    """
    names = dict.fromkeys(one.name for _, alternatives in parts for one in alternatives)
    together = []
    for name in names:
        chosen = [
            next((one.measured for one in alternatives if one.name == name), measured)
            for measured, alternatives in parts
        ]
        stacks = [stack for one in chosen if not isinstance(one, Volume) for stack in one]
        together.append(Alternative(name, tuple(stacks)))
    return tuple(together)
