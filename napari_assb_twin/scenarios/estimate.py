"""What a sweep will take, asked before it is begun."""

from __future__ import annotations

import math
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from napari_assb_twin.blocks.estimate import in_units
from napari_assb_twin.errors import InputError
from napari_assb_twin.scenarios.plan import Plan
from napari_assb_twin.twin.correlation import characteristic_lengths_um
from napari_assb_twin.twin.fields import RandomField
from napari_assb_twin.twin.finite_filter import most_reach
from napari_assb_twin.twin.memory import needed_bytes
from napari_assb_twin.twin.parameters import FIELD_NAMES, AnyCorrelation, FieldName
from napari_assb_twin.twin.stages import kept_spectra_bytes, torus_around
from napari_assb_twin.twin.torus import Torus

_ROOM = 0.9
"""Share of what is free that may be taken."""

_ROW_BYTES = 8_000
"""Of a row in the record and both tables."""

_PROCESS = {False: 300 << 20, True: 500 << 20}
"""Bytes of a process before it has a volume, without and with torch."""

_GROUP_BYTES = {"topology": 55, "sizes": 105, "transport": 105}
_LEAST_BYTES = 50
"""Bytes per voxel at most at once: of measuring the dearer groups, and of everything else, making
a volume in a periodic window included."""

_LONGEST = 32
"""Fields whose open windows are looked at: those with the greatest lengths that have one."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """Memory and disk of what is still to be measured.

    Attributes
    ----------
    memory_bytes
        On this machine at most at once, for as many realisations as it measures at the same time.
    disk_bytes
        Of the rows that are still to be written.
    left, total
        Realisations.
    """

    memory_bytes: int
    disk_bytes: int
    left: int
    total: int

    @classmethod
    def of(cls, plan: Plan, left: int, *, at_once: int) -> Estimate:
        """What ``left`` realisations take, ``at_once`` of them in processes of this machine."""
        groups = plan.choice.groups
        per_voxel = max(_LEAST_BYTES, *(_GROUP_BYTES.get(group, 0) for group in groups), 0)
        volume = max(per_voxel * math.prod(plan.twin.grid.shape), _open_bytes(plan) if left else 0)
        one = _PROCESS["transport" in groups] + volume
        return cls(
            memory_bytes=at_once * one if left else 0,
            disk_bytes=left * _ROW_BYTES,
            left=left,
            total=plan.total,
        )

    def in_words(self) -> str:
        """One line for a user."""
        memory = f"at most about {in_units(self.memory_bytes)} of memory"
        return (
            f"{self.left} of {self.total} realisations to measure: "
            f"{memory if self.memory_bytes else 'no memory here'}, "
            f"{in_units(self.disk_bytes)} on the disk; the time is told once the first are measured"
        )

    def check(self, folder: Path) -> None:
        """Refuse what does not fit; `InputError` with the sizes."""
        available = psutil.virtual_memory().available
        if self.memory_bytes > _ROOM * available:
            raise InputError(
                f"The sweep needs about {in_units(self.memory_bytes)} of memory, but "
                f"{in_units(available)} are free; take fewer workers, a smaller shape or a cluster."
            )
        resolved = folder.resolve()
        there = next(each for each in (resolved, *resolved.parents) if each.exists())
        free = shutil.disk_usage(there).free
        if self.disk_bytes > _ROOM * free:
            raise InputError(
                f"The sweep needs about {in_units(self.disk_bytes)} on the disk, but "
                f"{in_units(free)} are free in {there}; free some space or choose another folder."
            )


def _open_bytes(plan: Plan) -> int:
    """Of making the largest volume in an open window; 0 in a periodic one."""
    grid = plan.twin.grid
    if grid.window == "periodic":
        return 0
    found = {name: field for name in FIELD_NAMES if (field := _largest(plan, name)) is not None}
    if not found:
        return 0
    tori = {name: torus.shape for name, (_, torus) in found.items()}
    return needed_bytes(grid.shape, tori, kept_spectra_bytes(found.values()))


def _largest(plan: Plan, name: FieldName) -> tuple[RandomField, Torus] | None:
    """The field that needs the largest torus for an open window; None if no variant has one."""
    variants: dict[AnyCorrelation, RandomField] = {}
    for point in plan.design_points:
        with suppress(InputError):  # said in its row
            field = plan.variant(point, 0).field(name)
            variants[field.correlation] = field
    box = Torus(plan.twin.grid.shape, (plan.twin.grid.voxel_size_um,) * 3)
    found: list[tuple[RandomField, Torus]] = []
    for correlation in sorted(variants, key=lambda one: -max(characteristic_lengths_um(one))):
        with suppress(InputError):  # it reaches too far, which is said in its row
            reach = most_reach(correlation, box.voxel_size_um)
            found.append((variants[correlation], torus_around(box, reach)))
        if len(found) == _LONGEST:
            break
    return max(found, key=lambda one: one[1].voxels, default=None)
