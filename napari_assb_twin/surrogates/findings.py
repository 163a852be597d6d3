"""All that a study shows: surrogates, sensitivities and laws of its properties."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from napari_assb_twin.errors import InputError
from napari_assb_twin.surrogates.regression import TRANSPORT, Regression, known, regress
from napari_assb_twin.surrogates.samples import samples
from napari_assb_twin.surrogates.sensitivity import Sensitivity, sensitivity
from napari_assb_twin.surrogates.surrogate import Kind
from napari_assb_twin.surrogates.table import Results
from napari_assb_twin.surrogates.validation import Learned, learn


@dataclass(frozen=True)
class Learning:
    """How far the learning is: properties done, of how many, and which is next."""

    step: int
    total: int
    message: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Findings:
    """What was learnt, property by property.

    Attributes
    ----------
    results
        The table.
    learned
        Surrogates of the properties of which one could be made.
    sensitivities
        Of those that are predicted better than by their mean.
    regressions
        Of the conductivities among them that are explained by descriptors.
    refused
        Why others have none, by property.
    """

    results: Results
    learned: tuple[Learned, ...]
    sensitivities: tuple[Sensitivity, ...]
    regressions: tuple[Regression, ...]
    refused: dict[str, str]


def find(
    results: Results,
    properties: Sequence[str] | None = None,
    *,
    kind: Kind | None = None,
    descriptors: Sequence[str] | None = None,
) -> Generator[Learning, None, Findings]:
    """Learn from a table of results.

    Parameters
    ----------
    properties
        Keys; None: all that the table has.
    kind
        Of the surrogates; None: for each property the one that predicts better.
    descriptors
        By which conductivities are explained; None: those of their phase and axis.

    Yields
    ------
    `Learning`, before each property.

    Raises
    ------
    InputError
        If there is no such property or descriptor, descriptors are named but no conductivity is
        learnt, or nothing can be learnt of any property.
    """
    keys = results.properties if properties is None else [results.key(one) for one in properties]
    keys = tuple(dict.fromkeys(keys))
    if descriptors is not None:
        descriptors = known(results, descriptors)
        if not any(_is_explained(key) for key in keys):
            raise InputError(
                "Descriptors explain relative conductivities, and none is among the properties; "
                f"add one, such as {TRANSPORT}.solid_electrolyte.z, or name no descriptors."
            )
    learned, sensitivities, regressions, refused = [], [], [], {}
    for number, key in enumerate(keys):
        yield Learning(number, len(keys), f"Learning {key}")
        try:
            one = learn(samples(results, key), kind)
        except InputError as error:
            refused[key] = str(error)
            continue
        learned.append(one)
        try:
            sensitivities.append(sensitivity(one))
        except InputError as error:
            refused[f"{key}, sensitivity"] = str(error)
        if not _is_explained(key):
            continue
        try:
            regressions.append(regress(results, key, descriptors))
        except InputError as error:
            refused[f"{key}, regression"] = str(error)
    if not learned:
        raise InputError(f"nothing can be learnt: {next(iter(refused.values()))}")
    return Findings(
        results=results,
        learned=tuple(learned),
        sensitivities=tuple(sensitivities),
        regressions=tuple(regressions),
        refused=refused,
    )


def _is_explained(key: str) -> bool:
    """Whether laws of descriptors are sought for a property."""
    return key.split(".")[0] == TRANSPORT
