"""What a calibration recorded in a twin, read with suspicion: every part may be missing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np

from napari_assb_twin.measure.sections import PLANES
from napari_assb_twin.report.loose import (
    Floats,
    entries,
    entry,
    listed,
    mapping,
    mappings,
    matrix,
    number,
    series,
    text,
    texts,
    whole,
)
from napari_assb_twin.report.rows import (
    Assignment,
    Contact,
    Derived,
    FieldKind,
    InputFile,
    Misfit,
    Statistic,
    Verdict,
    verdict,
)
from napari_assb_twin.twin.curves import Curves
from napari_assb_twin.twin.exact import Direction
from napari_assb_twin.twin.parameters import PARAMETERS, Twin
from napari_assb_twin.twin.phases import PAIRS


@dataclass(frozen=True, eq=False)
class Correlations:
    """Correlations of the errors of the parameters."""

    paths: tuple[str, ...]
    values: Floats


@dataclass(frozen=True)
class Segmentation:
    """The fitted share of wrong pixels, and what other segmentations of the same data give."""

    error: float | None
    error_standard_error: float | None
    alternatives: tuple[str, ...]
    spread: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Compared:
    """Curves of the data and of the model at the same lags."""

    measured: Curves
    model: Curves


@dataclass(frozen=True, eq=False)
class Record:
    """The record of a fit; what is not there is None or empty."""

    content: Mapping[str, Any]
    verdict: Verdict | None
    files: tuple[InputFile, ...]
    misfit: Misfit
    assignments: tuple[Assignment, ...]
    kinds: tuple[FieldKind, ...]
    derived: tuple[Derived, ...]
    statistics: tuple[Statistic, ...]
    contacts: tuple[Contact, ...]
    correlations: Correlations | None
    intervals: Mapping[str, tuple[float, float]]
    segmentation: Segmentation | None
    curves: Mapping[Direction, Compared]
    at_bounds: tuple[str, ...]
    fixed: tuple[str, ...]
    training: Mapping[str, Any]

    @classmethod
    def of(cls, twin: Twin) -> Record | None:
        """What the twin says of its fit; None if it was never fitted, or was changed since."""
        content = twin.provenance
        if not content:
            return None
        errors = mapping(content.get("errors"))
        paths = texts(errors.get("parameters"))
        correlations = matrix(errors.get("correlations"), len(paths))
        return cls(
            content=content,
            verdict=verdict(content.get("verdict")),
            files=entries(InputFile, content.get("files")),
            misfit=entry(Misfit, content.get("misfit")),
            assignments=entries(Assignment, content.get("assignments")),
            kinds=entries(FieldKind, content.get("fields")),
            derived=entries(Derived, content.get("derived")),
            statistics=entries(Statistic, content.get("statistics")),
            contacts=entries(Contact, content.get("contact_shares")),
            correlations=None if correlations is None else Correlations(paths, correlations),
            intervals=_intervals(errors.get("intervals")),
            segmentation=_segmentation(content.get("segmentation")),
            training=mapping(content.get("training")),
            curves=_curves(content.get("curves"), twin),
            at_bounds=texts(content.get("at_bounds")),
            fixed=tuple(p for p in texts(content.get("fixed")) if p in PARAMETERS),
        )

    @property
    def seed(self) -> int | None:
        """The seed of the fit's simulations."""
        return whole(self.content.get("seed"))

    @property
    def bootstrap(self) -> int | None:
        """How many simulated data sets the errors come from."""
        return whole(self.content.get("bootstrap"))

    @property
    def model(self) -> str | None:
        """``low-parametric`` or ``high-parametric``."""
        return text(self.content.get("model"))

    @property
    def reading(self) -> tuple[Mapping[str, Any], ...]:
        """How the files were read."""
        return mappings(self.content.get("reading"))

    @property
    def data(self) -> tuple[Mapping[str, Any], ...]:
        """Planes, shapes and pixel sizes of what was fitted."""
        return mappings(self.content.get("data"))

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the data."""
        return texts(self.content.get("sources"))

    @property
    def planes(self) -> tuple[str, ...]:
        """The planes of the data, in the usual order; all three of a volume."""
        if any("volume" in one for one in self.data):
            return PLANES
        return tuple(p for p in PLANES if any(one.get("plane") == p for one in self.data))


def _intervals(value: Any) -> dict[str, tuple[float, float]]:
    """The 95 % intervals of parameters by path; an upper end of None is infinity."""
    found: dict[str, tuple[float, float]] = {}
    for path, levels in mapping(value).items():
        ends = listed(mapping(levels).get("95"))
        low = number(ends[0]) if len(ends) == 2 else None
        if path in PARAMETERS and low is not None:
            high = math.inf if ends[1] is None else number(ends[1])
            if high is not None and low <= high:
                found[path] = low, high
    return found


def _segmentation(value: Any) -> Segmentation | None:
    content = mapping(value)
    doubt = mapping(content.get("doubt"))
    spread = {
        path: error
        for path, one in mapping(doubt.get("spread")).items()
        if path in PARAMETERS and (error := number(one)) is not None
    }
    found = Segmentation(
        error=number(content.get("error")),
        error_standard_error=number(content.get("error_standard_error")),
        alternatives=texts(doubt.get("alternatives")),
        spread=spread,
    )
    return found if found.error is not None or spread else None


def _curves(value: Any, twin: Twin) -> dict[Direction, Compared]:
    found: dict[Direction, Compared] = {}
    for name in get_args(Direction):
        content = mapping(mapping(value).get(name))
        lags = series(content.get("lags_um"))
        if lags is None or np.isnan(lags).any() or lags.min() < 0:
            continue
        pairs = mapping(content.get("pairs"))
        tables = {
            kind: _table([mapping(pairs.get(f"{i},{j}")).get(kind) for i, j in PAIRS], lags.size)
            for kind in ("measured", "model", "standard_error")
        }
        measured, model = tables["measured"], tables["model"]
        if measured is None or model is None:
            continue
        shares = dict(twin.volume_fractions.items())
        found[name] = Compared(
            Curves(
                lags_um=lags,
                values=measured,
                volume_fractions=shares,
                direction=name,
                standard_error=tables["standard_error"],
            ),
            Curves(lags_um=lags, values=model, volume_fractions=shares, direction=name),
        )
    return found


def _table(rows: Any, length: int) -> Floats | None:
    found = [one for row in listed(rows) if (one := series(row, length)) is not None]
    return np.stack(found) if len(found) == len(PAIRS) else None
