"""Twins to begin with, recipes, and what is installed."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import get_args

from napari_assb_twin.commands import arguments
from napari_assb_twin.commands.arguments import AddCommand
from napari_assb_twin.commands.output import print_json, tell
from napari_assb_twin.twin.gradient import SeparatorSide
from napari_assb_twin.twin.phases import PHASES, full_key

OWN = "(own preset)"


def add_parsers(command: AddCommand) -> None:
    """The subcommands of this file."""
    sub = command("view", view, "open napari with the workspace docked")
    sub.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="session, twin file or image"
    )
    sub.add_argument("--screenshot", type=Path, metavar="PNG", help="draw, write and exit")

    command("presets", presets, "list the built-in twins and your own presets")

    sub = command("new", new, "write a preset to a file")
    sub.add_argument("--preset", required=True, metavar="NAME")
    arguments.output(sub, "A.twin.json")

    sub = command("grade", grade, "a twin with volume fractions along a profile")
    sub.add_argument("twin", type=Path, metavar="A.twin.json")
    sub.add_argument(
        "--depth",
        type=arguments.numbers,
        default=[0.0, 1.0],
        metavar="T,T,...",
        help="from 0 (separator) to 1 (current collector), default 0,1",
    )
    for phase in ("pore", "active-material"):
        sub.add_argument(
            f"--{phase}",
            type=arguments.numbers,
            required=True,
            metavar="P,P,...",
            help="volume fractions at these depths; the solid electrolyte is the rest",
        )
    sub.add_argument(
        "--separator-side",
        choices=get_args(SeparatorSide),
        default="first",
        help="slice along z that faces the separator, default first",
    )
    arguments.output(sub, "B.twin.json")

    sub = command(
        "composition",
        composition,
        "weights, densities and porosity to volume fractions, and back",
    )
    sub.add_argument(
        "--weight", metavar="MAP", help="as active_material=70,solid_electrolyte=27,additive=3"
    )
    sub.add_argument(
        "--density",
        metavar="MAP",
        help="in g/cm3; default: active_material=4.7,solid_electrolyte=1.64,additive=2",
    )
    sub.add_argument("--porosity", type=arguments.number, metavar="P", help="as 0.12")
    sub.add_argument(
        "--additive-in",
        type=full_key,
        choices=PHASES,
        help="the phase that the additive is counted to; default: solid_electrolyte",
    )
    sub.add_argument("--from-twin", type=Path, metavar="A.twin.json", help="the recipe of a twin")
    sub.add_argument(
        "--additive-share",
        type=arguments.number,
        metavar="W",
        help="with --from-twin: share of the additive in the weight of all solids",
    )

    command(
        "doctor",
        doctor,
        "what is installed, which device; CPU and CUDA labels compared and timed",
    )


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
