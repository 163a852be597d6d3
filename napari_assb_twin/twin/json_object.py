"""Reading JSON that somebody else wrote: one object, known keys, finite numbers, one sentence."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from napari_assb_twin.errors import InputError


def parse(text: str, name: str) -> Any:
    """What a JSON text holds; ``name`` is what messages call it.

    Raises
    ------
    InputError
        If it is no JSON, a key stands twice, or a number is not finite.
    """
    try:
        return json.loads(
            text, object_pairs_hook=_unique_keys, parse_constant=_finite, parse_float=_finite
        )
    except json.JSONDecodeError as error:
        raise InputError(f"{name} is not valid JSON: {error.msg} in line {error.lineno}.") from None
    except RecursionError:
        raise InputError(f"{name} is nested too deeply to be read.") from None
    except InputError as error:
        raise InputError(f"{name}: {error}") from None
    except ValueError:  # Python refuses whole numbers of thousands of digits
        raise InputError(f"{name} holds a number with too many digits.") from None


def as_object(value: object, what: str) -> dict[str, Any]:
    """The value itself, if it is a JSON object."""
    if not isinstance(value, dict):
        raise InputError(f"{what} must be a JSON object in braces, not {value!r:.40}.")
    return value


def check_keys(
    content: Mapping[str, Any],
    where: str,
    *,
    required: Iterable[str] = (),
    optional: Iterable[str] = (),
) -> None:
    """Refuse keys that are unknown or missing, by their names."""
    required, optional = tuple(required), tuple(optional)
    unknown = [key for key in content if key not in (*required, *optional)]
    if unknown:
        raise InputError(
            f"{where} has the unknown key {', '.join(map(repr, unknown))}; "
            f"known are {', '.join((*required, *optional))}."
        )
    missing = [key for key in required if key not in content]
    if missing:
        raise InputError(f"{where} lacks the key {', '.join(map(repr, missing))}.")


def check_version(content: Mapping[str, Any], *, format: str, version: int, what: str) -> None:
    """Refuse another format or version; ``what`` is, for example, ``"twin file"``."""
    if content.get("format") != format:
        raise InputError(f'it is no {what}; "format" must be "{format}".')
    if "version" not in content:
        raise InputError('the key "version" is missing.')
    if content["version"] != version or isinstance(content["version"], bool):
        raise InputError(
            f'"version" is {content["version"]!r}, but this program reads version {version}; '
            "save it again with a matching program."
        )


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise InputError(f"the key {twice!r} stands twice; keep one.")
    return content


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise InputError(f"{text} is no number that a file can hold.")
    return number
