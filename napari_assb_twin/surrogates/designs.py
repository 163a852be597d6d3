"""From wanted values to a file of proposals: wanted, predicted, verified."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Generator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from napari_assb_twin.atomic import whole_file
from napari_assb_twin.errors import InputError
from napari_assb_twin.scenarios.plan import Plan
from napari_assb_twin.surrogates.design import Proposal, Verified, fresh_seed, propose, verify
from napari_assb_twin.surrogates.design_options import DesignOptions
from napari_assb_twin.surrogates.findings import Learning
from napari_assb_twin.surrogates.samples import samples
from napari_assb_twin.surrogates.table import Results
from napari_assb_twin.surrogates.validation import Learned, learn
from napari_assb_twin.surrogates.wanted import Wanted, beyond
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.twin_file import twin_to_document

FORMAT = "assb-designs"
VERSION = 1

LEAST_Q2 = 0.5
"""Below it the surrogate of a wanted property is called weak."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Designs:
    """Proposals for what is wanted, the best first.

    Attributes
    ----------
    options
        How they were sought.
    wanted, learned
        The wanted values, and the surrogate of each.
    proposals, twins
        What the surrogates propose, and the twin of each, with a seed that the study did not use.
    verified
        The proposals realised, or empty where that was not asked for.
    notes
        What the user must know, in sentences.
    """

    options: DesignOptions
    wanted: tuple[Wanted, ...]
    learned: tuple[Learned, ...]
    proposals: tuple[Proposal, ...]
    twins: tuple[Twin, ...]
    verified: tuple[Verified, ...]
    notes: tuple[str, ...]


def design(
    results: Results,
    plan: Plan,
    wanted: Sequence[Wanted],
    options: DesignOptions | None = None,
) -> Generator[Learning, None, Designs]:
    """Propose parameters, and verify them with fresh realisations.

    Yields
    ------
    `Learning`; the work may be left there.

    Raises
    ------
    InputError
        If a property cannot be learnt, or no point gives a twin.
    """
    options = options or DesignOptions()
    learned = []
    for number, one in enumerate(wanted):
        yield Learning(number, len(wanted), f"Learning {one.name}")
        learned.append(learn(samples(results, one.name), options.surrogate))
    found = yield from propose(
        [one.surrogate for one in learned],
        wanted,
        count=options.proposals,
        allowed=lambda parameters: _is_twin(plan, parameters),
    )
    verified: tuple[Verified, ...] = ()
    if options.realisations:
        verified = yield from verify(
            found, wanted, plan, realisations=options.realisations, seed=options.seed
        )
    return Designs(
        options=options,
        wanted=tuple(wanted),
        learned=tuple(learned),
        proposals=found,
        twins=tuple(
            plan.variant(one.parameters, fresh_seed(options.seed, number, 0))
            for number, one in enumerate(found)
        ),
        verified=verified,
        notes=(
            *_weak(learned),
            *beyond(wanted, results),
            *_notes(wanted, found, verified, options.proposals),
        ),
    )


def _is_twin(plan: Plan, parameters: Mapping[str, float]) -> bool:
    try:
        plan.variant(parameters, 0)
    except InputError:
        return False
    return True


def _weak(learned: Sequence[Learned]) -> Generator[str, None, None]:
    """A sentence for each property that its surrogate hardly predicts."""
    for one in learned:
        q2 = one.validation.q2
        if q2 >= LEAST_Q2:
            continue
        share = f"only {100 * q2:.0f} %" if round(q2, 2) > 0 else "nothing"
        yield (
            f"The surrogate of {one.samples.name} explains {share} of how unseen scenarios differ "
            f"(Q² {q2:.2f}): what it proposes is a guess until it is verified; more scenarios or "
            "realisations may help."
        )


def _notes(
    wanted: Sequence[Wanted],
    found: Sequence[Proposal],
    verified: Sequence[Verified],
    asked: int,
) -> Generator[str, None, None]:
    if not any(one.reached for one in found):
        worst = max(range(len(wanted)), key=lambda i: abs(found[0].misses[i]))
        yield (
            "No point within the ranges of the study has all wanted values within their "
            f"tolerances: the nearest misses {wanted[worst].name} by "
            f"{abs(found[0].misses[worst]):.1f} tolerances."
        )
    if len(found) < asked:
        yield f"There are {len(found)} distinct proposals, not {asked}."
    broken = [i + 1 for i, one in enumerate(verified) if not one.kept(wanted)]
    if broken:
        numbers = ", ".join(map(str, broken))
        yield f"Fresh realisations do not confirm: proposal {numbers}."


def save_designs(designs: Designs, path: str | os.PathLike[str]) -> Path:
    """Write proposals as JSON with their twins; the file appears whole or not at all.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    with whole_file(path) as aside:
        text = json.dumps(designs_to_document(designs), indent=1, allow_nan=False)
        aside.write_text(f"{text}\n", encoding="utf-8")
    return Path(path)


def designs_to_document(designs: Designs) -> dict[str, Any]:
    """The JSON object of designs."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "options": asdict(designs.options),
        "wanted": {one.name: [one.value, one.tolerance] for one in designs.wanted},
        "notes": list(designs.notes),
        "proposals": [_document(designs, number) for number in range(len(designs.proposals))],
    }


def _document(designs: Designs, number: int) -> dict[str, Any]:
    proposal = designs.proposals[number]
    content: dict[str, Any] = {
        "parameters": dict(proposal.parameters),
        "properties": comparison(designs, number),
        "twin": twin_to_document(designs.twins[number]),
    }
    if designs.verified:
        verified = designs.verified[number]
        content |= {
            "confirmed": verified.kept(designs.wanted),
            "seeds": list(verified.seeds),
        }
    return content


def comparison(designs: Designs, number: int) -> list[dict[str, Any]]:
    """Wanted, predicted and verified values of a proposal, a row a property; None: not known."""
    proposal = designs.proposals[number]
    rows = []
    for place, (wanted, learned) in enumerate(zip(designs.wanted, designs.learned, strict=True)):
        row: dict[str, Any] = {
            "property": wanted.name,
            "wanted": wanted.value,
            "tolerance": wanted.tolerance,
            "predicted": float(proposal.predicted[place]),
            "predicted_deviation": float(proposal.deviation[place]),
            "rms_error_on_unseen_scenarios": learned.validation.rms,
            "verified": None,
            "verified_error": None,
            "met": None,
        }
        if designs.verified:
            one = designs.verified[number]
            row |= {
                "verified": _number(one.mean[place]),
                "verified_error": _number(one.error[place]),
                "met": one.met(designs.wanted)[place],
            }
        rows.append(row)
    return rows


def _number(value: Any) -> float | None:
    return float(value) if math.isfinite(value) else None
