"""The options of ``assb-twin composition`` as a recipe, and a recipe in lines of text."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.composition import (
    DENSITIES,
    SOLIDS,
    Additive,
    Densities,
    Recipe,
    recipe_of,
)
from napari_assb_twin.twin.phases import LONG_NAMES, full_key

ADDITIVE = "additive"


def load_recipe(options: Namespace) -> Recipe:
    """The recipe that is typed, or that of a twin.

    Raises
    ------
    InputError
        If the options contradict each other or a number is none.
    """
    given = _numbers(options.density, "--density", optional=(*SOLIDS, ADDITIVE))
    densities = Densities(**{solid: given[solid] for solid in SOLIDS if solid in given})
    if options.from_twin is not None:
        return _of_twin(options, densities, given.get(ADDITIVE))
    if options.weight is None or options.porosity is None:
        raise InputError(
            "A recipe needs --weight active_material=70,solid_electrolyte=30 and --porosity 0.12; "
            "give --from-twin A.twin.json for the way back."
        )
    if options.additive_share is not None:
        raise InputError("--additive-share is for --from-twin; write additive=3 in --weight.")
    weights = _numbers(options.weight, "--weight", needed=SOLIDS, optional=(ADDITIVE,))
    third = weights.pop(ADDITIVE, None)
    share = None if third is None else third / (third + sum(weights.values()) or 1.0)
    additive = _additive(options, share, given.get(ADDITIVE))
    return Recipe(**weights, porosity=options.porosity, densities=densities, additive=additive)


def describe(recipe: Recipe) -> Iterable[str]:
    """The recipe in lines: weights and densities of the solids, volumes of the phases."""
    rows: list[tuple[str, str, float]] = [
        (LONG_NAMES[solid], solid, recipe.densities[solid]) for solid in SOLIDS
    ]
    if recipe.additive:
        where = LONG_NAMES[recipe.additive.phase]
        rows.append((f"additive, in {where}", ADDITIVE, recipe.additive.density_g_per_cm3))
    yield f"{'solid':34}  weight %  g/cm3"
    for name, key, density in rows:
        yield f"{name:34}  {100 * recipe.weight_fractions[key]:8.2f}  {density:5.3g}"
    yield f"{'phase':34}  volume %"
    for phase, fraction in recipe.volume_fractions.items():
        yield f"{LONG_NAMES[phase]:34}  {100 * fraction:8.2f}"
    yield f"porosity {100 * recipe.porosity:.2f} %, density {recipe.density_g_per_cm3:.3f} g/cm3"


def _of_twin(options: Namespace, densities: Densities, additive_density: float | None) -> Recipe:
    from napari_assb_twin.twin.twin_file import load_twin

    if options.weight is not None or options.porosity is not None:
        raise InputError("--from-twin finds weights and porosity; leave --weight and --porosity.")
    additive = _additive(options, options.additive_share, additive_density)
    fractions = load_twin(options.from_twin).volume_fractions
    return recipe_of(fractions, densities=densities, additive=additive)


def _additive(options: Namespace, share: float | None, density: float | None) -> Additive | None:
    if share is None:
        if density is not None or options.additive_in is not None:
            raise InputError(
                "There is no additive: write additive=3 in --weight, or --additive-share 0.03 with "
                "--from-twin."
            )
        return None
    return Additive(
        weight_fraction=share,
        density_g_per_cm3=DENSITIES["carbon"] if density is None else density,
        phase=options.additive_in or "solid_electrolyte",
    )


def _numbers(
    text: str | None, option: str, *, needed: Iterable[str] = (), optional: Iterable[str] = ()
) -> dict[str, float]:
    """``"active_material=70,solid_electrolyte=30"`` as numbers by name."""
    names = (*needed, *optional)
    found: dict[str, float] = {}
    for part in [] if text is None else text.split(","):
        name, _, value = (piece.strip() for piece in part.partition("="))
        name = full_key(name)
        if name not in names or name in found:
            raise InputError(
                f"{option} {text!r} is not understood; give each of {', '.join(names)} once, as "
                f"{names[0]}=1.5."
            )
        try:
            found[name] = float(value)
        except ValueError:
            raise InputError(f"{option}: {value!r} of {name} is no number.") from None
    missing = [name for name in needed if name not in found]
    if missing:
        raise InputError(f"{option} lacks {' and '.join(missing)}.")
    return found
