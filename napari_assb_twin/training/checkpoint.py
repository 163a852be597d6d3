"""Runs of training on disk: they go on where they were, bit for bit on the same device."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from napari_assb_twin.atomic import whole_file
from napari_assb_twin.calibration.lags import LagData
from napari_assb_twin.calibration.model_names import ModelName
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.training.checkpoint_file import broken, unreadable
from napari_assb_twin.training.options import TrainingOptions
from napari_assb_twin.training.training import Training
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.twin_file import twin_from_text, twin_to_text

FORMAT = "assb-twin training, version 2"


def identity(
    stacks: Sequence[SectionStack],
    template: Twin,
    *,
    fixed: Mapping[str, float | None],
    options: TrainingOptions,
    seed: int,
    model: ModelName | None = None,
    data: LagData | None = None,
) -> dict[str, Any]:
    """What a run is: two runs with the same answers are the same run.

    A JSON object of options, seed, kept numbers, kinds of fields and phases, and a SHA-256 of the
    sections and of the curves.

    Parameters
    ----------
    template
        The twin that numbers are kept from.
    model
        Which correlations the run finds a start with; None if ``template`` is that start, whose
        numbers then belong to the run.
    data
        The curves, which need not be those of the sections.
    """
    digest = hashlib.sha256()
    for stack in stacks:
        digest.update(f"{stack.plane} {stack.pixel_size_um}".encode())
        for image in stack.images:
            digest.update(f"{image.shape}".encode())
            digest.update(image.tobytes())
    told = {
        "measured": digest.hexdigest(),
        "curves": None if data is None else _curves(data),
        "model": _model(template),
        "correlations": model,
        "first": None if model else _numbers(template),
        "fixed": {p: template.value(p) if v is None else float(v) for p, v in fixed.items()},
        "seed": int(seed),
        **options.document(),
    }
    document: dict[str, Any] = json.loads(json.dumps(told))
    return document


@dataclass(frozen=True)
class Checkpoint:
    """A run that was interrupted: the twin it began with, and a state of `Training`."""

    first: Twin
    state: Mapping[str, Any]

    def resume(self, training: Training) -> None:
        """Set a training, made with the same first twin, to the state.

        Raises
        ------
        InputError
            If the state is not that of such a training.
        """
        try:
            training.restore(self.state)
        except (LookupError, RuntimeError, ValueError, TypeError, AttributeError) as error:
            raise InputError(
                "The checkpoint is damaged; give another file name to begin anew."
            ) from error


def save(
    path: str | os.PathLike[str], first: Twin, state: Mapping[str, Any], about: Mapping[str, Any]
) -> None:
    """Write a state of the `Training` of a twin; the file appears whole or not at all.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    content = {
        "format": FORMAT,
        "about": json.dumps(about),
        "first": twin_to_text(first),
        "state": state,
    }
    written = io.BytesIO()  # torch tells of a full disk by a RuntimeError
    torch.save(content, written)
    with whole_file(path) as aside:
        aside.write_bytes(written.getbuffer())


def load(path: str | os.PathLike[str], about: Mapping[str, Any]) -> Checkpoint:
    """Read the state of a run.  Tensors and plain numbers are read, no code is run.

    Check sums of all parts are compared first: torch reads a number with a wrong bit as it is.

    Raises
    ------
    InputError
        If the file is no checkpoint, or one of another run.
    """
    content = _content(path)
    try:
        before = json.loads(content["about"])
        first = twin_from_text(content["first"], Path(path).name)
    except (KeyError, TypeError, ValueError, InputError) as error:
        raise broken(path) from error
    changed = next((name for name in about if before.get(name) != about[name]), None)
    if changed:
        raise InputError(
            f"{Path(path).name} is a checkpoint of another run: {_NAMES.get(changed, changed)} "
            "differ; give the same data and options to go on, or another file name to begin anew."
        )
    return Checkpoint(first, content["state"])


def _content(path: str | os.PathLike[str]) -> dict[str, Any]:
    try:
        whole = Path(path).read_bytes()
        with zipfile.ZipFile(io.BytesIO(whole)) as parts:
            if parts.testzip() is not None:
                raise broken(path)
        content = torch.load(io.BytesIO(whole), map_location="cpu", weights_only=True)
    except OSError as error:
        raise unreadable(path, error) from error
    except _UNREADABLE as error:
        raise broken(path) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT or "state" not in content:
        raise broken(path)
    return content


def _curves(data: LagData) -> str:
    """SHA-256 of the curves to nine decimals: the last bits depend on the machine."""
    digest = hashlib.sha256()
    for array in (data.h_r_um, data.h_z_um, data.values, data.weights):
        digest.update(np.round(np.asarray(array, dtype=np.float64), 9).tobytes())
    return digest.hexdigest()


def _numbers(twin: Twin) -> str:
    """SHA-256 of the numbers of a twin to four digits, without its box and seed.

    A fit that is made again may differ in the last digits; the run goes on from the one it kept.
    """
    told = json.loads(twin_to_text(twin), parse_float=lambda text: f"{float(text):.4g}")
    numbers = {name: told[name] for name in ("volume_fractions", "fields")}
    return hashlib.sha256(json.dumps(numbers).encode()).hexdigest()


def _model(template: Twin) -> dict[str, Any]:
    return {
        "symmetry": template.symmetry,
        "phases": [template.first_phase, template.second_phase],
        "fields": [
            (field.degrees_of_freedom, field.tail, type(field.correlation).__name__)
            for field in (template.X, template.Y)
        ],
    }


_UNREADABLE = (
    pickle.UnpicklingError,
    RuntimeError,
    EOFError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
)
"""What a damaged file makes zipfile and torch raise."""

_NAMES = {
    "measured": "the sections",
    "curves": "the curves",
    "sections": "the numbers of simulated sections",
    "correlations": "the kinds of correlations",
    "first": "the twins to begin with",
    "model": "the phases or kinds of fields",
    "fixed": "the kept numbers",
    "seed": "the seeds",
    "learning_rate": "the learning rates",
    "width": "the widths of the discriminators",
    "discriminator_share": "the shares of the discriminators' loss",
    "method": "the methods",
    "start": "the starts",
    "device": "the devices",
}
