"""What a file of a twin's volume says of it beyond the voxels: where its separator is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from napari_assb_twin.twin.gradient import SeparatorSide
from napari_assb_twin.twin.parameters import Twin

KEY = "assb-twin"
"""Of a Zarr's attributes, and of the JSON that other formats hold as a comment."""

LONGEST = 1 << 12
"""Characters above which a comment is none of ours."""


@dataclass(frozen=True, kw_only=True)
class VolumeNote:
    """Where the separator of a volume is.

    Attributes
    ----------
    separator_side
        End of the z axis that faces the separator.
    graded
        Whether the fractions change along z, so that the side is part of the volume.
    """

    separator_side: SeparatorSide
    graded: bool

    @classmethod
    def of(cls, twin: Twin) -> VolumeNote:
        """What is true of every volume of a twin; of a plain one the first slice is as good."""
        gradient = twin.gradient
        return cls(
            separator_side="first" if gradient is None else gradient.separator_side,
            graded=gradient is not None,
        )

    def attributes(self) -> dict[str, Any]:
        """The note as an entry of a file's metadata."""
        return {KEY: {"separator_side": self.separator_side, "graded": self.graded}}

    def text(self) -> str:
        """The note as one line of JSON."""
        return json.dumps(self.attributes())


def note_in(held: object) -> VolumeNote | None:
    """The note in a file's metadata or comment; None where there is none that is understood."""
    if isinstance(held, str) and len(held) <= LONGEST:
        try:
            held = json.loads(held)
        except (ValueError, RecursionError):
            return None
    note = held.get(KEY) if isinstance(held, Mapping) else None
    if not isinstance(note, Mapping):
        return None
    sides: tuple[SeparatorSide, ...] = get_args(SeparatorSide)
    side = next((one for one in sides if one == note.get("separator_side")), None)
    graded = note.get("graded")
    if side is None or not isinstance(graded, bool):
        return None
    return VolumeNote(separator_side=side, graded=graded)
