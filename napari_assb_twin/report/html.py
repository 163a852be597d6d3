"""Pages as one HTML file each: templates, our style sheet, pictures inside the page."""

from __future__ import annotations

import base64
from dataclasses import dataclass
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


@dataclass(frozen=True, eq=False)
class DrawnPicture:
    """A picture, its file, and how wide it is."""

    picture: Picture
    content: bytes
    inches: float

    @classmethod
    def of(cls, picture: Picture, look: Look) -> DrawnPicture:
        """Draw it."""
        figure = picture.draw(look)
        return cls(picture, as_bytes(figure, picture.kind), figure.get_figwidth())

    def embedded(self) -> dict[str, Any]:
        """How it stands in a page, with its words and caption."""
        content = base64.b64encode(self.content).decode("ascii")
        return {
            "title": self.picture.title,
            "words": self.picture.words,
            "caption": self.picture.caption,
            "source": f"data:{TYPES[self.picture.kind]};base64,{content}",
            "inches": f"{self.inches:.2f}",
        }
