"""``session.json``: all of a session but the twin and the labels themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any, TypeVar, get_args

from napari_assb_twin.errors import InputError
from napari_assb_twin.session.state import Camera, CurveChoice, Layout, Pairs, Session, View
from napari_assb_twin.twin.description import finite, whole
from napari_assb_twin.twin.exact import Direction
from napari_assb_twin.twin.json_object import as_object, check_keys, check_version
from napari_assb_twin.twin.parameters import check_path
from napari_assb_twin.twin.phases import PHASES

FORMAT = "assb-session"
VERSION = 1
LONGEST_TEXT = 1000
"""Letters of a name in the document."""

MOST_PIXELS = 100_000
LARGEST_NUMBER = 1e12
_SURROGATE = re.compile("[\ud800-\udfff]")
T = TypeVar("T")


def document_of(session: Session, data: Mapping[str, Any] | None) -> dict[str, Any]:
    """The JSON object of a session; ``data`` describes the labels that stand beside it."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "names": {phase: session.names[phase] for phase in PHASES},
        "padlocks": sorted(session.padlocks),
        "seed_locked": session.seed_locked,
        "fit": dict(session.fit),
        "view": asdict(session.view),
        "layout": asdict(session.layout),
        "curves": asdict(session.curves),
        "data": data,
    }


def read_document(document: object) -> tuple[dict[str, Any], Mapping[str, Any] | None]:
    """The arguments of a `Session` but twin and data, and the description of the data or None.

    Raises
    ------
    InputError
        If a key is unknown or a value is not what it must be.
    """
    top = as_object(document, "session.json")
    check_version(top, format=FORMAT, version=VERSION, what="session file")
    keys = ("names", "padlocks", "seed_locked", "fit", "view", "layout", "curves", "data")
    check_keys(top, "the session", required=("format", "version"), optional=keys)
    given: dict[str, Any] = {}
    for key, read in _READERS.items():
        if key in top:
            given[key] = read(top[key], key)
    data = top.get("data")
    return given, None if data is None else as_object(data, "data")


def text(value: object, what: str) -> str:
    """A text of bounded length that can be shown."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or _SURROGATE.search(value):
        raise InputError(
            f"{what} is {value!r:.40}; it must be a text of at most {LONGEST_TEXT} letters."
        )
    return value


def numbers(value: object, what: str, count: int) -> tuple[float, ...]:
    """So many finite numbers that a viewer can do with."""
    items = _items(value, what)
    if len(items) != count or not all(finite(n) and abs(n) <= LARGEST_NUMBER for n in items):
        raise InputError(f"{what} is {value!r:.60}; it must be {count} numbers.")
    return tuple(float(item) for item in items)


def texts(value: object, what: str) -> tuple[str, ...]:
    """A list of short texts."""
    return tuple(text(item, what) for item in _items(value, what))


def _view(value: object, what: str) -> View:
    content = _known(value, what, View)
    kept: dict[str, Any] = {}
    for key in ("name", "scheme"):
        if key in content:
            kept[key] = text(content[key], f"{what}.{key}")
    if "seen" in content:
        kept["seen"] = tuple(_one_of(p, f"{what}.seen", PHASES) for p in texts(content["seen"], ""))
    if "dimensions" in content:
        kept["dimensions"] = _one_of(content["dimensions"], f"{what}.dimensions", (2, 3))
    if "order" in content:
        order = _items(content["order"], f"{what}.order")
        if not all(whole(axis) for axis in order) or sorted(order) != [0, 1, 2]:
            raise InputError(f"{what}.order is {order!r:.40}; it must hold 0, 1 and 2.")
        kept["order"] = tuple(order)
    if content.get("point_um") is not None:
        kept["point_um"] = numbers(content["point_um"], f"{what}.point_um", 3)
    if content.get("cut") is not None:
        kept["cut"] = _cut(content["cut"], f"{what}.cut")
    if content.get("camera") is not None:
        kept["camera"] = _camera(content["camera"], f"{what}.camera")
    return View(**kept)


def _cut(value: object, what: str) -> tuple[int, float, bool]:
    items = _items(value, what)
    if len(items) != 3 or items[0] not in (0, 1, 2) or not isinstance(items[2], bool):
        raise InputError(f"{what} must hold an axis 0, 1 or 2, a place from 0 to 1, and a side.")
    (place,) = numbers([items[1]], what, 1)
    if not 0 <= place <= 1:
        raise InputError(f"{what} has the place {place!r}; it must lie between 0 and 1.")
    return int(items[0]), place, items[2]


def _camera(value: object, what: str) -> Camera:
    content = as_object(value, what)
    check_keys(content, what, required=("angles", "center_um", "zoom"))
    a, b, c = numbers(content["angles"], f"{what}.angles", 3)
    z, y, x = numbers(content["center_um"], f"{what}.center_um", 3)
    (zoom,) = numbers([content["zoom"]], f"{what}.zoom", 1)
    if not 1e-9 < zoom < 1e9:
        raise InputError(f"{what}.zoom is {zoom!r}; it must be positive, in pixels per µm.")
    return Camera(angles=(a, b, c), center_um=(z, y, x), zoom=zoom)


def _layout(value: object, what: str) -> Layout:
    content = _known(value, what, Layout)
    kept: dict[str, Any] = {}
    for key in ("window_px", "parts_px"):
        if content.get(key) is not None:
            kept[key] = tuple(_pixels(n, f"{what}.{key}") for n in _items(content[key], what))
            if len(kept[key]) != 2:
                raise InputError(f"{what}.{key} must hold two numbers of pixels.")
    if content.get("dock_px") is not None:
        kept["dock_px"] = _pixels(content["dock_px"], f"{what}.dock_px")
    if "tab" in content:
        kept["tab"] = text(content["tab"], f"{what}.tab")
    if content.get("folded") is not None:
        kept["folded"] = texts(content["folded"], f"{what}.folded")
    return Layout(**kept)


def _curves(value: object, what: str) -> CurveChoice:
    content = _known(value, what, CurveChoice)
    kept: dict[str, Any] = {}
    for key, choices in (("direction", get_args(Direction)), ("pairs", get_args(Pairs))):
        if key in content:
            kept[key] = _one_of(content[key], f"{what}.{key}", choices)
    for key in ("normalised", "realisation"):
        if key in content:
            kept[key] = _yes_or_no(content[key], f"{what}.{key}")
    return CurveChoice(**kept)


def _names(value: object, what: str) -> dict[str, str]:
    content = as_object(value, what)
    check_keys(content, what, required=PHASES)
    return {phase: text(content[phase], f"{what}.{phase}") for phase in PHASES}


def _padlocks(value: object, what: str) -> frozenset[str]:
    return frozenset(check_path(path) for path in texts(value, what))


def _fit(value: object, what: str) -> dict[str, Any]:
    content = as_object(value, what)
    for key, choice in content.items():
        text(key, what)
        if isinstance(choice, str):
            text(choice, f"{what}.{key}")
        elif choice is not None and not isinstance(choice, bool) and not finite(choice):
            raise InputError(f"{what}.{key} is {choice!r:.40}; it must be a text or a number.")
    return content


def _yes_or_no(value: object, what: str) -> bool:
    if not isinstance(value, bool):
        raise InputError(f"{what} is {value!r:.40}; it must be true or false.")
    return value


_READERS: dict[str, Callable[[object, str], Any]] = {
    "names": _names,
    "padlocks": _padlocks,
    "seed_locked": _yes_or_no,
    "fit": _fit,
    "view": _view,
    "layout": _layout,
    "curves": _curves,
}


def _known(value: object, what: str, kind: type) -> dict[str, Any]:
    """A JSON object whose keys are attributes of a dataclass."""
    content = as_object(value, what)
    check_keys(content, what, optional=[field.name for field in fields(kind)])
    return content


def _items(value: object, what: str) -> Sequence[Any]:
    if not isinstance(value, list):
        raise InputError(f"{what} is {value!r:.40}; it must be a list.")
    return value


def _pixels(value: object, what: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_PIXELS:
        raise InputError(f"{what} holds {value!r:.40}; it must be a number of pixels.")
    return value


def _one_of(value: object, what: str, choices: Sequence[T]) -> T:
    for choice in choices:
        if type(choice) is type(value) and choice == value:
            return choice
    raise InputError(f"{what} is {value!r:.40}; it must be one of {', '.join(map(str, choices))}.")
