"""All that a report shows, gathered: from the record, the data if they are at hand, the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from napari_assb_twin.calibration.fitted import seen_with_errors
from napari_assb_twin.calibration.verdict import FEWEST_REPLICATES
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.coverage import measured_coverage
from napari_assb_twin.measure.interfaces import as_seen, measured_interfaces
from napari_assb_twin.measure.sections import Measured
from napari_assb_twin.report.inputs import measured_again, same_data
from napari_assb_twin.report.record import Record
from napari_assb_twin.report.rows import Contact
from napari_assb_twin.report.sections import Plate, plates
from napari_assb_twin.twin.correlation import characteristic_lengths_um
from napari_assb_twin.twin.curves import Curves
from napari_assb_twin.twin.exact import DIRECTIONS, Direction, coverage
from napari_assb_twin.twin.parameters import FIELD_NAMES, Twin
from napari_assb_twin.twin.phases import SHORT_NAMES, Phase
from napari_assb_twin.twin.readouts import CONTACTS, readouts

SAME = 1e-4
"""Recorded curves of the model that differ by more are those of another twin."""

LENGTHS, POINTS = 6.0, 101
"""Curves of the model alone: over so many correlation lengths, at so many lags."""

UNFITTED = (
    "This twin has no record of a fit: it was never fitted to data, or it was changed by hand "
    "since. What follows is what the model itself says."
)
OLDER = (
    "The record of the fit holds no verdict: it was written by an older version. Fit the data "
    "again to have one."
)
UNJUDGED = (
    "The fit was not judged: that takes {} simulated data sets or more, and there were {}. Fit the "
    "data again with more to have a verdict."
)


@dataclass(frozen=True, eq=False)
class CurveSet:
    """Curves of the model, and of the data where there are any, at the same lags."""

    model: Curves
    measured: Curves | None
    recorded: bool

    @property
    def residual(self) -> np.ndarray | None:
        """Measured minus model, (6, n)."""
        return None if self.measured is None else self.measured.values - self.model.values


@dataclass(frozen=True, eq=False)
class Evidence:
    """What is shown of a twin.

    Attributes
    ----------
    twin, record
        The twin, and what it says of its fit (None if nothing).
    title
        What the twin is called.
    names
        Short names of the phases.
    state
        Sentences on what the record lacks.
    curves
        By direction; only the model's where nothing was measured.
    contacts
        Contact shares, measured beside the model's; only the model's where nothing was measured.
    plates
        Measured and simulated sections; empty if they cannot be simulated.
    plates_note
        Where the sections come from, or why some are not shown.
    """

    twin: Twin
    record: Record | None
    title: str
    names: Mapping[Phase, str]
    state: tuple[str, ...]
    curves: Mapping[Direction, CurveSet]
    contacts: tuple[Contact, ...]
    plates: tuple[Plate, ...]
    plates_note: str

    @property
    def seed(self) -> int:
        """The seed of the simulated sections."""
        return seed_of(self.twin, self.record)


def gather(
    twin: Twin,
    *,
    title: str,
    measured: Measured | None = None,
    beside: Path | None = None,
    names: Mapping[Phase, str] | None = None,
) -> Evidence:
    """Gather what there is to be shown of a twin.

    Parameters
    ----------
    title
        What the twin is called.
    measured
        The data that it was fitted to, where they are at hand.
    beside
        The folder of the twin file; the files of the record are then read again if they can be.
    names
        Short names of the phases, if the user has given them others.
    """
    record = Record.of(twin)
    measured, reason = _data(record, measured, beside)
    state, curves = _state(twin, record), _curves(twin, record, measured)
    shown, note = _plates(twin, record, measured, reason)
    return Evidence(
        twin=twin,
        record=record,
        title=title,
        names=dict(names or SHORT_NAMES),
        state=state,
        curves=curves,
        contacts=_contacts(twin, record, measured),
        plates=shown,
        plates_note=note,
    )


def seed_of(twin: Twin, record: Record | None) -> int:
    """The seed of the fit, else that of the twin."""
    seed = None if record is None else record.seed
    return twin.seed if seed is None or seed < 0 else seed


def _data(
    record: Record | None, measured: Measured | None, beside: Path | None
) -> tuple[Measured | None, str]:
    """The data to compare with, or why there are none."""
    if measured is not None:
        if record is None or same_data(measured, record):
            return measured, ""
        return None, "the data in the window are not those that were fitted"
    if record is None:
        return None, "there is no record of a fit"
    if beside is None:
        return None, "no data are open"
    try:
        return measured_again(record, beside), ""
    except InputError as error:
        return None, str(error).rstrip(".")


def _state(twin: Twin, record: Record | None) -> tuple[str, ...]:
    if record is None:
        return (UNFITTED,)
    said = [] if record.verdict else [_unjudged(record)]
    error = 0.0 if record.segmentation is None else record.segmentation.error or 0.0
    for direction, compared in record.curves.items():
        lags, kept = compared.model.lags_um, compared.model.lags_um > 0
        exact = coverage(twin, lags[kept], direction=direction).values
        away = np.abs(seen_with_errors(exact, twin, error) - compared.model.values[:, kept])
        if away.max(initial=0.0, where=np.isfinite(away)) > SAME:
            said.append(
                f"The recorded {direction} curves are not those of this twin: the file was changed "
                "since the fit, and verdict, errors and statistics are those of the fit."
            )
    return tuple(said)


def _unjudged(record: Record) -> str:
    count = record.bootstrap
    known = "curves" in record.content and count is not None and count < FEWEST_REPLICATES
    return UNJUDGED.format(FEWEST_REPLICATES, count) if known else OLDER


def _curves(
    twin: Twin, record: Record | None, measured: Measured | None
) -> dict[Direction, CurveSet]:
    found: dict[Direction, CurveSet] = {}
    for direction in DIRECTIONS:
        compared = None if record is None else record.curves.get(direction)
        if compared is not None:
            found[direction] = CurveSet(compared.model, compared.measured, recorded=True)
            continue
        curves = None if measured is None else _measure(measured, direction)
        lags = _lags(twin) if curves is None else curves.lags_um
        model = coverage(twin, lags, direction=direction)
        found[direction] = CurveSet(model, curves, recorded=False)
    return found


def _measure(measured: Measured, direction: Direction) -> Curves | None:
    """None also where sections of different pixel sizes cannot be measured as one."""
    try:
        return measured_coverage(measured, direction)
    except InputError:
        return None


def _lags(twin: Twin) -> np.ndarray:
    lengths = [characteristic_lengths_um(twin.field(name).correlation) for name in FIELD_NAMES]
    return np.linspace(0.0, LENGTHS * max(max(pair) for pair in lengths), POINTS)


def _contacts(twin: Twin, record: Record | None, measured: Measured | None) -> tuple[Contact, ...]:
    if record is not None and record.contacts:
        return record.contacts
    exact = readouts(twin)
    data = None if measured is None else measured_interfaces(measured)
    model = exact.contact_share if data is None else as_seen(twin, data).contact_share
    return tuple(
        Contact(
            phase=i,
            neighbour=j,
            measured=None if data is None else data.contact_share[i, j],
            model=model[i, j],
            standard_error=None,
            z=None,
            pinned=(i, j) in exact.pinned,
        )
        for i, j in CONTACTS
    )


def _plates(
    twin: Twin, record: Record | None, measured: Measured | None, reason: str
) -> tuple[tuple[Plate, ...], str]:
    seed = seed_of(twin, record)
    try:
        shown = plates(twin, record, measured, seed)
    except InputError as error:
        return (), f"No sections are shown: {error}."
    known = measured is not None or (record is not None and record.data)
    pixel = "pixel size of the data" if known else "voxel size of the twin's box"
    what = "Simulated sections are independent realisations of the twin in the plane, in an open "
    what += f"window at the {pixel}, seed {seed}."
    if measured is None:
        what = f"Measured sections are not shown: {reason}. {what}"
    return shown, what
