"""A table of results, read with suspicion: one row a realisation of a scenario.

Columns: ``scenario``, ``realisation``, perhaps ``seed``, ``error`` and ``seconds``;
``parameter.<path>`` for every parameter that was varied; every other column of numbers is a
property.  `napari_assb_twin.scenarios` writes such tables.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from napari_assb_twin.descriptors.bulk import Bulk
from napari_assb_twin.descriptors.definitions import transport_keys
from napari_assb_twin.errors import InputError
from napari_assb_twin.scenarios.folder import CSV, PARQUET, PLAN, ROWS
from napari_assb_twin.scenarios.record import recorded
from napari_assb_twin.surrogates.labels import property_label
from napari_assb_twin.surrogates.space import Space
from napari_assb_twin.twin.phases import full_key

PREFIX = "parameter."
FILES = (PARQUET, CSV)
KEYS = ("scenario", "realisation")
DIAGNOSTICS = ("converged", "flux_spread")
"""Columns on how well transport was solved: they are no property of the structure."""

ABOUT = (*KEYS, "seed", "error", "seconds")
"""Columns about a realisation that are no property of it."""

MOST_TOLD = 6
"""Names that are told for a wrong one: those near it, where there are more."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Results:
    """What was measured in the realisations of a study that did not fail.

    Attributes
    ----------
    rows
        A pandas DataFrame with ``scenario`` and ``realisation``, ``seed`` where the table has it,
        ``parameter.<path>`` of each parameter and a column for each property, floats; NaN where a
        realisation has no such number.
    space
        Parameters that take more than one value, with their ranges.
    properties
        Keys of the properties, in the order of the table.
    failed
        How many rows were left out because their realisation failed.
    ignored
        Columns of words, which are no property.
    unsteady
        Realisations with a transport that was not solved to its steady state; its values count as
        missing.
    bulk
        Bulk values of the study, whose units effective values have; None: not known.
    """

    rows: Any
    space: Space
    properties: tuple[str, ...]
    failed: int
    ignored: tuple[str, ...] = ()
    unsteady: int = 0
    bulk: Bulk | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def points(self) -> Any:
        """The columns of the varied parameters, as in `space`."""
        return self.rows[[PREFIX + name for name in self.space.names]]

    @property
    def reservations(self) -> tuple[str, ...]:
        """What of the table does not count, in sentences."""
        told = []
        if self.failed:
            told.append(f"Realisations that failed and are left out: {self.failed}.")
        if self.unsteady:
            told.append(
                "Realisations with a transport that did not converge, which counts as missing: "
                f"{self.unsteady}."
            )
        if self.ignored:
            told.append(f"Columns of words, which are left out: {', '.join(self.ignored)}.")
        return tuple(told)

    def key(self, name: str) -> str:
        """The key of a property; phases may go by their short names, as in ``…SE.z``.

        Raises
        ------
        InputError
            If the table has none of this name.
        """
        return chosen(name, self.properties, "property")

    def label(self, key: str) -> str:
        """A property with its unit, for figures and tables."""
        return property_label(key, self.bulk)

    def span(self, key: str) -> tuple[float, float]:
        """Smallest and largest value of a property; NaN where no realisation has one."""
        values = self.rows[key]
        return float(values.min()), float(values.max())

    def parameter(self, name: str) -> str:
        """The path of a parameter, if it was varied; else `InputError`."""
        return chosen(name, self.space.names, "varied parameter")


def chosen(name: str, known: Collection[str], what: str) -> str:
    """The one of the known names that is meant; if it is none, those near it are told."""
    for candidate in (name, full_key(name)):
        if candidate in known:
            return candidate
    many = len(known) > MOST_TOLD
    near = get_close_matches(full_key(name), known, n=MOST_TOLD) if many else []
    raise InputError(
        f"The results have no {what} {name!r}; choose from {', '.join(near or known)}."
    )


def read_results(
    path: str | os.PathLike[str], *, logarithmic: Collection[str] | None = None
) -> Results:
    """Read the table of a folder of results, or a Parquet or CSV file.

    Parameters
    ----------
    path
        The folder (`FILES` are looked for) or the file.
    logarithmic
        Parameters whose ratios count; see `results_from`.

    Raises
    ------
    InputError
        If there is no table, it was cut short, or it is not as `results_from` wants it.
    """
    import pandas as pd

    source = Path(path)
    if source.is_dir():
        found = [source / name for name in FILES if (source / name).is_file()]
        if not found:
            raise InputError(
                f"{path} holds neither {' nor '.join(FILES)}; give the folder of a finished sweep."
            )
        source = found[0]
    try:
        if source.suffix.lower() == ".parquet":
            frame = pd.read_parquet(source)
        else:
            frame = pd.read_csv(source)
    except FileNotFoundError:
        raise InputError(f"{path} does not exist; give a folder of results or a table.") from None
    except (OSError, ValueError) as error:  # parser, encoding and Arrow errors are ValueErrors
        reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise InputError(f"{source} cannot be read as a table ({reason}).") from None
    _check_whole(source, len(frame))
    try:
        return results_from(frame, logarithmic=logarithmic)
    except InputError as error:
        raise InputError(f"{source}: {error}") from None


def _check_whole(source: Path, lines: int) -> None:
    """Refuse a CSV file of a sweep that was cut short, which reads as a table of fewer rows.

    A Parquet file that was cut short cannot be read.
    """
    folder = source.parent
    if source.name != CSV or not all((folder / name).is_file() for name in (PLAN, ROWS)):
        return
    _, rows = recorded(folder)
    with source.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        ended = file.read() in b"\r\n"
    if lines != len(rows) or not ended:
        raise InputError(
            f"{source} is not all of the {len(rows)} rows that {ROWS} beside it holds; give the "
            "command of the sweep again, which writes it anew."
        )


def results_from(frame: Any, *, logarithmic: Collection[str] | None = None) -> Results:
    """What a pandas DataFrame of results holds.

    Parameters
    ----------
    frame
        The table; it is not changed.
    logarithmic
        Parameters of which equal ratios count as equal steps.

    Raises
    ------
    InputError
        If a column is missing or stands twice, a number is none, two rows are of one realisation,
        a scenario has two values of a parameter, or no row is left.
    """
    columns = [str(column) for column in frame.columns]
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise InputError(f"the column {twice[0]!r} stands twice; keep one.")
    frame = frame.set_axis(columns, axis="columns")
    for key in KEYS:
        if key not in columns:
            raise InputError(f"the table has no column {key!r}; it is no table of scenarios.")
    good, failed = _without_failures(frame)
    rows = good.loc[:, [*KEYS, *(["seed"] if "seed" in columns else [])]].copy()
    for key in KEYS:
        numbers = _numbers(good, key)
        if not np.all(np.isfinite(numbers) & (numbers == np.floor(numbers))):
            raise InputError(f"the column {key!r} must hold whole numbers.")
        rows[key] = numbers.astype(np.int64)
    if rows.duplicated(list(KEYS)).any():
        one = rows[rows.duplicated(list(KEYS))].iloc[0]
        raise InputError(
            f"realisation {one['realisation']} of scenario {one['scenario']} stands twice; keep "
            "one of the rows."
        )
    parameters = [name for name in columns if name.startswith(PREFIX)]
    if not parameters:
        raise InputError(f"no column is called {PREFIX}…; nothing was varied.")
    added = {name: _numbers(good, name, missing=False) for name in parameters}
    properties, ignored = [], []
    for name in columns:
        if name in ABOUT or name in parameters or name.split(".")[0] in DIAGNOSTICS:
            continue
        if not _has_numbers(good[name]):
            ignored.append(name)
            continue
        values = _numbers(good, name)
        properties.append(name)
        added[name] = np.where(np.isfinite(values), values, np.nan)
    unsteady = _forget_unsteady(good, added)
    rows = rows.assign(**added).sort_values(list(KEYS), ignore_index=True)
    varied = [name.removeprefix(PREFIX) for name in parameters]
    space = _space(rows, varied, frozenset(logarithmic or ()))
    return Results(
        rows=rows,
        space=space,
        properties=tuple(properties),
        failed=failed,
        ignored=tuple(ignored),
        unsteady=unsteady,
    )


def _without_failures(frame: Any) -> tuple[Any, int]:
    if "error" not in frame.columns:
        return frame, 0
    told = frame["error"]
    failed = told.notna() & (told.astype(str).str.strip() != "")
    good = frame[~failed]
    if good.empty:
        raise InputError("every realisation failed; the column 'error' says why.")
    return good, int(failed.sum())


def _forget_unsteady(frame: Any, values: dict[str, np.ndarray[Any, Any]]) -> int:
    """Take out transport that did not converge; the number of rows in which there is some."""
    touched = np.zeros(len(frame), dtype=bool)
    for name in frame.columns:
        what, _, of = name.partition(".")
        if what != "converged":
            continue
        unsteady = _numbers(frame, name) == 0
        for key in transport_keys(of):
            if key in values:
                values[key] = np.where(unsteady, np.nan, values[key])
        touched |= unsteady
    return int(touched.sum())


def _has_numbers(column: Any) -> bool:
    """Whether a column holds a number anywhere, or nothing at all."""
    import pandas as pd

    if pd.api.types.is_bool_dtype(column):
        return False
    values = column.dropna()
    return values.empty or bool(pd.to_numeric(values, errors="coerce").notna().any())


def _numbers(frame: Any, name: str, *, missing: bool = True) -> np.ndarray[Any, Any]:
    """A column as floats, NaN where it is empty."""
    import pandas as pd

    column = frame[name]
    numbers = pd.to_numeric(column, errors="coerce")
    for row, value in _first(column[numbers.isna() & column.notna()]):
        raise InputError(f"the column {name!r} holds {value!r:.40} in row {row + 1}, no number.")
    values = numbers.to_numpy(dtype=float, na_value=np.nan)
    if not missing and not np.all(np.isfinite(values)):
        row = frame.index[int(np.argmin(np.isfinite(values)))]
        raise InputError(f"the column {name!r} has no number in row {int(row) + 1}.")
    return np.asarray(values)


def _first(column: Any) -> Iterator[tuple[int, object]]:
    for row, value in column.head(1).items():
        yield int(row), value


def _space(rows: Any, names: list[str], logarithmic: frozenset[str]) -> Space:
    logarithmic = frozenset(one if one in names else full_key(one) for one in logarithmic)
    unknown = sorted(logarithmic - set(names))
    if unknown:
        raise InputError(f"{unknown[0]!r} was not varied; choose from {', '.join(names)}.")
    for name in names:
        values = rows.groupby("scenario")[PREFIX + name]
        apart = values.max() - values.min() > 1e-9 * values.max().abs()
        if apart.any():
            raise InputError(
                f"scenario {apart.idxmax()} has more than one value of {name}; its realisations "
                "must share their parameters."
            )
    varied = [name for name in names if np.ptp(rows[PREFIX + name]) > 0]
    if not varied:
        raise InputError("every parameter has one value only; vary one to learn from it.")
    values = rows[[PREFIX + name for name in varied]].to_numpy()
    low, high = values.min(axis=0).tolist(), values.max(axis=0).tolist()
    for name, least in zip(varied, low, strict=True):
        if name in logarithmic and least <= 0:
            raise InputError(
                f"{name} is {least:g} somewhere, so that its logarithm does not exist; do not "
                "make it logarithmic."
            )
    return Space(
        names=tuple(varied),
        low=tuple(low),
        high=tuple(high),
        logarithmic=tuple(name in logarithmic for name in varied),
    )
