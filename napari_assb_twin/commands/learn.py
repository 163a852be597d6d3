"""What the results of a sweep show."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari_assb_twin.commands import arguments
from napari_assb_twin.commands.arguments import AddCommand
from napari_assb_twin.commands.output import ProgressBar, print_json
from napari_assb_twin.surrogates.surrogate import KINDS

if TYPE_CHECKING:
    from napari_assb_twin.surrogates.findings import Findings


def add_parsers(command: AddCommand) -> None:
    """The subcommand of this file."""
    sub = command(
        "learn", run, "surrogates, sensitivities and laws from the results of a sweep, as a report"
    )
    sub.add_argument("results", type=Path, metavar="RESULTS", help="folder, .parquet or .csv")
    sub.add_argument(
        "--property", nargs="+", metavar="KEY", help="as relative_conductivity.SE.z; default: all"
    )
    sub.add_argument("--surrogate", choices=KINDS, help="default: whichever predicts better")
    sub.add_argument(
        "--descriptors",
        nargs="+",
        metavar="KEY",
        help="that conductivities are explained by; default: volume fraction, geodesic "
        "tortuosity, constrictivity and surface of their phase",
    )
    logarithmic(sub)
    arguments.output(sub, "DIR")


def logarithmic(sub: Any) -> None:
    """The option that both commands on results have."""
    sub.add_argument(
        "--log",
        nargs="+",
        metavar="PARAMETER",
        help="parameters whose ratios count; default: those of the plan",
    )


def run(options: Namespace) -> None:
    """Learn, and write the report."""
    from napari_assb_twin.steps import finished
    from napari_assb_twin.surrogates.findings import find
    from napari_assb_twin.surrogates.page import write_findings
    from napari_assb_twin.surrogates.study import load_study

    results, _ = load_study(options.results, options.log)
    steps = find(results, options.property, kind=options.surrogate, descriptors=options.descriptors)
    with ProgressBar() as bar:
        findings = finished(steps, bar)
    write_findings(findings, options.output)
    if options.json:
        print_json(_document(options, findings))
        return
    width = max(len(one.samples.name) for one in findings.learned)
    print(f"{'':{width}}    Q2   parameters by their share of the variance (total index)")
    shares = {one.name: one for one in findings.sensitivities}
    for learned in findings.learned:
        told, one = "–", shares.get(learned.samples.name)
        if one is not None:
            order = sorted(zip(one.parameters, one.total, strict=True), key=lambda two: -two[1])
            told = ", ".join(f"{name} {share:.2f}" for name, share in order)
        print(f"{learned.samples.name:{width}} {learned.validation.q2:5.2f}   {told}")
    for key, why in findings.refused.items():
        print(f"{key}: {why}")
    for sentence in findings.results.reservations:
        print(sentence)
    print(options.output / "report.html")


def _document(options: Namespace, findings: Findings) -> dict[str, Any]:
    from napari_assb_twin.surrogates.tables import surrogate_table

    rows = surrogate_table(findings)
    return {
        "folder": str(options.output),
        "failed": findings.results.failed,
        "unsteady": findings.results.unsteady,
        "ignored": list(findings.results.ignored),
        "surrogates": rows.astype(object).where(rows.notna(), None).to_dict("records"),
        "refused": findings.refused,
    }
