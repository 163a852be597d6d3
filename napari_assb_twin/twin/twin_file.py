"""The twin file, ``*.twin.json``: reading, writing, and what is said of a wrong one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from os import PathLike
from pathlib import Path
from typing import Any

from napari_assb_twin.atomic import whole_file
from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.high_parametric import CylindricalSpectrum, IsotropicSpectrum
from napari_assb_twin.twin.json_file import from_text, text_of, to_text
from napari_assb_twin.twin.json_object import as_object as _object
from napari_assb_twin.twin.json_object import check_keys as _check_keys
from napari_assb_twin.twin.json_object import check_version
from napari_assb_twin.twin.parameters import (
    FIELD_NAMES,
    AnyCorrelation,
    Correlation,
    Gradient,
    Grid,
    RandomField,
    Twin,
    VolumeFractions,
)

FORMAT = "assb-twin"
VERSION = 1
LOW_PARAMETRIC, HIGH_PARAMETRIC = "low-parametric", "high-parametric"
IN_PLANE = ("frequencies_per_um", "widths_per_um", "weights")
THROUGH_PLANE = ("frequencies_z_per_um", "widths_z_per_um")
SUFFIX = ".twin.json"


def load_twin(path: str | PathLike[str]) -> Twin:
    """Read a twin file.

    Raises
    ------
    InputError
        If the file cannot be read, is no twin file, or holds a wrong key or value.
    """
    return twin_from_text(text_of(path, "twin file"), Path(path).name)


def twin_from_text(text: str, name: str) -> Twin:
    """The twin in the text of a twin file; ``name`` is what messages call it."""
    return from_text(text, name, twin_from_document)


def save_twin(twin: Twin, path: str | PathLike[str]) -> Path:
    """Write a twin file whole or not at all; returns its path.

    Raises
    ------
    InputError
        If the folder does not exist or the file cannot be written.
    """
    path = Path(path)
    with whole_file(path) as partial:
        partial.write_text(twin_to_text(twin), encoding="utf-8")
    return path


def twin_to_text(twin: Twin) -> str:
    """The text of a twin file."""
    return to_text(twin_to_document(twin))


def twin_to_document(twin: Twin) -> dict[str, Any]:
    """The JSON object of a twin."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "symmetry": twin.symmetry,
        "volume_fractions": dict(twin.volume_fractions.items()),
        "first_phase": twin.first_phase,
        "second_phase": twin.second_phase,
        "fields": {name: _field_to_document(twin.field(name)) for name in FIELD_NAMES},
        "grid": {**asdict(twin.grid), "shape": list(twin.grid.shape)},
        "seed": twin.seed,
    }
    if twin.field_correlation:  # files of independent fields stay as earlier versions know them
        document["field_correlation"] = twin.field_correlation
    if twin.gradient is not None:
        document["gradient"] = {k: _as_lists(v) for k, v in asdict(twin.gradient).items()}
    for key in ("provenance", "uncertainty"):
        extra = getattr(twin, key)
        if extra is not None:
            document[key] = dict(extra)
    return document


def twin_from_document(document: object) -> Twin:
    """The twin that a JSON object describes; `InputError` if it does not."""
    top = _object(document, "the file")
    check_version(top, format=FORMAT, version=VERSION, what="twin file")
    _check_keys(
        top,
        "the twin",
        required=("format", "version", "volume_fractions", "fields"),
        optional=(
            *("symmetry", "first_phase", "second_phase", "grid", "seed"),
            *("field_correlation", "gradient", "provenance", "uncertainty"),
        ),
    )
    fractions = _object(top["volume_fractions"], "volume_fractions")
    _check_keys(
        fractions,
        "volume_fractions",
        required=("pore", "active_material", "solid_electrolyte"),
    )
    fields = _object(top["fields"], "fields")
    _check_keys(fields, "fields", required=FIELD_NAMES)
    grid = _object(top.get("grid", {}), "grid")
    _check_keys(grid, "grid", optional=("shape", "voxel_size_um", "window"))
    plain = ("symmetry", "first_phase", "second_phase", "seed", "field_correlation")
    simple = {key: top[key] for key in plain if key in top}
    if "first_phase" in simple and "second_phase" not in simple:
        simple["second_phase"] = "active_material" if simple["first_phase"] == "pore" else "pore"
    return Twin(
        volume_fractions=VolumeFractions(**fractions),
        X=_field_from_document(fields["X"], "X"),
        Y=_field_from_document(fields["Y"], "Y"),
        grid=Grid(**grid),
        gradient=_gradient(top.get("gradient")),
        provenance=_provenance(top.get("provenance")),
        uncertainty=_uncertainty(top.get("uncertainty")),
        **simple,
    )


def _gradient(value: object) -> Gradient | None:
    if value is None:
        return None
    content = _object(value, "gradient")
    _check_keys(
        content,
        "gradient",
        required=("depth", "pore", "active_material"),
        optional=("separator_side",),
    )
    return Gradient(**content)


def _field_to_document(random_field: RandomField) -> dict[str, Any]:
    document: dict[str, Any] = {"kind": random_field.kind}
    if random_field.kind == "chi-square":
        document["degrees_of_freedom"] = random_field.degrees_of_freedom
    document["tail"] = random_field.tail
    correlation = random_field.correlation
    low = isinstance(correlation, Correlation)
    document["correlation"] = {
        "family": LOW_PARAMETRIC if low else HIGH_PARAMETRIC,
        **{key: _as_lists(value) for key, value in asdict(correlation).items()},
    }
    return document


def _field_from_document(document: object, name: str) -> RandomField:
    content = _object(document, f"field {name}")
    kind = content.get("kind", "gaussian")
    if kind not in ("gaussian", "chi-square"):
        raise InputError(f'field {name}: kind is {kind!r}; it must be "gaussian" or "chi-square".')
    chi_square = kind == "chi-square"
    _check_keys(
        content,
        f"{'chi-square' if chi_square else 'gaussian'} field {name}",
        optional=(
            *("kind", "tail", "correlation"),
            *(("degrees_of_freedom",) if chi_square else ()),
        ),
    )
    degrees = content.get("degrees_of_freedom", 1) if chi_square else 0
    if chi_square and degrees == 0:
        raise InputError(f"field {name}: a chi-square field needs degrees_of_freedom of 1 or more.")
    try:
        return RandomField(
            degrees_of_freedom=degrees,
            tail=content.get("tail", "upper"),
            correlation=_correlation_from_document(content.get("correlation", {})),
        )
    except InputError as error:
        raise InputError(f"field {name}: {error}") from None


def _correlation_from_document(document: object) -> AnyCorrelation:
    where = "its correlation"
    content = dict(_object(document, where))
    family = content.pop("family", LOW_PARAMETRIC)
    if family == LOW_PARAMETRIC:
        numbers = ("length_um", "smoothness", "oscillation_per_um", "anisotropy")
        _check_keys(content, where, optional=("family", *numbers))
        return Correlation(**content)
    if family != HIGH_PARAMETRIC:
        raise InputError(
            f'family is {family!r}; this program knows "{LOW_PARAMETRIC}" and "{HIGH_PARAMETRIC}".'
        )
    if not any(key in content for key in THROUGH_PLANE):
        _check_keys(content, where, required=IN_PLANE, optional=("family", *THROUGH_PLANE))
        return IsotropicSpectrum(**content)
    _check_keys(content, where, required=(*IN_PLANE, *THROUGH_PLANE), optional=("family",))
    return CylindricalSpectrum(**content)


def _as_lists(value: Any) -> Any:
    return [_as_lists(one) for one in value] if isinstance(value, tuple) else value


def _provenance(value: object) -> Mapping[str, Any] | None:
    return None if value is None else _object(value, "provenance")


def _uncertainty(value: object) -> Mapping[str, float] | None:
    if value is None:
        return None
    content = _object(value, "uncertainty")
    for key, number in content.items():
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise InputError(f"uncertainty of {key} is {number!r}; it must be a number.")
    return content
