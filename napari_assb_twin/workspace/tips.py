"""What the tooltip of a parameter says and shows."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageColor

from napari_assb_twin.twin.parameters import Grid
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.twin.sketch import PIXELS, Sketch
from napari_assb_twin.workspace.colours import SCHEMES
from napari_assb_twin.workspace.scales import Scale, advised_length

WIDTH = 3 * (PIXELS + 10)


def sentences(path: str, scale: Scale, grid: Grid | None, home: float | None) -> list[str]:
    """What a parameter is, what it does to the structure, and how to reset it.

    The first one is its name, symbol and unit.
    """
    parameter = scale.parameter
    unit = f" [{parameter.unit}]" if parameter.unit else ""
    said = [
        f"{parameter.label} {parameter.symbol}{unit}",
        parameter.documentation,
        parameter.effect,
    ]
    advised = None if grid is None else advised_length(path, grid)
    if advised is not None:
        said.append(
            f"Above {amount(scale, advised)} this box holds fewer than ten lengths, and one "
            "realisation scatters."
        )
    if scale.top:
        said.append(f"Top end of the slider: {scale.top}.")
    said.append(f"Double click: back to {amount(scale, scale.shown(home))}.")
    return said


def amount(scale: Scale, shown: float) -> str:
    """A shown number of three digits with its unit, or the word of the top end."""
    text = scale.text(float(f"{shown:.3g}"))
    unit = scale.parameter.unit
    return f"{text} {unit}" if unit and text != scale.top else text


def rich(text: str) -> str:
    """Plain text, perhaps with names of the user's, as rich text, which Qt breaks into lines."""
    lines = (html.escape(line) for line in text.splitlines())
    return f"<qt>{'<br>'.join(lines)}</qt>" if text else ""


def worded(said: Sequence[str]) -> str:
    """The sentences as rich text, which Qt breaks into lines."""
    name, *rest = (html.escape(sentence) for sentence in said)
    return f'<table width="{WIDTH}"><tr><td><b>{name}</b><br>{"<br>".join(rest)}</td></tr></table>'


def illustrated(said: Sequence[str], sketches: Sequence[Sketch], scale: Scale, scheme: str) -> str:
    """The sentences and the sections as rich text; the words alone if nothing can be compared."""
    if len(sketches) < 2:
        return worded(said)
    now = next((n for n, sketch in enumerate(sketches) if sketch.now), 0)
    pictures, captions = [], []
    for number, sketch in enumerate(sketches):
        word = "now" if number == now else "lower" if number < now else "higher"
        shown = html.escape(amount(scale, scale.shown(sketch.value)))
        pictures.append(f'<td width="{WIDTH // 3}"><img src="{_picture(sketch, scheme)}"></td>')
        captions.append(f'<td align="center"><b>{word}</b><br>{shown}</td>')
    return (
        f"{worded(said)}<table><tr>{''.join(pictures)}</tr><tr>{''.join(captions)}</tr></table>"
        f'<table width="{WIDTH}"><tr><td>Cross-sections, {sketches[0].width_um:.3g} µm wide, the '
        "pressing direction downwards.</td></tr></table>"
    )


def _picture(sketch: Sketch, scheme: str) -> str:
    """A section in the colours of the phases, as a PNG in an address."""
    colours = [ImageColor.getrgb(SCHEMES[scheme].phases[phase]) for phase in PHASES]
    image = Image.fromarray(np.ascontiguousarray(sketch.labels))
    image.putpalette([part for colour in colours for part in colour])
    written = io.BytesIO()
    image.save(written, "PNG")
    return "data:image/png;base64," + base64.b64encode(written.getvalue()).decode("ascii")
