"""How well a twin fits its data, for the texts that go with exported volumes."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

_HEADING = "VERDICT OF THE CALIBRATION"
_NO_TWIN = "The volume was not made from a twin: there is no calibration to judge."
_WIDTH = 96


def verdict_text(lines: Sequence[str]) -> str:
    """A paragraph with a heading; ``lines`` are a headline and what the checks say.

    Without lines it says that there is no twin.
    """
    headline, *sentences = lines or (_NO_TWIN,)
    told = [textwrap.fill(headline, _WIDTH, initial_indent="  ", subsequent_indent="  ")]
    told += [
        textwrap.fill(one, _WIDTH, initial_indent="  - ", subsequent_indent="    ")
        for one in sentences
    ]
    return "\n".join((_HEADING, "", *told)) + "\n"
