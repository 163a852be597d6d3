"""From measured two-point coverage to the correlations of the two fields, lag by lag."""

from __future__ import annotations

import math
from itertools import combinations_with_replacement as cwr

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline, PchipInterpolator

from napari_assb_twin.calibration.lags import LagData
from napari_assb_twin.twin.excursion import two_point_probability
from napari_assb_twin.twin.fields import FIELD_NAMES, FieldName, RandomField
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import PAIRS

Floats = NDArray[np.float64]

_NODES = 513
_STEEPEST = 1.0 - 1e-12
"""|r| to which slopes are taken: at 1 they are infinite."""

_LEVEL = 1e-12
"""Two nodes whose probabilities differ by less tell nothing of r."""

_SCARCEST = 0.1
"""Least b = P(both points outside the first phase) in units of (1 - p)^2, its value at long lags:
less is noise, and C_22 / b would be nothing else."""


class CutSet:
    """The two-point probability a(r) of one cut set as a function of r alone, and back.

    Tabulated once over t = asin r, in which a is smooth up to r = 1 (its slope in r is infinite
    there): a cubic spline through 513 nodes is good to 1e-8, and costs far less than Owen's
    function or the quadrature over and over.  A chi-square field does not know the sign of r.

    Parameters
    ----------
    field
        Kind and tail; its correlation is not used.
    probability
        P(o in the cut set), strictly between 0 and 1.
    """

    def __init__(self, field: RandomField, probability: float) -> None:
        self.signed = field.degrees_of_freedom == 0
        self.probability = probability
        lowest = -0.5 * math.pi if self.signed else 0.0
        t = np.linspace(lowest, 0.5 * math.pi, _NODES)
        a = two_point_probability(field, probability, np.sin(t))
        self._spline = CubicSpline(t, a)
        self._slope = self._spline.derivative()
        abscissa = np.maximum.accumulate(a if self.signed else self._root(a))
        rising = np.append(True, np.diff(abscissa) > _LEVEL)
        self._range = float(abscissa[rising][0]), float(abscissa[rising][-1])
        self._inverse = PchipInterpolator(abscissa[rising], t[rising])

    def _root(self, a: Floats) -> Floats:
        """The square root of the excess a - p^2: r^2 to first order in a chi-square field."""
        return np.asarray(np.sqrt(np.maximum(a - self.probability**2, 0.0)))

    def at(self, r: ArrayLike) -> tuple[Floats, Floats]:
        """a and da/dr at correlations r, of their shape."""
        r = np.clip(np.asarray(r, dtype=float), -_STEEPEST, _STEEPEST)
        t = np.arcsin(r if self.signed else np.abs(r))
        slope = self._slope(t) / np.cos(t)
        return self._spline(t), slope if self.signed else np.copysign(1.0, r) * slope

    def correlation(self, a: ArrayLike) -> Floats:
        """r at two-point probabilities; |r| for a chi-square field.

        What no correlation gives is taken as the nearest that one does.
        """
        values = np.asarray(a, dtype=float)
        abscissa = values if self.signed else self._root(values)
        return np.asarray(np.sin(self._inverse(np.clip(abscissa, *self._range))))


def cut_set(twin: Twin, name: FieldName) -> CutSet:
    """The cut set of one field of a twin."""
    return CutSet(twin.field(name), twin.exceedance(name))


def by_role(values: Floats, twin: Twin) -> Floats:
    """C_11, C_12, C_13, C_22, C_23, C_33 with 1, 2, 3 the first, second and third phase.

    ``values`` has the shape (6, n) in the order of ``PAIRS``, and so has what is returned.
    """
    phases = (twin.first_phase, twin.second_phase, twin.third_phase)
    pairs = [(i, j) if (i, j) in PAIRS else (j, i) for i, j in cwr(phases, 2)]
    return values[[PAIRS.index(pair) for pair in pairs]]


def two_point_probabilities(values: Floats, template: Twin) -> dict[FieldName, Floats]:
    """a_X and a_Y from C_ij, shape (6, n) in the order of ``PAIRS``, for a twin's fractions.

    The pairs of the first phase, C_11 = a_X, C_12 = (p - a_X) q and C_13 = (p - a_X)(1 - q), are
    linear in a_X; the others, C_22 = b a_Y, C_23 = b (q - a_Y) and C_33 = b (1 - 2q + a_Y) with
    b = 1 - 2p + a_X, are linear in a_Y.  Each is the least-squares solution of its three.
    """
    p, q = template.exceedance("X"), template.exceedance("Y")
    c_11, c_12, c_13, c_22, c_23, c_33 = by_role(values, template)
    a_x = c_11 + q * (p * q - c_12) + (1.0 - q) * (p * (1.0 - q) - c_13)
    a_x = a_x / (1.0 + q * q + (1.0 - q) ** 2)
    both_out = np.maximum(1.0 - 2.0 * p + a_x, _SCARCEST * (1.0 - p) ** 2)
    a_y = ((c_22 - c_23 + c_33) / both_out + 3.0 * q - 1.0) / 3.0
    return {"X": a_x, "Y": a_y}


def invert(data: LagData, template: Twin) -> dict[FieldName, Floats]:
    """r_X and r_Y at the lags of the data, shape (n,) each; |r| for chi-square fields.

    Parameters
    ----------
    template
        Its phases, fractions, kinds and tails are used, its correlations are not.
    """
    a = two_point_probabilities(data.values, template)
    return {name: cut_set(template, name).correlation(a[name]) for name in FIELD_NAMES}
