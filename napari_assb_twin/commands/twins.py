"""Twins to begin with, recipes, and what is installed."""

from __future__ import annotations

import sys
from argparse import Namespace

from napari_assb_twin.commands.output import print_json, tell

OWN = "(own preset)"


def view(options: Namespace) -> int:
    """Open the desktop window."""
    from napari_assb_twin.workspace.launch import run_view

    return int(run_view(options.files, options.screenshot))


def presets(options: Namespace) -> None:
    """List the built-in twins and the user's own."""
    from napari_assb_twin.twin.own_presets import own_presets
    from napari_assb_twin.twin.presets import PRESETS

    own = own_presets()
    for sentence in own.unreadable.values():
        print(f"assb-twin: warning: {sentence}", file=sys.stderr)
    if options.json:
        built_in = [
            {"name": p.name, "description": p.documentation, "own": False} for p in PRESETS.values()
        ]
        mine = [{"name": name, "description": OWN, "own": True} for name in own.twins]
        print_json({"presets": [*built_in, *mine]})
        return
    for preset in PRESETS.values():
        print(f"{preset.name:18} {preset.documentation}")
    for name in own.twins:
        print(f"{name:18} {OWN}")


def new(options: Namespace) -> None:
    """Write a preset."""
    from napari_assb_twin.twin.own_presets import find_preset
    from napari_assb_twin.twin.twin_file import save_twin, twin_to_document

    twin = find_preset(options.preset)
    save_twin(twin, options.output)
    tell(options, {"twin": twin_to_document(twin), "file": str(options.output)}, options.output)


def grade(options: Namespace) -> None:
    """Write a graded twin."""
    from napari_assb_twin.twin.graded import graded
    from napari_assb_twin.twin.twin_file import load_twin, save_twin, twin_to_document

    twin = graded(
        load_twin(options.twin),
        depth=options.depth,
        pore=options.pore,
        active_material=options.active_material,
        separator_side=options.separator_side,
    )
    save_twin(twin, options.output)
    tell(options, {"twin": twin_to_document(twin), "file": str(options.output)}, options.output)


def composition(options: Namespace) -> None:
    """From a recipe to volume fractions, and back."""
    from napari_assb_twin.recipe_input import describe, load_recipe

    recipe = load_recipe(options)
    if options.json:
        print_json(recipe.document())
    else:
        print("\n".join(describe(recipe)))


def doctor(options: Namespace) -> None:
    """Tell what is installed, and compare and time the devices."""
    from napari_assb_twin.doctor import describe, examine

    report = examine()
    if options.json:
        print_json(report)
    else:
        print("\n".join(describe(report)))
