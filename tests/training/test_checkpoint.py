"""A run that was killed, closed or broken off goes on to the same twin, bit for bit."""

from __future__ import annotations

import pickle
import subprocess
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from reference import ended, recovery_twin, sections

from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.training.options import TrainingOptions
from napari_assb_twin.training.run import Trained, train

METHODS = ("simulated-coverage", "adversarial", "combined")
STEPS = 6


@pytest.fixture(scope="module")
def stacks() -> list[SectionStack]:
    twin = recovery_twin()
    return [SectionStack(p, tuple(sections(twin, p, [1], 96)), (1.0, 1.0)) for p in ("xy", "yz")]


def run(stacks: list[SectionStack], file: Path | None = None, **changes: object) -> object:
    how = {"method": "combined", "steps": STEPS, "sections": 2, "width": 8, "start": "random"}
    model = changes.pop("model", "low-parametric")
    seed = changes.pop("seed", 3)
    options = TrainingOptions(**{**how, **changes})  # type: ignore[arg-type]
    return train(
        stacks,
        recovery_twin(),
        model=model,
        options=options,
        seed=seed,
        checkpoint=file,
        save_every_s=0.0,
    )  # type: ignore[arg-type]


def same(one: Trained, other: Trained) -> bool:
    losses = [
        np.array([(k.coverage, k.twin, k.discriminator) for k in t.losses]) for t in (one, other)
    ]
    return one.twin == other.twin and np.array_equal(*losses, equal_nan=True)


@pytest.mark.parametrize("model", ["low-parametric", "high-parametric"])
@pytest.mark.parametrize("method", METHODS)
def test_a_run_closed_in_a_step_goes_on(
    stacks: list[SectionStack], tmp_path: Path, method: str, model: str
) -> None:
    whole = ended(run(stacks, method=method, model=model))[1]
    file = tmp_path / "run.ckpt"
    part = run(stacks, file, method=method, model=model)
    list(islice(part, 6))
    part.close()  # type: ignore[attr-defined]
    going_on = run(stacks, file, method=method, model=model)
    assert 0 < next(going_on).step < STEPS  # type: ignore[call-overload]
    assert same(ended(going_on)[1], whole)


def test_a_step_broken_off_is_not_kept(stacks: list[SectionStack], tmp_path: Path) -> None:
    whole = ended(run(stacks))[1]
    part = run(stacks, tmp_path / "run.ckpt")
    list(islice(part, 9))
    with pytest.raises(KeyboardInterrupt):
        part.throw(KeyboardInterrupt())  # type: ignore[attr-defined]
    assert same(ended(run(stacks, tmp_path / "run.ckpt"))[1], whole)


CHILD = """
import sys
sys.path[:0] = [{tests!r}]
from pathlib import Path
import test_checkpoint as t
from reference import recovery_twin, sections
twin = recovery_twin()
s = [t.SectionStack(p, tuple(sections(twin, p, [1], 96)), (1.0, 1.0)) for p in ("xy", "yz")]
for told in t.run(s, Path({file!r}), steps=12):
    print(told.step, flush=True)
"""


def test_a_killed_process_goes_on(stacks: list[SectionStack], tmp_path: Path) -> None:
    file, here = tmp_path / "run.ckpt", Path(__file__).parent
    code = CHILD.format(tests=str(here), file=str(file)).replace(
        "sys.path[:0] = [", f"sys.path[:0] = [{str(here.parent)!r}, "
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as child:
        for line in child.stdout:
            if int(line) >= 4:
                break
        child.kill()
    assert child.returncode == -9
    going_on = run(stacks, file, steps=12)
    assert 3 <= next(going_on).step < 12  # type: ignore[call-overload]
    assert same(ended(going_on)[1], ended(run(stacks, steps=12))[1])


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"seed": 4}, "the seeds"),
        ({"model": "high-parametric"}, "the kinds of correlations"),
        ({"sections": 3}, "the numbers of simulated sections"),
        ({"method": "adversarial"}, "differ"),
        ({"discriminator_share": 0.5}, "the shares of the discriminators' loss"),
    ],
)
def test_another_run_is_refused(
    stacks: list[SectionStack], tmp_path: Path, changes: dict[str, object], what: str
) -> None:
    file = tmp_path / "run.ckpt"
    next(run(stacks, file))  # type: ignore[call-overload]
    with pytest.raises(InputError, match=what):
        next(run(stacks, file, **changes))  # type: ignore[call-overload]


def test_other_sections_are_refused(stacks: list[SectionStack], tmp_path: Path) -> None:
    file = tmp_path / "run.ckpt"
    next(run(stacks, file))  # type: ignore[call-overload]
    turned = [SectionStack(s.plane, tuple(i[::-1] for i in s.images), (1.0, 1.0)) for s in stacks]
    with pytest.raises(InputError, match="the sections differ"):
        next(run(turned, file))  # type: ignore[call-overload]


class _Touch:
    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> object:
        return Path.touch, (self.file,)


def test_damaged_files_are_refused_and_run_nothing(
    stacks: list[SectionStack], tmp_path: Path
) -> None:
    file, touched = tmp_path / "run.ckpt", tmp_path / "touched"
    next(run(stacks, file))  # type: ignore[call-overload]
    whole = file.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 4
    torch.save({"state": _Touch(touched)}, tmp_path / "evil")
    evil = (tmp_path / "evil").read_bytes(), pickle.dumps(_Touch(touched))
    for content in (b"", b"PK", whole[:-40], whole[: len(whole) // 2], bytes(flipped), *evil):
        file.write_bytes(content)
        with pytest.raises(InputError, match="no checkpoint of a training"):
            next(run(stacks, file))  # type: ignore[call-overload]
    assert not touched.exists()


def test_a_folder_that_is_not_there_is_told_at_once(
    stacks: list[SectionStack], tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="does not exist"):
        next(run(stacks, tmp_path / "nowhere" / "run.ckpt"))  # type: ignore[call-overload]
    assert not list(tmp_path.iterdir())


def test_the_time_limit_ends_a_run(stacks: list[SectionStack]) -> None:
    options = TrainingOptions(steps=10_000, sections=2, start="random")
    trained = ended(train(stacks, recovery_twin(), options=options, time_limit_s=0.3))[1]
    assert not trained.finished
