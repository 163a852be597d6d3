"""The volume of a row, made again from what the record says of it."""

from __future__ import annotations

from pathlib import Path

from napari_assb_twin.errors import InputError
from napari_assb_twin.scenarios.record import recorded
from napari_assb_twin.scenarios.row import realised
from napari_assb_twin.twin.realisation import Realisation


def regenerate(folder: Path, scenario: int, realisation: int) -> Realisation:
    """The volume of a row of a results folder, voxel by voxel the one that was measured.

    Parameters
    ----------
    scenario, realisation
        As in the table, counted from 1.

    Raises
    ------
    InputError
        If the folder holds no results or no such row, or the twin of the row cannot be made.
    """
    plan, rows = recorded(folder)
    if (scenario, realisation) not in rows:
        raise InputError(
            f"{folder} has no realisation {realisation} of scenario {scenario}; the plan has "
            f"scenarios 1 to {plan.scenarios} with realisations 1 to {plan.realisations}, of which "
            f"{len(rows)} of {plan.total} are measured."
        )
    row = rows[scenario, realisation]
    return realised(plan, row.parameters, row.seed)
