"""Training as a run that can be watched, paused, stopped and taken up again."""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from napari_assb_twin.calibration.fitted import Fitted
from napari_assb_twin.calibration.lags import LagData, lag_data
from napari_assb_twin.calibration.model_names import ModelName
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.training import checkpoint as checkpoints
from napari_assb_twin.training.checkpoint_file import check_place
from napari_assb_twin.training.options import TrainingOptions, check_seed
from napari_assb_twin.training.progress import Losses, SectionPair, TrainingProgress
from napari_assb_twin.training.reals import orientation_of
from napari_assb_twin.training.sections import Orientation
from napari_assb_twin.training.starts import exact_start, random_start
from napari_assb_twin.training.threads import few_threads
from napari_assb_twin.training.training import Training
from napari_assb_twin.twin.parameters import Twin

REPORT_EVERY = 10
"""Steps between two evaluations of the exact curves for the misfit, and between two pictures."""

SAVE_EVERY_S = 20.0
"""Seconds between two writings of a checkpoint."""


@dataclass(frozen=True, kw_only=True)
class Trained:
    """What training finds.

    Attributes
    ----------
    twin
        The twin of the numbers averaged over the second half of the steps.
    start
        Where it began.
    misfit, start_misfit
        Root mean square differences of their exact curves to the data.
    losses
        Of each step.
    finished
        Whether all steps were taken; False where the time was up before.
    """

    twin: Twin
    start: Twin
    misfit: float
    start_misfit: float
    losses: tuple[Losses, ...]
    finished: bool


def train(
    stacks: Sequence[SectionStack],
    template: Twin,
    *,
    first: Twin | None = None,
    model: ModelName = "low-parametric",
    fix: Mapping[str, float | None] | None = None,
    options: TrainingOptions | None = None,
    seed: int = 0,
    data: LagData | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    time_limit_s: float | None = None,
    save_every_s: float = SAVE_EVERY_S,
) -> Generator[TrainingProgress, None, Trained]:
    """Train a twin on sections by one of the three algorithms, see `Training`.

    Parameters
    ----------
    stacks
        Measured sections.
    template
        Symmetry, order of phases, kinds and tails of the fields, and the fixed numbers.
    first
        The twin to begin with; None for the start that the options name.
    model
        Which correlations a start has that the options name.
    fix
        Paths of the numbers that keep the template's value (a given twin: its own).
    seed
        Of all that is drawn: the same seed gives the same twin on the same device with the same
        number of threads.
    data
        The measured curves of the stacks, if they are known already.
    checkpoint
        A file that keeps the run: written before the first step, every ``save_every_s`` seconds,
        when the run is closed or broken off, then without the step that was under way, and at its
        end; where it exists already, the run goes on from it.
    time_limit_s
        Seconds after which the run ends with what it has.
    save_every_s
        Seconds between two writings of the checkpoint.

    Yields
    ------
    TrainingProgress before the first step, and several times in each step, after each part of
    about 0.1 s: closing the generator between them finishes the step and writes the checkpoint.

    Raises
    ------
    InputError
        If the data cannot decide what is asked, the fixed numbers contradict each other, the
        checkpoint is that of another run, or it cannot be written.
    """
    began = time.monotonic()
    check_seed(seed)
    if checkpoint is not None:
        check_place(checkpoint)
    options = (options or TrainingOptions()).on_device()
    fixed = dict(fix or {})
    measured = lag_data(stacks) if data is None else data
    about = checkpoints.identity(
        stacks,
        first or template,
        fixed=fixed,
        options=options,
        seed=seed,
        model=None if first else model,
        data=measured,
    )
    stored = like = None
    if checkpoint is not None and Path(checkpoint).exists():
        stored = checkpoints.load(checkpoint, about)
        first = stored.first
    elif first is None:
        if options.start == "random":
            first = random_start(
                measured,
                template,
                model=model,
                fixed=fixed,
                seed=seed,
                correlated=options.correlated,
            )
            independent = replace(template, field_correlation=0.0)
            like = exact_start(measured, independent, model=model, fixed=fixed)
        else:
            first = exact_start(
                measured, template, model=model, fixed=fixed, correlated=options.correlated
            )
    training = Training(stacks, measured, first, like=like, fixed=fixed, options=options, seed=seed)
    if stored is not None:
        stored.resume(training)
    look = _Look(stacks, first)
    saved = -1 if stored is None else training.step_number

    def save() -> None:
        nonlocal saved
        if checkpoint is None:
            return
        state = training.state()  # that before a step which was broken off
        if len(state["losses"]) > saved:
            checkpoints.save(checkpoint, first, state, about)
            saved = len(state["losses"])

    save()
    last_save = time.monotonic()
    start_misfit = Fitted(first).rms(measured)
    told = TrainingProgress(
        training.step_number,
        options.number_of_steps,
        "Training begins" if stored is None else f"Going on from {Path(checkpoint or '').name}",
        training.averaged,
        Fitted(training.averaged).rms(measured),
        moving=training.twin,
        start=first,
        start_misfit=start_misfit,
    )
    try:
        yield told
        while not training.finished and not _late(began, time_limit_s):
            rate = training.rate
            step = training.step()
            losses = yield from _whole(step, told)
            told = replace(
                told,
                step=training.step_number - 1,
                message=f"Training on simulated sections: step {training.step_number} of "
                f"{options.number_of_steps}",
                twin=training.averaged,
                moving=training.twin,
                losses=losses,
                learning_rate=rate,
            )
            if told.step % REPORT_EVERY == 0 or training.finished:
                misfit = Fitted(training.averaged).rms(measured)
                told = replace(told, misfit=misfit, pair=look(training.shown))
            if time.monotonic() - last_save > save_every_s:
                save()
                last_save = time.monotonic()
            yield told
    finally:
        save()
    twin = training.averaged
    return Trained(
        twin=twin,
        start=first,
        misfit=Fitted(twin).rms(measured),
        start_misfit=start_misfit,
        losses=tuple(training.losses),
        finished=training.finished,
    )


def _whole(
    step: Generator[None, None, Losses], told: TrainingProgress
) -> Generator[TrainingProgress, None, Losses]:
    """A step with pauses in it; if the run is closed in one of them, the step is finished."""
    while True:
        try:
            with few_threads():
                next(step)
        except StopIteration as end:
            losses: Losses = end.value
            return losses
        try:
            yield told
        except GeneratorExit:
            with few_threads():
                for _ in step:
                    pass
            raise


class _Look:
    """Pictures of a measured section beside simulated ones."""

    def __init__(self, stacks: Sequence[SectionStack], twin: Twin) -> None:
        stack = next((one for one in stacks if one.plane != "xy"), stacks[0])
        self._orientation = orientation_of(stack, twin.symmetry)
        self._plan = stack.plane == "xy"
        self._image = max(stack.images, key=lambda image: image.size)

    def __call__(self, shown: Mapping[Orientation, Tensor]) -> SectionPair:
        labels = shown[self._orientation][0].argmax(dim=0).to(torch.uint8).cpu().numpy()
        rows, columns = np.minimum(labels.shape, self._image.shape)
        top, left = ((n - m) // 2 for n, m in zip(self._image.shape, (rows, columns), strict=True))
        measured = self._image[top : top + rows, left : left + columns]
        return SectionPair(self._plan, measured, labels[:rows, :columns])


def _late(began: float, limit_s: float | None) -> bool:
    return limit_s is not None and time.monotonic() - began >= limit_s
