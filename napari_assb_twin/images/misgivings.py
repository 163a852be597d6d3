"""Why images may be too coarse, too small or too uneven for a twin: one sentence each."""

from __future__ import annotations

from collections.abc import Mapping

from napari_assb_twin.images.preview import Drift, Preview, Reach
from napari_assb_twin.twin.phases import SHORT_NAMES, Phase

FEWEST_PIXELS = 2.0
"""Pixels per correlation length.  Straight lines between the lags of an exponential covariance that
are half its length apart miss it by up to (1/2)^2 / 8 = 3 % of its start; with fewer pixels the
slope at lag 0, hence the interface area, is mostly that of the pixels."""

FEWEST_LENGTHS = 10.0
"""Correlation lengths per edge of an image.  In a square of 10 lengths a share phi of an
exponential covariance has a standard error of sqrt(2 pi phi (1 - phi)) / 10, that is 0.11 for a
share of 0.25; the same rule as for the box of a twin."""

PLATEAU = 0.1
"""Of the start of a curve above its plateau, what may be left at the longest lags.  An exponential
covariance has it after 2.3 lengths, less than the quarter of an image of 10."""

LEAST_DRIFT = 0.05
"""Smallest change of a share from edge to edge that is worth a word, however sure it is."""

SCATTERS = 3.0
"""Standard deviations that a drift must exceed: chance alone does so once in 370 times."""


def misgivings(found: Preview, names: Mapping[Phase, str] = SHORT_NAMES) -> list[str]:
    """One sentence for each kind of doubt, about the worst case of it; none for sound images."""
    sentences = (
        _coarse(found, names),
        _small(found, names),
        _uneven(found, names),
        _far_from_plateau(found, names),
    )
    return [sentence for sentence in sentences if sentence]


def _coarse(found: Preview, names: Mapping[Phase, str]) -> str:
    seen = [(reach.pixels, reach) for reach in found.reaches if reach.pixels is not None]
    if not seen or min(pixels for pixels, _ in seen) >= FEWEST_PIXELS:
        return ""
    pixels, reach = min(seen, key=lambda one: one[0])
    return (
        f"Too few pixels: the correlation length of {_where(reach, names)} is only {pixels:.1f} "
        f"pixels; under {FEWEST_PIXELS:.0f} the interface areas are those of the pixels, so use "
        "finer ones."
    )


def _small(found: Preview, names: Mapping[Phase, str]) -> str:
    seen = [(reach.lengths, reach) for reach in found.reaches if reach.lengths is not None]
    if not seen or min(lengths for lengths, _ in seen) >= FEWEST_LENGTHS:
        return ""
    lengths, reach = min(seen, key=lambda one: one[0])
    return (
        f"Small image: it is only {lengths:.1f} correlation lengths of {_where(reach, names)} "
        f"across; under {FEWEST_LENGTHS:.0f} shares and curves scatter widely, so add sections or "
        "take a larger field."
    )


def _uneven(found: Preview, names: Mapping[Phase, str]) -> str:
    sure = [
        drift
        for drift in found.drifts
        if abs(drift.change) > max(LEAST_DRIFT, SCATTERS * drift.scatter)
    ]
    if not sure:
        return ""

    def excess(drift: Drift) -> float:
        return abs(drift.change) / drift.scatter

    worst = max(sure, key=excess)
    verb = "rises" if worst.change > 0 else "falls"
    return (
        f"Gradient: the share of {names[worst.trend.phase]} {verb} by {abs(worst.change):.0%} of "
        f"the image {worst.trend.walk}, more than chance explains; a twin is the same "
        "everywhere, so check the lighting or take an even part."
    )


def _far_from_plateau(found: Preview, names: Mapping[Phase, str]) -> str:
    worst = max(found.reaches, key=lambda reach: abs(reach.left), default=None)
    if worst is None or abs(worst.left) <= PLATEAU:
        return ""
    where = _where(worst, names)
    off = (
        f"has still {worst.left:.0%} of its way down to the plateau before it"
        if worst.left > 0
        else f"has gone {-worst.left:.0%} of its way too far"
    )
    return (
        f"Plateau not reached: the curve of {where} {off} at the longest lag, "
        f"{worst.longest_um:.3g} µm; take a larger field, or rescale the image to coarser pixels "
        "if it is already large."
    )


def _where(reach: Reach, names: Mapping[Phase, str]) -> str:
    way = "in the plane" if reach.direction == "in-plane" else "along z"
    return f"{names[reach.phase]} {way}"
