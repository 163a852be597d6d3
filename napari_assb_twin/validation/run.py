"""A validation from beginning to end: calibrate on one half, compare with the other."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from napari_assb_twin.calibration.calibrate import described, with_provenance
from napari_assb_twin.calibration.model_names import ModelName
from napari_assb_twin.calibration.progress import Progress
from napari_assb_twin.calibration.result import CalibrationResult
from napari_assb_twin.calibration.run import calibration
from napari_assb_twin.calibration.steps import Steps
from napari_assb_twin.descriptors.describe import Choice
from napari_assb_twin.measure.sections import Labels, Volume
from napari_assb_twin.steps import retold
from napari_assb_twin.twin.parameters import FIELD_NAMES, Twin
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus
from napari_assb_twin.validation.halves import Halves, blocks, halves
from napari_assb_twin.validation.judging import Row, TwinName, judge
from napari_assb_twin.validation.measuring import Boxed, Ruler
from napari_assb_twin.validation.options import ValidationOptions
from napari_assb_twin.validation.quantities import profiles, quantities

TWINS: tuple[TwinName, ...] = ("low-parametric", "high-parametric")
STREAM = 0x5A11


@dataclass(frozen=True, kw_only=True, eq=False)
class Validation:
    """How well twins from sections of one half predict the other half.

    Attributes
    ----------
    options
        As asked for.
    halves
        The data.
    ruler
        How boxes were measured.
    data
        What was measured of the first half and of the other.
    realised
        What was measured of the realisations of each twin.
    shown
        One realisation of each twin.
    fits
        The calibrations.
    rows
        Quantity by quantity.
    sources
        Names of the files.
    seconds, date
        Time taken, and when.
    """

    options: ValidationOptions
    halves: Halves
    ruler: Ruler
    data: tuple[Boxed, Boxed]
    realised: Mapping[TwinName, Sequence[Boxed]]
    shown: Mapping[TwinName, Labels]
    fits: Mapping[TwinName, CalibrationResult]
    rows: tuple[Row, ...]
    sources: tuple[str, ...]
    seconds: float
    date: str


def validation(
    volume: Volume,
    options: ValidationOptions | None = None,
    *,
    sources: Sequence[str] = (),
    reading: Sequence[Mapping[str, Any]] = (),
    device: str = "cpu",
) -> Generator[Progress, None, Validation]:
    """Calibrate twins on sections of one half of a volume, and compare them with the other half.

    Low- and high-parametric twins are fitted to the two-point coverage of plan views and
    cross-sections; realisations of both, in an open window of the size and the voxels of the other
    half, are measured as the data are.  The data's own error comes from blocks of both halves.

    Parameters
    ----------
    volume
        Phases (z, y, x), none of them outside.
    options
        See `ValidationOptions`.
    sources, reading
        Names of the files and how they were read, for the provenance of the twins.
    device
        Where transport is computed, of torch.

    Yields
    ------
    Progress, before each part.

    Returns
    -------
    Validation

    Raises
    ------
    InputError
        If the volume cannot be halved, has no three phases, or has fewer planes than are asked for.
    """
    started = time.perf_counter()
    options = options or ValidationOptions()
    parted = halves(volume, options)
    parts = tuple(blocks(half) for half in (parted.first, parted.other))
    groups = tuple(g for g in options.groups if g not in ("chords", "sizes"))
    ruler = Ruler.of(
        parted.first,
        groups=options.groups,
        across=parted.across,
        choice=Choice(
            groups=groups,
            axes=("z", parted.across),
            separator=options.separator,
            device=device,
        ),
    )
    steps = Steps(2 + sum(map(len, parts)) + len(TWINS) * options.realisations)
    fits = yield from _fits(parted, options, steps)
    fits = {
        name: with_provenance(fit, parted.sections, sources, reading) for name, fit in fits.items()
    }
    data = []
    for name, half in (("first half", parted.first), ("other half", parted.other)):
        data.append((yield from _measured(ruler, half, name, steps)))
    scatter: list[list[Boxed]] = []
    for name, own in zip(("first half", "other half"), parts, strict=True):
        scatter.append([])
        for number, block in enumerate(own):
            told = f"block {number + 1} of {len(own)} of the {name}"
            scatter[-1].append((yield from _measured(ruler, block, told, steps)))
    realised: dict[TwinName, list[Boxed]] = {}
    shown: dict[TwinName, Labels] = {}
    for name in TWINS:
        realised[name] = []
        for number, box in enumerate(_realisations(fits[name].twin, parted.other, name, options)):
            shown.setdefault(name, box.labels)
            told = f"{name} twin, realisation {number + 1} of {options.realisations}"
            realised[name].append((yield from _measured(ruler, box, told, steps)))
    rows = judge(
        [*quantities(options.groups, ruler.axes), *profiles(options.groups, ruler.axes)],
        ruler,
        (data[0], data[1]),
        (scatter[0], scatter[1]),
        realised,
        options.seed,
    )
    return Validation(
        options=options,
        halves=parted,
        ruler=ruler,
        data=(data[0], data[1]),
        realised=realised,
        shown=shown,
        fits=fits,
        rows=rows,
        sources=tuple(sources),
        seconds=time.perf_counter() - started,
        date=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def data_record(validation: Validation) -> list[dict[str, Any]]:
    """Sizes and SHA-256 of both halves."""
    return [
        {"half": name, **one}
        for name, half in (("first", validation.halves.first), ("other", validation.halves.other))
        for one in described(half)
    ]


def _fits(
    parted: Halves, options: ValidationOptions, steps: Steps
) -> Generator[Progress, None, dict[TwinName, CalibrationResult]]:
    """The low-parametric twin, and the high-parametric one of the same phases and fields."""
    models: tuple[ModelName, ...] = ("low-parametric", "high-parametric")
    asked: dict[str, Any] = {"fields": options.fields if options.fields == "auto" else None}
    fits: dict[TwinName, CalibrationResult] = {}
    for name, model in zip(TWINS, models, strict=True):
        run = calibration(
            parted.sections,
            model=model,
            symmetry="cylindrical",
            bootstrap=0,
            seed=options.seed,
            **asked,
        )
        fits[name] = yield from steps.within(_named(run, name))
        twin = fits[name].twin
        asked = {
            "fields": {field: twin.field(field) for field in FIELD_NAMES},
            "first_phase": twin.first_phase,
            "second_phase": twin.second_phase,
        }
    return fits


def _named(
    run: Generator[Progress, None, CalibrationResult], name: TwinName
) -> Generator[Progress, None, CalibrationResult]:
    return retold(run, lambda one: Progress(one.step, one.total, f"{name} twin: {one.message}"))


def _measured(
    ruler: Ruler, box: Volume, name: str, steps: Steps
) -> Generator[Progress, None, Boxed]:
    """Measure one box: one step, however many parts it has."""
    start = steps.next(f"Measuring the {name}")
    yield start
    return (
        yield from retold(
            ruler.measure(box),
            lambda part: Progress(start.step, start.total, f"{start.message}: {part}"),
        )
    )


def _realisations(
    twin: Twin, like: Volume, name: TwinName, options: ValidationOptions
) -> Generator[Volume, None, None]:
    """Independent realisations in an open window like the other half."""
    z, y, x = like.labels.shape
    sampler = WindowSampler(twin, Torus((z, y, x), like.voxel_size_um))
    for number in range(options.realisations):
        random = np.random.default_rng([options.seed, STREAM, TWINS.index(name), number])
        yield Volume(sampler(random), like.voxel_size_um)
