"""The results of a sweep with the plan that they follow from."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from napari_assb_twin.errors import InputError
from napari_assb_twin.scenarios.folder import PLAN
from napari_assb_twin.scenarios.plan import Plan
from napari_assb_twin.scenarios.plan_file import load_plan
from napari_assb_twin.surrogates.table import Results, read_results


def load_study(
    path: str | os.PathLike[str], logarithmic: Collection[str] | None = None
) -> tuple[Results, Plan | None]:
    """The table of a folder of results (or a file in it), and the plan where the folder has one.

    Parameters
    ----------
    logarithmic
        Parameters of which equal ratios count as equal steps; None: as the plan varied them.

    Raises
    ------
    InputError
        If the table or the plan cannot be read.
    """
    source = Path(path)
    beside = (source if source.is_dir() else source.parent) / PLAN
    plan = load_plan(beside) if beside.is_file() else None
    if logarithmic is None and plan is not None:
        logarithmic = [one.parameter for one in plan.varied if one.scale == "log"]
    results = read_results(path, logarithmic=logarithmic)
    return (results if plan is None else replace(results, bulk=plan.choice.bulk)), plan


def check_plan(plan: Plan | None) -> Plan:
    """The plan, where a twin of these results is asked for."""
    if plan is None:
        raise InputError(
            f"There is no {PLAN} beside the results, so that no twin can be made; give the folder "
            "that the sweep wrote."
        )
    return plan
