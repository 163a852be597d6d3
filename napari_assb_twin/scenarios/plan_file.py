"""The plan file, JSON: reading with suspicion, and writing."""

from __future__ import annotations

from dataclasses import asdict, replace
from os import PathLike
from pathlib import Path
from typing import Any, get_args

from napari_assb_twin.atomic import whole_file
from napari_assb_twin.descriptors.bulk import bulk_from_document
from napari_assb_twin.descriptors.definitions import check_groups
from napari_assb_twin.descriptors.describe import Choice
from napari_assb_twin.descriptors.sides import Sides
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.percolation import AXES
from napari_assb_twin.scenarios.plan import Plan, Varied
from napari_assb_twin.twin.description import choose
from napari_assb_twin.twin.gradient import SeparatorSide
from napari_assb_twin.twin.json_file import from_text, text_of, to_text
from napari_assb_twin.twin.json_object import as_object, check_keys, check_version
from napari_assb_twin.twin.phases import PHASES, full_key
from napari_assb_twin.twin.twin_file import twin_from_document, twin_to_document

FORMAT = "assb-twin-plan"
VERSION = 1
LARGEST_BYTES = 1 << 24


def load_plan(path: str | PathLike[str]) -> Plan:
    """Read a plan file.

    Raises
    ------
    InputError
        If the file cannot be read, is no plan, or holds a wrong key or value.
    """
    text = text_of(path, "plan file", largest_bytes=LARGEST_BYTES)
    return from_text(text, Path(path).name, plan_from_document)


def save_plan(plan: Plan, path: str | PathLike[str]) -> Path:
    """Write a plan file whole or not at all; returns its path."""
    path = Path(path)
    with whole_file(path) as aside:
        aside.write_text(plan_to_text(plan), encoding="utf-8")
    return path


def plan_to_text(plan: Plan) -> str:
    """The text of a plan file."""
    return to_text(plan_to_document(plan))


def plan_to_document(plan: Plan) -> dict[str, Any]:
    """The JSON object of a plan; what the twin was fitted to is not part of it."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "twin": twin_to_document(replace(plan.twin, provenance=None, uncertainty=None)),
        "vary": [{k: v for k, v in asdict(one).items() if v is not None} for one in plan.varied],
        "design": plan.design,
        "realisations": plan.realisations,
        "seed": plan.seed,
        "measure": {**plan.choice.document(), "device": plan.choice.device},
    }
    if plan.points is not None:
        document["points"] = plan.points
    return document


def plan_from_document(document: object) -> Plan:
    """The plan that a JSON object describes; `InputError` if it does not."""
    top = as_object(document, "the file")
    check_version(top, format=FORMAT, version=VERSION, what="plan file")
    check_keys(
        top,
        "the plan",
        required=("format", "version", "twin", "vary"),
        optional=("design", "points", "realisations", "seed", "measure"),
    )
    if not isinstance(top["vary"], list):
        raise InputError(f'"vary" must be a list of parameters, not {top["vary"]!r:.40}.')
    simple = {k: top[k] for k in ("design", "points", "realisations", "seed") if k in top}
    return Plan(
        twin=twin_from_document(top["twin"]),
        varied=tuple(map(_varied, top["vary"])),
        choice=_choice_from(top.get("measure", {})),
        **simple,
    )


def _varied(document: object) -> Varied:
    content = as_object(document, "each of vary")
    check_keys(content, "vary", required=("parameter", "low", "high"), optional=("scale", "steps"))
    if not isinstance(content["parameter"], str):
        raise InputError(f"a parameter is {content['parameter']!r:.40}; give its name as text.")
    return Varied(**content | {"parameter": full_key(content["parameter"])})


def _choice_from(document: object) -> Choice:
    content = as_object(document, "measure")
    check_keys(
        content,
        "measure",
        optional=("groups", "axes", "phases", "separator_side", "sides", "bulk", "device"),
    )
    given = dict(content)
    for key, known in (("axes", AXES), ("phases", PHASES)):
        if key in given:
            given[key] = _names(given[key], key)
            for name in given[key]:
                choose(name, known, f"each of {key}")
    if "groups" in given:
        given["groups"] = check_groups(_names(given["groups"], "groups"))
    if "separator_side" in given:
        given["separator"] = given.pop("separator_side")
        choose(given["separator"], get_args(SeparatorSide), "separator_side")
    if "sides" in given:
        choose(given["sides"], get_args(Sides), "sides")
    if "bulk" in given:
        given["bulk"] = bulk_from_document(as_object(given["bulk"], "bulk"))
    return Choice(**given)


def _names(value: object, key: str) -> tuple[str, ...]:
    known = isinstance(value, list) and value and all(isinstance(one, str) for one in value)
    names = tuple(map(full_key, value)) if known and isinstance(value, list) else ()
    if not names or len(set(names)) < len(names):
        raise InputError(f"{key} is {value!r:.60}; it must be a list of different names.")
    return names
