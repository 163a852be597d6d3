"""What a field of an options object is called and what it means.

An options object is a frozen dataclass.  Its fields carry `Words`, from which the options of the
command and the rows of a form are made.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Words:
    """What one field is called, what it means, and what it may be.

    Attributes
    ----------
    title
        On screen.
    help
        Begins small and ends without a full stop.
    choices
        By title.  None among them is what the command says by leaving its option out.
    least, most
        Of a whole number.
    """

    title: str
    help: str
    choices: tuple[tuple[str, Any], ...] = ()
    least: int = 0
    most: int = 0

    @property
    def tooltip(self) -> str:
        """The help as a sentence."""
        return f"{self.help[:1].upper()}{self.help[1:]}."

    @property
    def values(self) -> list[Any]:
        """What can be chosen by name."""
        return [value for _, value in self.choices if value is not None]

    def help_with(self, default: object) -> str:
        """The help with the default, if there is one."""
        return self.help if default is None else f"{self.help}; default: {default}"


def say(
    title: str, text: str, *choices: tuple[str, Any], least: int = 0, most: int = 0
) -> dict[str, Words]:
    """Metadata of a field."""
    return {"words": Words(title, text, choices, least, most)}


def words_of(options: Any) -> dict[str, Words]:
    """The words of a class of options by the names of its fields; not every field has some."""
    return {one.name: one.metadata["words"] for one in fields(options) if one.metadata}


def option_of(name: str) -> str:
    """The option of the command that sets a field."""
    return f"--{name.replace('_', '-')}"
