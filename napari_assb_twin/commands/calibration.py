"""Twins from data: fitting, reducing, judging, comparing."""

from __future__ import annotations

import re
from argparse import Namespace
from pathlib import Path
from typing import Literal, get_args

from napari_assb_twin.calibration.model_names import METHODS, MODELS
from napari_assb_twin.commands import arguments
from napari_assb_twin.commands.arguments import AddCommand
from napari_assb_twin.commands.image_options import image_options
from napari_assb_twin.commands.output import ProgressBar, print_json, tell
from napari_assb_twin.commands.training_options import training_options
from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.fields import FieldName, RandomField, Tail
from napari_assb_twin.twin.parameters import Symmetry
from napari_assb_twin.twin.phases import PHASES, full_key


def add_parsers(command: AddCommand) -> None:
    """The subcommands of this file."""
    sub = command("calibrate", calibrate, "fit a twin to sections or a volume")
    for plane, text in (("xy", "plan views"), ("xz", "cross-sections"), ("yz", "cross-sections")):
        sub.add_argument(
            f"--{plane}",
            nargs="+",
            action="extend",
            type=Path,
            default=[],
            metavar="IMG",
            help=text,
        )
    sub.add_argument("--volume", type=Path, metavar="V.tif")
    image_options(sub)
    sub.add_argument(
        "--section-spacing-um",
        type=arguments.number,
        metavar="D",
        help="distance of neighbouring pages of a stack; default: sections are independent",
    )
    sub.add_argument(
        "--threshold-doubt",
        type=arguments.number,
        metavar="GREYS",
        help="with --thresholds: fit again with each threshold moved up and down by this",
    )
    sub.add_argument(
        "--boundary-doubt-px",
        type=arguments.number,
        metavar="D",
        help="fit again with each phase grown and shrunk by this part of a pixel, as 0.5",
    )
    sub.add_argument("--method", choices=METHODS, default="coverage")
    sub.add_argument("--model", choices=MODELS, default="low-parametric")
    sub.add_argument("--symmetry", choices=get_args(Symmetry))
    sub.add_argument("--first-phase", type=full_key, choices=PHASES)
    sub.add_argument("--second-phase", type=full_key, choices=PHASES)
    sub.add_argument(
        "--fields",
        default="gaussian",
        metavar="KINDS",
        help="gaussian, auto (the data decide), or as X=gaussian,Y=chi-square:1:lower",
    )
    sub.add_argument(
        "--fix", nargs="+", action="extend", default=[], metavar="NAME=VALUE",
        help="keep parameters, as pore=0.12 X.anisotropy=0.7",
    )  # fmt: skip
    sub.add_argument(
        "--segmentation-error",
        action="store_true",
        help="fit the share of wrongly labelled pixels as well",
    )
    sub.add_argument(
        "--correlated-fields",
        action="store_true",
        help="fit the correlation of the fields as well (voids at the surface of the CAM)",
    )
    sub.add_argument(
        "--bootstrap",
        type=arguments.whole,
        default=20,
        metavar="N",
        help="simulated data sets for standard errors and verdict; 0: neither",
    )
    sub.add_argument("--seed", type=arguments.whole, default=0, metavar="N")
    training_options(sub)
    arguments.output(sub, "A.twin.json")

    sub = command("report", report, "how well a twin fits, as one HTML page")
    sub.add_argument("twin", type=Path, metavar="A.twin.json")
    arguments.output(sub, "report.html")

    sub = command(
        "reduce",
        reduce,
        "the nearest low-parametric twin of a high-parametric one, and what is lost",
    )
    sub.add_argument("twin", type=Path, metavar="A.twin.json")
    arguments.output(sub, "B.twin.json")

    sub = command("compare", compare, "differences of twins with errors: distinguishable or not")
    sub.add_argument("twins", nargs="+", type=Path, metavar="A.twin.json")
    sub.add_argument("-o", "--output", type=Path, metavar="TABLE.csv", help="write a table")


def calibrate(options: Namespace) -> None:
    """Fit a twin and write it."""
    from napari_assb_twin.atomic import whole_file
    from napari_assb_twin.calibration.calibrate import with_provenance
    from napari_assb_twin.calibration.describe import describe_fit, describe_verdict
    from napari_assb_twin.calibration.run import calibration
    from napari_assb_twin.image_input import open_images
    from napari_assb_twin.methods import refinement
    from napari_assb_twin.steps import finished
    from napari_assb_twin.training.options import OPTIONS
    from napari_assb_twin.twin.twin_file import save_twin, twin_to_document

    fields, fix = parse_fields(options.fields), parse_fix(options.fix)
    chosen = {name: getattr(options, name) for name in OPTIONS}
    refine = refinement(
        options.method,
        {name: value for name, value in chosen.items() if value is not None},
        checkpoint=options.checkpoint,
        time_limit_s=None if options.time_limit is None else 60.0 * options.time_limit,
        seed=options.seed,
    )
    with whole_file(options.output) as aside:
        images = open_images(options)
        measured = images.measured()
        run = calibration(
            measured,
            model=options.model,
            symmetry=options.symmetry,
            first_phase=options.first_phase,
            second_phase=options.second_phase,
            fields=fields,
            fix=fix,
            segmentation_error=options.segmentation_error,
            correlated_fields=options.correlated_fields,
            alternatives=images.alternatives(),
            bootstrap=options.bootstrap,
            seed=options.seed,
            refine=refine,
        )
        with ProgressBar() as bar:
            result = with_provenance(
                finished(run, bar),
                measured,
                images.sources,
                reading=[images.reading()],
            )
        save_twin(result.twin, aside)
    images.tell()
    if options.json:
        print_json({"twin": twin_to_document(result.twin), **result.document()})
        return
    print(f"{options.output}: {describe_verdict(result.verdict)}")
    print("\n".join(f"  {line}" for line in describe_fit(result)))


def reduce(options: Namespace) -> None:
    """Write the nearest low-parametric twin and tell what is lost."""
    from napari_assb_twin.calibration.reduction import reduce as nearest
    from napari_assb_twin.twin.twin_file import load_twin, save_twin, twin_to_document

    reduction = nearest(load_twin(options.twin))
    save_twin(reduction.twin, options.output)
    if options.json:
        print_json(
            {
                "twin": twin_to_document(reduction.twin),
                "file": str(options.output),
                "correlation_rms": reduction.correlation_rms,
                "curves": {"rms": reduction.curves_rms, "max": reduction.curves_max},
            }
        )
        return
    curves = f"rms {reduction.curves_rms:.4f}, max {reduction.curves_max:.4f}"
    print(f"{options.output}: curves moved by {curves}")
    for name, rms in reduction.correlation_rms.items():
        moved = f"correlation moved by rms {rms:.4f}" if rms else "low-parametric already, kept"
        print(f"  {name}: {moved}")


def report(options: Namespace) -> None:
    """Write how well a twin fits as one HTML page."""
    from napari_assb_twin.report.page import write_report

    written, evidence = write_report(options.twin, options.output)
    verdict = evidence.record.verdict if evidence.record else None
    document = {
        "file": str(written),
        "verdict": None if verdict is None else verdict.word,
        "reservations": list(evidence.state),
        "measured_sections": any(plate.measured for plate in evidence.plates),
        "sections_note": evidence.plates_note,
        "seed": evidence.seed,
    }
    tell(options, document, options.output)


def compare(options: Namespace) -> None:
    """Compare twins with each other, with the errors that their calibrations know."""
    from napari_assb_twin.calibration.verdict_lines import verdict_lines
    from napari_assb_twin.comparison.difference import compare_twins
    from napari_assb_twin.comparison.naming import names_of_files
    from napari_assb_twin.comparison.table import in_words, write_comparison_csv
    from napari_assb_twin.twin.twin_file import load_twin

    twins = [load_twin(path) for path in options.twins]
    names = names_of_files(options.twins)
    comparison = compare_twins(twins, names)
    verdicts = {name: verdict_lines(twin) for name, twin in zip(names, twins, strict=True)}
    if options.output is not None:
        write_comparison_csv(options.output, comparison)
    if options.json:
        print_json({**comparison.document(), "verdicts": verdicts})
    elif options.output is not None:
        print(options.output)
    else:
        told = [f"{name}: {' '.join(lines)}" for name, lines in verdicts.items()]
        print("\n".join([*told, *in_words(comparison)]))


def parse_fix(texts: list[str]) -> dict[str, float | None]:
    """``["pore=0.12", "X.smoothness=inf"]`` as values by path; None stands for infinity."""
    fixed: dict[str, float | None] = {}
    for text in texts:
        path, equals, value = text.partition("=")
        path = full_key(path)
        try:
            number = float(value)
        except ValueError:
            equals = ""
        if not equals:
            raise InputError(f"--fix {text!r} is not understood; write it as --fix pore=0.12.")
        if path in fixed:
            raise InputError(f"--fix names {path} twice; give it one value.")
        infinite = path.endswith("smoothness") and number == float("inf")
        fixed[path] = None if infinite else number
    return fixed


_KIND = re.compile(r"([XY])=(gaussian|chi-square(?::([1-9][0-9]*))?)(?::(upper|lower))?")


def parse_fields(text: str) -> dict[FieldName, RandomField] | Literal["auto"]:
    """``"gaussian"``, ``"auto"`` or ``"X=gaussian,Y=chi-square:1:lower"`` as fields by name."""
    if text == "auto":
        return "auto"
    fields: dict[FieldName, RandomField] = {}
    for part in [] if text == "gaussian" else text.split(","):
        match = _KIND.fullmatch(part.strip())
        if match is None or match[1] in fields:
            raise InputError(
                f"--fields {text!r} is not understood; write gaussian, auto, or one kind "
                "for each field as X=gaussian,Y=chi-square:1:lower (degrees of freedom, tail)."
            )
        degrees = int(match[3] or 1) if match[2].startswith("chi") else 0
        name: FieldName = "X" if match[1] == "X" else "Y"
        tail: Tail = "lower" if match[4] == "lower" else "upper"
        fields[name] = RandomField(degrees_of_freedom=degrees, tail=tail)
    return fields
