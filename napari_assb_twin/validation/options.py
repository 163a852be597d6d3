"""How a volume is validated: one immutable object for command, window and record."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from napari_assb_twin.descriptors.definitions import GROUPS, Group, check_groups
from napari_assb_twin.errors import InputError
from napari_assb_twin.option_words import option_of, say, words_of
from napari_assb_twin.twin.gradient import SeparatorSide

Axis = Literal["z", "y", "x"]
AXES: tuple[Axis, ...] = get_args(Axis)
Kinds = Literal["gaussian", "auto"]


@dataclass(frozen=True, kw_only=True)
class ValidationOptions:
    """How a volume is validated.

    Attributes
    ----------
    axis
        Along which the volume is cut into two halves; None: the longer of y and x, so that both
        halves reach through the whole thickness.  The first half is calibrated on.
    planes
        Plan views, and as many cross-sections, that are taken out of the first half.
    realisations
        Volumes of each twin, as large as the other half.
    fields
        Gaussian fields, or the kinds that the sections ask for.
    groups
        Sets of descriptors that are measured; see `definitions.GROUPS`.
    separator
        At which end of z the separator lies, for what is connected from one side.
    seed
        Of the realisations and of the resampling of blocks.

    Raises
    ------
    InputError
        If an option is none of its values.
    """

    axis: Axis | None = field(
        default=None,
        metadata=say(
            "Halves along",
            "axis along which the volume is cut into two halves; the first is calibrated on; "
            "default: the longer of y and x",
            ("the longer of y and x", None),
            *((axis, axis) for axis in AXES),
        ),
    )
    planes: int = field(
        default=8,
        metadata=say(
            "Sections",
            "plan views, and as many cross-sections, of the first half that the twins are "
            "calibrated on",
            least=1,
            most=256,
        ),
    )
    realisations: int = field(
        default=4,
        metadata=say(
            "Realisations",
            "volumes of each twin, as large as the other half",
            least=2,
            most=64,
        ),
    )
    fields: Kinds = field(
        default="gaussian",
        metadata=say(
            "Fields",
            "Gaussian fields, or the kinds that the sections ask for (auto, slower)",
            ("Gaussian", "gaussian"),
            ("as the sections ask", "auto"),
        ),
    )
    groups: tuple[Group, ...] = GROUPS
    separator: SeparatorSide = "first"
    seed: int = field(
        default=0,
        metadata=say("Seed", "of the realisations and of the resampling of blocks", most=2**31 - 1),
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "groups", check_groups(self.groups))
        for name, allowed in (("axis", (None, *AXES)), ("fields", get_args(Kinds))):
            if getattr(self, name) not in allowed:
                known = ", ".join(str(one) for one in allowed if one)
                raise InputError(
                    f"{option_of(name)} is {getattr(self, name)!r}; it must be one of {known}."
                )
        for name in ("planes", "realisations"):
            told = WORDS[name]
            if not told.least <= getattr(self, name) <= told.most:
                raise InputError(
                    f"{option_of(name)} is {getattr(self, name)}; it must be from {told.least} to "
                    f"{told.most}."
                )
        if self.seed < 0:
            raise InputError(f"--seed is {self.seed}; it must be 0 or more.")

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


WORDS = words_of(ValidationOptions)
"""What each option of the command and the form is called."""
