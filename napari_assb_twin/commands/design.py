"""Parameters for wanted properties, from the results of a sweep."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from napari_assb_twin.commands import arguments
from napari_assb_twin.commands.arguments import AddCommand
from napari_assb_twin.commands.learn import logarithmic
from napari_assb_twin.commands.output import ProgressBar, print_json
from napari_assb_twin.surrogates.design_options import DesignOptions


def add_parsers(command: AddCommand) -> None:
    """The subcommand of this file."""
    sub = command(
        "design", run, "parameters for wanted properties, verified with fresh realisations"
    )
    sub.add_argument("results", type=Path, metavar="RESULTS", help="folder of a sweep")
    sub.add_argument(
        "--want",
        nargs="+",
        required=True,
        metavar="KEY=VALUE[+-TOLERANCE]",
        help="as relative_conductivity.SE.z=0.2+-0.01; default tolerance 5 %% of the value",
    )
    arguments.fields_of(sub, DesignOptions)
    logarithmic(sub)
    arguments.output(sub, "DESIGNS.json")


def run(options: Namespace) -> None:
    """Propose, verify and write."""
    from napari_assb_twin.atomic import check_writable
    from napari_assb_twin.steps import finished
    from napari_assb_twin.surrogates.designs import (
        comparison,
        design,
        designs_to_document,
        save_designs,
    )
    from napari_assb_twin.surrogates.study import check_plan, load_study
    from napari_assb_twin.surrogates.wanted import wanted_from

    chosen = DesignOptions(**arguments.given(options, DesignOptions))
    check_writable(options.output)
    results, plan = load_study(options.results, options.log)
    steps = design(
        results,
        check_plan(plan),
        wanted_from(options.want, results),
        chosen,
    )
    with ProgressBar() as bar:
        found = finished(steps, bar)
    save_designs(found, options.output)
    if options.json:
        print_json(designs_to_document(found))
        return
    for number, proposal in enumerate(found.proposals):
        values = ", ".join(f"{name} {value:.4g}" for name, value in proposal.parameters.items())
        print(f"{number + 1}: {values}")
        for row in comparison(found, number):
            told = f"predicted {row['predicted']:.4g} ± {row['predicted_deviation']:.2g}"
            if row["verified"] is not None:
                told += f", verified {row['verified']:.4g} ± {row['verified_error']:.2g}"
            print(f"   {row['property']}: wanted {row['wanted']:g}, {told}")
    for sentence in found.notes:
        print(sentence)
    print(options.output)
