"""Numbers as they are printed: as many digits as the error leaves."""

from __future__ import annotations

import math

NONE = "–"
MOST_DECIMALS = 8


def plain(value: float | None, digits: int = 4) -> str:
    """A number of so many digits; a dash where there is none."""
    if value is None or math.isnan(value):
        return NONE
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return _minus(f"{value:.{digits}g}")


def decimals(error: float | None) -> int | None:
    """Digits behind the point at which two digits of the error are seen.

    None without an error, and where that were more than `MOST_DECIMALS`.
    """
    if error is None or not math.isfinite(error) or error <= 0:
        return None
    places = max(0, 1 - math.floor(math.log10(error)))
    return places if places <= MOST_DECIMALS else None


def beside(value: float | None, error: float | None) -> str:
    """A number with as many digits as its error leaves."""
    places = decimals(error)
    if value is None or places is None or not math.isfinite(value) or abs(value) >= 1e6:
        return plain(value)
    return _minus(f"{value:.{places}f}")


def error_of(error: float | None) -> str:
    """An error with two digits."""
    return beside(error, error) if decimals(error) is not None else plain(error, 2)


def signed(value: float | None) -> str:
    """A number of standard errors, with its sign and one digit behind the point."""
    if value is None or not math.isfinite(value):
        return NONE
    return _minus("0.0" if abs(value) < 0.05 else f"{value:+.1f}")


def _minus(text: str) -> str:
    """With a real minus sign, and none before zero."""
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")
