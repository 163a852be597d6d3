"""Whether a fitted twin describes its data: five checks against simulated data sets."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import scipy.stats
from numpy.typing import NDArray

from napari_assb_twin.calibration.evidence import Evidence, Gauge
from napari_assb_twin.twin.phases import LONG_NAMES, SHORT_NAMES, Phase
from napari_assb_twin.twin.readouts import CONTACTS

Floats = NDArray[np.float64]
Word = Literal["fits", "fits with reservations", "does not fit"]

FEWEST_REPLICATES = 8
"""Below this number of simulated data sets nothing is judged."""

ALARM = 3.0
"""A check sounds when it lies this many standard deviations beyond the simulated data sets."""

SHRINKAGE = 0.2
"""Share of the identity in the correlation matrix of the statistics."""

LARGEST_Z = 37.0
"""Beyond it a normal distribution has no more probability that a number could hold."""

LARGE_MISFIT = 0.01
LARGE_VARIATION = 0.15
LARGE_SHARE = 0.1
LARGE_STATISTICS = 8.0
LARGE_TREND = 0.1
"""Sounding and beyond these, a check says that the twin does not fit: root mean square of C_ij;
variation of the ratio; difference of a contact share; root mean square of the statistics'
z scores; change of a fraction across the sections."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One way in which data and twin may differ.

    Attributes
    ----------
    name
        What was compared.
    z
        How far the data lie beyond what data of the twin itself show, in standard deviations of
        the logarithm; about normal where the twin is right.
    level
        0: no objection; 1: a reservation; 2: an objection.
    sentence
        What it says, in words.
    """

    name: str
    z: float
    level: Literal[0, 1, 2]
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the checks say together."""

    checks: tuple[Check, ...]

    @property
    def word(self) -> Word:
        """*does not fit* with one objection, *fits with reservations* with one reservation."""
        worst = max(check.level for check in self.checks)
        words: tuple[Word, ...] = ("fits", "fits with reservations", "does not fit")
        return words[worst]

    @property
    def reservations(self) -> tuple[str, ...]:
        """The sentences of the checks that sound."""
        return tuple(check.sentence for check in self.checks if check.level)

    def document(self) -> dict[str, Any]:
        """The JSON object that a twin file keeps."""
        return {"word": self.word, "checks": [vars(check) for check in self.checks]}


@dataclass(frozen=True)
class Judged:
    """Misfits and evidence of one data set, measured or simulated.

    Attributes
    ----------
    rms
        Misfit of the curves after an exact fit to these data.
    of_twin
        Misfit of the curves of the twin that is judged: that of the exact fit itself for the
        measured data, unless the twin was trained.
    evidence
        What no fit has seen.
    """

    rms: float
    of_twin: float
    evidence: Evidence


def judge(
    first_phase: Phase,
    own: Judged,
    replicates: Sequence[Judged],
    gauge: Gauge,
    *,
    correlated: bool = False,
) -> Verdict | None:
    """Compare the data with data sets simulated from the fit, each treated in the same way.

    ``correlated``: whether the twin's fields are, which the words then say.

    Returns
    -------
    None with fewer than `FEWEST_REPLICATES` simulated data sets.
    """
    if len(replicates) < FEWEST_REPLICATES:
        return None
    return Verdict(
        checks=(
            _curves(own, replicates),
            _order(first_phase, own, replicates, correlated),
            _contacts(own, replicates),
            _statistics(own, replicates, gauge),
            _trends(own, replicates, gauge),
        )
    )


def z_scores(own: Floats, others: Floats) -> Floats:
    """How far numbers lie from those of simulated data sets (a row each); nan where unknown."""
    with np.errstate(all="ignore"):
        spread = others.std(axis=0, ddof=1) * math.sqrt(1.0 + 1.0 / len(others))
        return np.where(spread > 0, (own - others.mean(axis=0)) / spread, np.nan)


def _excess(value: float, others: Sequence[float]) -> float:
    """Standard deviations by which a positive number exceeds others, in the logarithm.

    The standard deviation is that of few numbers: its Student's t is told as the z score that is
    as rare.
    """
    logs = np.log(np.maximum(others, 1e-12))
    spread = float(logs.std(ddof=1)) * math.sqrt(1.0 + 1.0 / len(logs))
    t = (math.log(max(value, 1e-12)) - float(logs.mean())) / max(spread, 1e-9)
    return _as_normal(t, len(logs) - 1)


def _as_normal(t: float, freedom: int) -> float:
    z = float(scipy.stats.norm.isf(scipy.stats.t.sf(abs(t), freedom)))
    return math.copysign(min(z, LARGEST_Z), t)


def _level(z: float, large: bool) -> Literal[0, 1, 2]:
    if z <= ALARM:
        return 0
    return 2 if large else 1


def _curves(own: Judged, replicates: Sequence[Judged]) -> Check:
    """The misfit after an exact fit; of a trained twin its own one where that alone sounds.

    A training ends beside the exact fit, and simulated data are fitted exactly: so are the data.
    What has left their curves by more than data of one twin differ is told all the same.
    """
    trained = own.of_twin != own.rms
    rms, others = own.rms, [one.rms for one in replicates]
    how = " after an exact fit" if trained else ""
    of_twin = [one.of_twin for one in replicates]
    if trained and _excess(rms, others) <= ALARM < _excess(own.of_twin, of_twin):
        rms, others, how = own.of_twin, of_twin, ""
    z = _excess(rms, others)
    tail = f"rms {rms:.2g}{how}, where data of the twin itself give {np.median(others):.2g}"
    return Check(
        name="curves",
        z=z,
        level=_level(z, rms > LARGE_MISFIT),
        sentence=f"The two-point coverage curves are missed by more than chance: {tail}."
        if z > ALARM
        else f"The two-point coverage curves are met within their errors: {tail}.",
    )


def _order(
    first_phase: Phase, own: Judged, replicates: Sequence[Judged], correlated: bool
) -> Check:
    value = own.evidence.ratio_variation
    others = [one.evidence.ratio_variation for one in replicates]
    z = _excess(value, others)
    name = LONG_NAMES[first_phase]
    usual = (
        "that of the twin" if correlated else "constant, as two independent fields would have it"
    )
    fields = "the twin's fields" if correlated else "two independent fields"
    tail = f"the ratio varies by {value:.1%}, in data of the twin itself by {np.median(others):.1%}"
    return Check(
        name="phase order",
        z=z,
        level=_level(z, value > LARGE_VARIATION),
        sentence=f"The ratio of the curves of the {name} to the two other phases is not {usual}: "
        f"{tail}."
        if z > ALARM
        else f"The {name} meets the two other phases as {fields} have it: {tail}.",
    )


def _contacts(own: Judged, replicates: Sequence[Judged]) -> Check:
    share, others = own.evidence.contact_shares, _rows(replicates, _shares)
    z = _joint(share, others)
    difference = np.nan_to_num(share - others.mean(axis=0))
    worst = int(np.argmax(np.abs(difference)))
    i, j = CONTACTS[worst]
    tail = (
        f"{SHORT_NAMES[j]} on {share[worst]:.0%} of the surface of {SHORT_NAMES[i]}, "
        f"{others.mean(axis=0)[worst]:.0%} in data of the twin"
    )
    return Check(
        name="contact shares",
        z=z,
        level=_level(z, abs(difference[worst]) > LARGE_SHARE),
        sentence=f"The phases touch in other shares than the twin's: {tail}."
        if z > ALARM
        else f"The phases touch in the shares that the twin has: {tail} (the largest difference).",
    )


def _statistics(own: Judged, replicates: Sequence[Judged], gauge: Gauge) -> Check:
    value, others = own.evidence.statistics, _rows(replicates, _values)
    z = _joint(value, others, _distance)
    scores = np.nan_to_num(z_scores(value, others))
    if not scores.size:
        return Check(name="higher-order statistics", z=0.0, level=0, sentence=_TOO_LITTLE)
    worst = gauge.statistics.statistics[int(np.argmax(np.abs(scores)))]
    size = float(np.sqrt(np.mean(scores**2)))
    what = f"z scores of {size:.1f} (rms), the largest {np.abs(scores).max():.1f} ({worst.words})"
    return Check(
        name="higher-order statistics",
        z=z,
        level=_level(z, size > LARGE_STATISTICS),
        sentence="Shapes that two-point coverage does not see are other than the twin's: Euler "
        f"numbers and lineal paths have {what}."
        if z > ALARM
        else f"Euler numbers and lineal paths agree with the twin's: {what}.",
    )


def _trends(own: Judged, replicates: Sequence[Judged], gauge: Gauge) -> Check:
    value, others = own.evidence.trends, _rows(replicates, _drifts)
    z = _about_zero(value, others)
    worst = int(np.argmax(np.abs(value)))
    trend = gauge.trends[worst]
    tail = f"{SHORT_NAMES[trend.phase]} changes by {value[worst]:+.3f} {trend.walk}"
    return Check(
        name="homogeneity",
        z=z,
        level=_level(z, abs(value[worst]) > LARGE_TREND),
        sentence=f"The phases drift across the sections, which the twin cannot: {tail}."
        if z > ALARM
        else f"No drift of the phases across the sections: {tail} at most.",
    )


_TOO_LITTLE = "The sections hold too little to compare Euler numbers and lineal paths."


def _joint(
    own: Floats, others: Floats, size: Callable[[Floats, Floats], float] | None = None
) -> float:
    """Excess of the size of the data's z scores over those of the simulated data sets.

    Each simulated data set is compared with the others, as the data are with all.  The size is the
    root mean square, or what is given.  Numbers that vary in one simulated data set alone, or in
    none, have no errors and are left out.
    """
    measure = size or _rms_z
    rest = [np.delete(others, n, axis=0) for n in range(len(others))]
    used = np.isfinite(own) & np.isfinite(others).all(axis=0)
    used &= np.min([left.std(axis=0) for left in rest], axis=0) > 0
    own, others = own[used], others[:, used]
    if not own.size:
        return 0.0
    rest = [left[:, used] for left in rest]
    usual = [measure(one, left) for one, left in zip(others, rest, strict=True)]
    return _excess(measure(own, others), usual)


def _rms_z(own: Floats, others: Floats) -> float:
    return _rms(z_scores(own, others))


def _distance(own: Floats, others: Floats) -> float:
    """Mahalanobis distance with a correlation matrix shrunk towards the identity.

    Numbers that go together, such as lineal paths of many lengths, count once, and combinations of
    them that hardly vary count for what they are.  Some shrinkage is needed because the matrix
    comes from fewer data sets than it has rows (Schaefer and Strimmer, 2005,
    doi:10.2202/1544-6115.1175).
    """
    spread = others.std(axis=0, ddof=1)
    scores = (others - others.mean(axis=0)) / spread
    correlation = scores.T @ scores / (len(others) - 1)
    shrunk = (1.0 - SHRINKAGE) * correlation + SHRINKAGE * np.eye(len(spread))
    z = (own - others.mean(axis=0)) / spread
    return float(np.sqrt(z @ np.linalg.solve(shrunk, z) / z.size))


def _about_zero(own: Floats, others: Floats) -> float:
    """Excess of the root mean square of numbers whose mean is known to be zero."""
    scale = others.std(axis=0, ddof=1)
    used = scale > 0
    return _excess(_rms(own[used] / scale[used]), [_rms(o[used] / scale[used]) for o in others])


def _rms(values: Floats) -> float:
    return float(np.sqrt(np.nanmean(values**2))) if values.size else 0.0


def _rows(replicates: Sequence[Judged], take: Callable[[Evidence], Floats]) -> Floats:
    return np.array([take(one.evidence) for one in replicates])


def _shares(evidence: Evidence) -> Floats:
    return evidence.contact_shares


def _values(evidence: Evidence) -> Floats:
    return evidence.statistics


def _drifts(evidence: Evidence) -> Floats:
    return evidence.trends
