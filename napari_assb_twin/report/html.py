"""Pages as one HTML file each: templates, our style sheet, pictures inside the page."""

from __future__ import annotations

import base64
from importlib.resources import files
from typing import Any

from napari_assb_twin.report.look import Look, as_bytes
from napari_assb_twin.report.pictures import Picture

TYPES = {"svg": "image/svg+xml", "png": "image/png"}
PARTS = "parts.html.jinja"


def filled(template: str, **values: Any) -> str:
    """A template of this room with values, which are escaped, and our style sheet."""
    from jinja2 import DictLoader, Environment, StrictUndefined
    from markupsafe import Markup

    own = files("napari_assb_twin.report")
    environment = Environment(
        loader=DictLoader({PARTS: (own / PARTS).read_text(encoding="utf-8")}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    css = Markup((own / "report.css").read_text(encoding="utf-8"))  # our own, not the user's
    text = (own / template).read_text(encoding="utf-8")
    return environment.from_string(text).render(css=css, **values)


def embedded(picture: Picture, look: Look) -> dict[str, Any]:
    """A picture as it stands in a page, with its words and caption."""
    figure = picture.draw(look)
    content = base64.b64encode(as_bytes(figure, picture.kind)).decode("ascii")
    return {
        "title": picture.title,
        "words": picture.words,
        "caption": picture.caption,
        "source": f"data:{TYPES[picture.kind]};base64,{content}",
        "inches": f"{figure.get_figwidth():.2f}",
    }
