"""A comparison of twins as a table: for a terminal, and as CSV for spreadsheets."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

from napari_assb_twin.comparison.difference import (
    LEVEL,
    Difference,
    Estimate,
    PairOfTwins,
    TwinComparison,
)
from napari_assb_twin.csv_file import write_csv
from napari_assb_twin.twin.phases import SHORT_NAMES

COLUMNS = (
    *("first", "second", "quantity", "path", "phases", "unit"),
    *("first_value", "first_standard_error", "second_value", "second_standard_error"),
    *("difference", "standard_error", "z", "degrees_of_freedom", "p", "p_holm"),
    *("verdict", "reason", "within_segmentation"),
)
DOUBT = "no larger than the doubt about the segmentation"
CURVES_RMS, CURVES_MAX = "two-point coverage, rms", "two-point coverage, max"


def in_words(comparison: TwinComparison) -> list[str]:
    """Lines for a terminal: a table for each pair."""
    lines: list[str] = []
    for pair in comparison.pairs:
        lines += [
            f"{pair.first} -> {pair.second}: {summary(pair, comparison.tests)}",
            *_lines(pair),
        ]
    return lines


def summary(pair: PairOfTwins, tests: int) -> str:
    """One sentence: how many differences can be told, at which level."""
    known = pair.counted("distinguishable") + pair.counted("not distinguishable")
    if not known:
        return "no standard errors are known for both, so nothing can be told apart or not"
    among = f"{tests} tests" if tests > 1 else "1 test"
    return (
        f"{pair.counted('distinguishable')} of {known} differences with known errors "
        f"distinguishable ({LEVEL:.0%} for all {among} together, Holm)"
    )


def number_in_words(estimate: Estimate) -> str:
    """As ``"0.112 ± 0.004"``; a word where there is no number."""
    if estimate.value is None:
        return "infinite" if estimate.reason.startswith("infinite") else "-"
    if estimate.standard_error is None:
        return f"{estimate.value:.4g}"
    return f"{estimate.value:.4g} ± {estimate.standard_error:.2g}"


def write_comparison_csv(path: str | os.PathLike[str], comparison: TwinComparison) -> Path:
    """Write a comparison as CSV (UTF-8), one difference a row; returns the path.

    Differences of the exact curves follow those of the numbers, their direction in ``path``.  A
    cell is empty where nothing is known.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    return write_csv(path, COLUMNS, (row for pair in comparison.pairs for row in _cells(pair)))


def _lines(pair: PairOfTwins) -> Iterator[str]:
    reasons = list(dict.fromkeys(row.reason for row in pair.rows if row.reason))
    for row in pair.rows:
        unit = f" [{row.quantity.unit}]" if row.quantity.unit else ""
        difference = "" if row.difference is None else f"{row.difference:+.3g}"
        z = "" if row.z is None else f"z {row.z:+.1f}"
        note = f" [{reasons.index(row.reason) + 1}]" if row.reason else ""
        doubt = f"; {DOUBT}" if row.within_segmentation else ""
        yield (
            f"  {row.quantity.title + unit:34} {number_in_words(row.first):>16} "
            f"{number_in_words(row.second):>16} {difference:>9} {z:>7}  {row.verdict}{note}{doubt}"
        )
    for number, reason in enumerate(reasons, start=1):
        yield f"  [{number}] {reason}"
    for one in pair.curves:
        names = "-".join(SHORT_NAMES[phase] for phase in one.pair)
        yield (
            f"  C({names}), {one.direction}: rms {one.rms:.2g}, max {one.max:.2g} at "
            f"{one.lag_um:.2g} µm"
        )


def said(row: Difference) -> str:
    """The verdict with its reason, and with the doubt about the segmentation."""
    words = f"{row.verdict} ({row.reason})" if row.reason else row.verdict
    if row.within_segmentation:
        words += f"; {DOUBT}"
    return words


def _cells(pair: PairOfTwins) -> Iterator[tuple[object, ...]]:
    names = pair.first, pair.second
    for row in pair.rows:
        quantity, freedom = row.quantity, row.degrees_of_freedom
        within = {None: "", True: "yes", False: "no"}[row.within_segmentation]
        yield (
            *(*names, quantity.name, quantity.path, ",".join(quantity.phases), quantity.unit),
            *(row.first.value, row.first.standard_error),
            *(row.second.value, row.second.standard_error),
            *(row.difference, row.standard_error, row.z),
            *(freedom if row.p is not None and math.isfinite(freedom) else "", row.p, row.p_holm),
            *(row.verdict, row.reason, within),
        )
    for one in pair.curves:
        for name, value in ((CURVES_RMS, one.rms), (CURVES_MAX, one.max)):
            cells = (*names, name, one.direction, ",".join(one.pair), "")
            yield (*cells, *("",) * 4, value, *("",) * (len(COLUMNS) - len(cells) - 5))
