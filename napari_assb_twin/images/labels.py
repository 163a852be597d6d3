"""From the labels of an image file to the phases of a twin."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.on_demand import OnDemand
from napari_assb_twin.twin.phases import OUTSIDE, PHASES, Phase, code, full_key

Part = Phase | Literal["outside"]
"""Where a label can go: into a phase, or out of the measured window."""

PARTS: tuple[Part, ...] = (*PHASES, "outside")
MOST_LABELS = 32
"""An image with more distinct values is a greyscale picture."""

AnyArray = np.ndarray[Any, np.dtype[Any]]
_CHUNK = 1 << 22


def parse_phases(text: str) -> dict[Part, tuple[int, ...]]:
    """The labels of each phase from ``"pore=0+1,active_material=2,solid_electrolyte=3"``.

    ``outside=...`` may name labels to leave out.  Labels may be negative.

    Raises
    ------
    InputError
        If a name is unknown or given twice, a phase is missing, a label is not a whole number or
        is given twice.
    """
    mapping: dict[Part, tuple[int, ...]] = {}
    for item in text.split(","):
        name, equals, labels = (piece.strip() for piece in item.partition("="))
        part = next((part for part in PARTS if part == full_key(name)), None)
        if part is None or not equals:
            raise InputError(
                f"--phases has {item.strip()!r}; write NAME=LABEL with a name from "
                f"{', '.join(PARTS)}, for example pore=0,active_material=1,solid_electrolyte=2"
            )
        if part in mapping:
            raise InputError(f"--phases names {part} twice; merge its labels as in {part}=0+3")
        pieces = [piece.strip() for piece in labels.split("+")]
        if not all(re.fullmatch(r"-?[0-9]+", piece) for piece in pieces):
            raise InputError(
                f"--phases has {part}={labels}; labels must be whole numbers joined by +, as in "
                f"{part}=0+3"
            )
        mapping[part] = tuple(int(piece) for piece in pieces)
    _check_mapping(mapping)
    return mapping


def found_labels(array: AnyArray | OnDemand, *, source: str = "the image") -> dict[int, float]:
    """The labels of an image and their shares, in ascending order of the labels.

    Parameters
    ----------
    array
        Booleans, integers, or floats that are whole numbers; of any shape.
    source
        What messages call the image.

    Raises
    ------
    InputError
        If the array is empty, not numeric, holds fractions or NaN, or more than `MOST_LABELS`
        distinct values.
    """
    if array.dtype.kind not in "biuf" or array.size == 0:
        raise InputError(f"{source} holds no labels; give an image of whole numbers.")
    counts: Counter[int] = Counter()
    for chunk in _whole_chunks(array, source):
        counts.update(_counted(chunk))
        if len(counts) > MOST_LABELS:
            raise _greyscale(source, f"more than {MOST_LABELS} different values")
    return {label: counts[label] / array.size for label in sorted(counts)}


def to_phases(
    array: AnyArray,
    mapping: Mapping[Part, Sequence[int]] | None = None,
    *,
    source: str = "the image",
) -> NDArray[np.uint8]:
    """The phases 0, 1, 2 (and 255 outside the window) of an image, in the shape of the image.

    Parameters
    ----------
    array
        Labels, as `found_labels` takes them.
    mapping
        Labels of each phase, and perhaps of ``"outside"``; without it the labels must be the
        codes already.  The label 255 is outside unless it is named.
    source
        What messages call the image.

    Raises
    ------
    InputError
        If the array is no label image, the mapping and the labels do not match, or a phase has
        no voxels.
    """
    codes = phase_codes(array, mapping, source=source)
    if mapping is None:
        return array.astype(np.uint8)
    phases = np.full(array.shape, OUTSIDE, np.uint8)
    for label, number in codes.items():
        if number != OUTSIDE:
            phases[array == label] = number
    return phases


def phase_codes(
    array: AnyArray | OnDemand,
    mapping: Mapping[Part, Sequence[int]] | None = None,
    *,
    source: str = "the image",
) -> dict[int, int]:
    """The code of the phase, or 255, that each label of an image stands for; as `to_phases`."""
    if mapping is not None:
        _check_mapping(mapping)
    shares = found_labels(array, source=source)
    if mapping is None:
        _check_codes(shares, source)
        return {label: label for label in shares}
    _check_match(shares, mapping, source)
    named = {label: code(phase) for phase in PHASES for label in mapping[phase]}
    return {label: named.get(label, OUTSIDE) for label in shares}


def _check_mapping(mapping: Mapping[Part, Sequence[int]]) -> None:
    missing = [phase for phase in PHASES if not mapping.get(phase)]
    if missing:
        raise InputError(
            f"--phases gives no label to {' and '.join(missing)}; a twin needs all three phases: "
            "pore=...,active_material=...,solid_electrolyte=..."
        )
    uses = Counter(label for labels in mapping.values() for label in labels)
    twice = [label for label, times in uses.items() if times > 1]
    if twice:
        raise InputError(f"--phases uses the label {twice[0]} twice; give it to one phase only.")


def _check_codes(shares: Mapping[int, float], source: str) -> None:
    codes = range(len(PHASES))
    if set(codes) <= set(shares) <= {*codes, OUTSIDE}:
        return
    if len(shares) < len(PHASES):
        raise InputError(f"{source} holds only {_listed(shares)}; {_THREE_PHASES}")
    raise InputError(
        f"{source} holds the labels {_listed(shares)} where 0, 1 and 2 are expected; assign "
        f"them to the phases, for example with --phases {_example(shares)}"
    )


def _check_match(
    shares: Mapping[int, float], mapping: Mapping[Part, Sequence[int]], source: str
) -> None:
    named = {label: part for part, labels in mapping.items() for label in labels}
    for label, part in named.items():
        if label not in shares:
            few = len(shares) < len(PHASES)
            raise InputError(
                f"--phases gives the label {label} to {part}, but {source} holds only "
                f"{_listed(shares)}; {_THREE_PHASES if few else 'correct the label.'}"
            )
    left = {label: share for label, share in shares.items() if label not in {*named, OUTSIDE}}
    if left:
        added = "+".join(map(str, left))
        pore = "+".join(map(str, mapping["pore"]))
        raise InputError(
            f"--phases does not name the label{'s' * (len(left) > 1)} {_listed(left)} of {source}; "
            f"merge it into a phase (as in pore={pore}+{added}) or leave it out (outside={added})."
        )


_THREE_PHASES = (
    "a twin needs three phases, so give an image in which pore, active material and solid "
    "electrolyte are told apart."
)


def _listed(shares: Mapping[int, float]) -> str:
    return ", ".join(
        f"{label} ({share:.1%})" if share >= 0.001 else f"{label} (under 0.1%)"
        for label, share in shares.items()
    )


def _example(labels: Collection[int]) -> str:
    inside = [label for label in labels if label != OUTSIDE]
    pore, active, *rest = inside if len(inside) >= len(PHASES) else labels
    return f"pore={pore},active_material={active},solid_electrolyte={'+'.join(map(str, rest))}"


def _greyscale(source: str, what: str) -> InputError:
    return InputError(
        f"{source} holds {what}: it looks like a greyscale picture and must be segmented into "
        "pore, active material and solid electrolyte first, or cut by two thresholds "
        "(--thresholds 90,160)."
    )


def _whole_chunks(array: AnyArray | OnDemand, source: str) -> Iterator[AnyArray]:
    """The voxels in pieces that fit the cache, floats turned into integers."""
    for chunk in _chunks(array):
        if chunk.dtype.kind == "f":
            if not np.isfinite(chunk).all():
                raise InputError(
                    f"{source} holds NaN or infinite values; write {OUTSIDE} for what lies outside "
                    "the measured window."
                )
            if (np.rint(chunk) != chunk).any() or np.abs(chunk).max() >= 2**53:
                raise _greyscale(source, "numbers that are not whole")
            chunk = chunk.astype(np.int64)
        yield chunk


def _chunks(array: AnyArray | OnDemand) -> Iterator[AnyArray]:
    for part in array if isinstance(array, OnDemand) else (array,):
        flat = part.reshape(-1)
        for start in range(0, flat.size, _CHUNK):
            yield flat[start : start + _CHUNK]


def _counted(chunk: AnyArray) -> dict[int, int]:
    low, high = int(chunk.min()), int(chunk.max())
    if high - low < 1 << 16 and high < 1 << 62:  # much faster than sorting
        counts = np.bincount(chunk.astype(np.int64) - low)
        return {low + int(i): int(counts[i]) for i in np.flatnonzero(counts)}
    values, counts = np.unique(chunk, return_counts=True)
    if len(values) > MOST_LABELS:  # enough to know
        values = values[: MOST_LABELS + 1]
    return {int(value): int(count) for value, count in zip(values, counts, strict=False)}
