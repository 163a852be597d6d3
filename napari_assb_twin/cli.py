"""The command ``assb-twin``: options and exit codes; what it does is in ``commands``."""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn, TextIO, get_args

from napari_assb_twin import commands
from napari_assb_twin.calibration.model_names import METHODS, MODELS
from napari_assb_twin.commands.descriptors import transport_options
from napari_assb_twin.descriptors.definitions import GROUPS
from napari_assb_twin.errors import InputError, TwinWarning
from napari_assb_twin.export.formats import FORMATS
from napari_assb_twin.export.options import OPTIONS, SMALLEST, ExportOptions, option_of, words
from napari_assb_twin.images.formats.raw import RAW_TYPES
from napari_assb_twin.images.units import parse_length
from napari_assb_twin.training.options import StartName, Threshold
from napari_assb_twin.twin.device import DEVICES
from napari_assb_twin.twin.gradient import SeparatorSide
from napari_assb_twin.twin.parameters import Symmetry
from napari_assb_twin.twin.phases import PHASES

USER_ERROR = 2
STOPPED = 130
"""As shells tell of a program that was interrupted."""


class _Parser(argparse.ArgumentParser):
    """Errors in one line, as everywhere in this command."""

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}; see '{self.prog} --help'.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0 when done and 2 when the user's input is at fault."""
    warnings.showwarning = _warn
    try:
        options = parser().parse_args(arguments)
        run: Callable[[argparse.Namespace], int | None] = options.run
        return run(options) or 0
    except InputError as error:
        print(f"assb-twin: {' '.join(str(error).split())}", file=sys.stderr)
        return USER_ERROR
    except KeyboardInterrupt:
        print("assb-twin: stopped", file=sys.stderr)
        return STOPPED


def _warn(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Reservations about the user's twin; those of libraries only with ``python -W``."""
    if issubclass(category, TwinWarning) or sys.warnoptions:
        print(f"assb-twin: warning: {message}", file=sys.stderr)


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command."""
    top = _Parser(prog="assb-twin", description="Digital twins of solid-state battery cathodes.")
    top.set_defaults(run=commands.view, files=[], screenshot=None)
    add = top.add_subparsers(metavar="COMMAND", parser_class=_Parser).add_parser

    def command(name: str, run: Callable[[Any], int | None], text: str) -> argparse.ArgumentParser:
        sub = add(name, help=text, description=text)
        sub.add_argument("--json", action="store_true", help="print one JSON object on stdout")
        sub.set_defaults(run=run)
        return sub

    view = command("view", commands.view, "open napari with the workspace docked")
    view.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="session, twin file or image"
    )
    view.add_argument("--screenshot", type=Path, metavar="PNG", help="draw, write and exit")

    command("presets", commands.presets, "list the built-in twins and your own presets")

    new = command("new", commands.new, "write a preset to a file")
    new.add_argument("--preset", required=True, metavar="NAME")
    _output(new, "A.twin.json")

    grade = command("grade", commands.grade, "a twin with volume fractions along a profile")
    grade.add_argument("twin", type=Path, metavar="A.twin.json")
    grade.add_argument(
        "--depth",
        type=_numbers,
        default=[0.0, 1.0],
        metavar="T,T,...",
        help="from 0 (separator) to 1 (current collector), default 0,1",
    )
    for phase in ("pore", "active-material"):
        grade.add_argument(
            f"--{phase}",
            type=_numbers,
            required=True,
            metavar="P,P,...",
            help="volume fractions at these depths; the solid electrolyte is the rest",
        )
    grade.add_argument(
        "--separator-side",
        choices=get_args(SeparatorSide),
        default="first",
        help="slice along z that faces the separator, default first",
    )
    _output(grade, "B.twin.json")

    generate = command(
        "generate", commands.generate, "one realisation of a twin as TIFF, OME-Zarr or RAW volume"
    )
    generate.add_argument("twin", type=Path, metavar="A.twin.json")
    generate.add_argument("--shape", type=_shape, metavar="Z,Y,X", help="voxels, default: twin's")
    generate.add_argument("--seed", type=_whole, metavar="N", help="default: the twin's")
    generate.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    _block_options(generate)
    _output(generate, "V.tif|V.zarr|V.raw")

    coverage = command(
        "coverage",
        commands.coverage,
        "two-point coverage: exact curves of a twin, or estimated ones of an image",
    )
    coverage.add_argument("source", type=Path, metavar="A.twin.json|IMAGE")
    coverage.add_argument("--lags-um", type=_numbers, metavar="H,H,...")
    coverage.add_argument("--direction", choices=("in-plane", "through-plane"), default="in-plane")
    coverage.add_argument("--plane", choices=("xy", "xz", "yz"), help="of a section")
    coverage.add_argument(
        "-o", "--output", type=Path, metavar="CURVES.csv", help="write a table instead of printing"
    )
    _image_options(coverage)

    calibrate = command("calibrate", commands.calibrate, "fit a twin to sections or a volume")
    for plane, text in (("xy", "plan views"), ("xz", "cross-sections"), ("yz", "cross-sections")):
        calibrate.add_argument(
            f"--{plane}",
            nargs="+",
            action="extend",
            type=Path,
            default=[],
            metavar="IMG",
            help=text,
        )
    calibrate.add_argument("--volume", type=Path, metavar="V.tif")
    _image_options(calibrate)
    calibrate.add_argument(
        "--section-spacing-um",
        type=_number,
        metavar="D",
        help="distance of neighbouring pages of a stack; default: sections are independent",
    )
    calibrate.add_argument(
        "--threshold-doubt",
        type=_number,
        metavar="GREYS",
        help="with --thresholds: fit again with each threshold moved up and down by this",
    )
    calibrate.add_argument(
        "--boundary-doubt-px",
        type=_number,
        metavar="D",
        help="fit again with each phase grown and shrunk by this part of a pixel, as 0.5",
    )
    calibrate.add_argument("--method", choices=METHODS, default="coverage")
    calibrate.add_argument("--model", choices=MODELS, default="low-parametric")
    calibrate.add_argument("--symmetry", choices=get_args(Symmetry))
    calibrate.add_argument("--first-phase", choices=PHASES)
    calibrate.add_argument("--second-phase", choices=PHASES)
    calibrate.add_argument(
        "--fields",
        default="gaussian",
        metavar="KINDS",
        help="gaussian, auto (the data decide), or as X=gaussian,Y=chi-square:1:lower",
    )
    calibrate.add_argument(
        "--fix", nargs="+", action="extend", default=[], metavar="NAME=VALUE",
        help="keep parameters, as pore=0.12 X.anisotropy=0.7",
    )  # fmt: skip
    calibrate.add_argument(
        "--segmentation-error",
        action="store_true",
        help="fit the share of wrongly labelled pixels as well",
    )
    calibrate.add_argument(
        "--correlated-fields",
        action="store_true",
        help="fit the correlation of the fields as well (voids at the surface of the CAM)",
    )
    calibrate.add_argument(
        "--bootstrap",
        type=_whole,
        default=20,
        metavar="N",
        help="simulated data sets for standard errors and verdict; 0: neither",
    )
    calibrate.add_argument("--seed", type=_whole, default=0, metavar="N")
    _training_options(calibrate)
    _output(calibrate, "A.twin.json")

    report = command("report", commands.report, "how well a twin fits, as one HTML page")
    report.add_argument("twin", type=Path, metavar="A.twin.json")
    _output(report, "report.html")

    reduce = command(
        "reduce",
        commands.reduce,
        "the nearest low-parametric twin of a high-parametric one, and what is lost",
    )
    reduce.add_argument("twin", type=Path, metavar="A.twin.json")
    _output(reduce, "B.twin.json")

    compare = command(
        "compare", commands.compare, "differences of twins with errors: distinguishable or not"
    )
    compare.add_argument("twins", nargs="+", type=Path, metavar="A.twin.json")
    compare.add_argument("-o", "--output", type=Path, metavar="TABLE.csv", help="write a table")

    composition = command(
        "composition",
        commands.composition,
        "weights, densities and porosity to volume fractions, and back",
    )
    composition.add_argument(
        "--weight", metavar="MAP", help="as active_material=70,solid_electrolyte=27,additive=3"
    )
    composition.add_argument(
        "--density",
        metavar="MAP",
        help="in g/cm3; default: active_material=4.7,solid_electrolyte=1.64,additive=2",
    )
    composition.add_argument("--porosity", type=_number, metavar="P", help="as 0.12")
    composition.add_argument(
        "--additive-in",
        choices=PHASES,
        help="the phase that the additive is counted to; default: solid_electrolyte",
    )
    composition.add_argument(
        "--from-twin", type=Path, metavar="A.twin.json", help="the recipe of a twin"
    )
    composition.add_argument(
        "--additive-share",
        type=_number,
        metavar="W",
        help="with --from-twin: share of the additive in the weight of all solids",
    )

    command(
        "doctor",
        commands.doctor,
        "what is installed, which device; CPU and CUDA labels compared and timed",
    )

    describe = command(
        "describe",
        commands.describe,
        "descriptors of a volume, or of a realisation of a twin: interfaces, tortuosity, transport",
    )
    describe.add_argument("source", type=Path, metavar="V.tif|A.twin.json")
    describe.add_argument(
        "--measure",
        type=_names,
        default=list(GROUPS),
        metavar="GROUP,...",
        help=f"default: all of {', '.join(GROUPS)}",
    )
    describe.add_argument(
        "--along", type=_axes, default=["z", "y", "x"], metavar="AXES", help="as z,x; default: all"
    )
    describe.add_argument(
        "--separator-side",
        choices=get_args(SeparatorSide),
        help="end of z that faces the separator; default: as the volume says, else first",
    )
    transport_options(describe)
    _image_options(describe)
    describe.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    describe.add_argument("-o", "--output", type=Path, metavar="TABLE.csv", help="write a table")

    export = command("export", commands.export, "files for other programs")
    export.epilog = "Formats: " + "; ".join(f"{one.name}: {one.files}" for one in FORMATS.values())
    export.add_argument("source", type=Path, metavar="V.tif|A.twin.json")
    export.add_argument("--to", choices=tuple(FORMATS), required=True)
    _export_options(export)
    _image_options(export)
    export.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    _output(export, "DIR")
    return top


def _output(sub: argparse.ArgumentParser, metavar: str) -> None:
    sub.add_argument("-o", "--output", type=Path, required=True, metavar=metavar)


def _block_options(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group(
        "volumes in blocks",
        "A volume in blocks takes bounded memory, however large it is, and goes on where it was "
        "stopped when the same command is given again. So are made: .zarr and .raw, what has more "
        "than 512^3 voxels or does not fit into memory, and whatever an option of this group is "
        "given for.",
    )
    group.add_argument("--blocks", action="store_true", help="make the volume in blocks")
    group.add_argument(
        "--workers", type=_whole, metavar="N", help="blocks made at the same time, default 1"
    )
    group.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="of a dask cluster whose workers make the blocks; those of a .zarr they write "
        "themselves, so that all of them must reach it under the same path",
    )
    group.add_argument(
        "--restart", action="store_true", help="throw away what an earlier run has left"
    )


def _training_options(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("training, of every method but coverage")
    group.add_argument(
        "--start",
        choices=get_args(StartName),
        help="begin at the exact fit (default) or at a twin drawn at random",
    )
    group.add_argument(
        "--steps", type=_whole, metavar="N", help="default: 150, or 300 from a random start"
    )
    group.add_argument(
        "--learning-rate",
        type=_number,
        metavar="R",
        help="first rate of Adam; default: 0.005, or 0.02 to 0.035 from a random start",
    )
    group.add_argument(
        "--discriminator-share",
        type=_number,
        metavar="W",
        help="weight of the discriminators in the combined method, default 0.05",
    )
    group.add_argument(
        "--sections",
        type=_whole,
        metavar="N",
        help="simulated in each step, of each orientation; default: 8",
    )
    group.add_argument(
        "--width", type=_whole, metavar="N", help="channels of a discriminator's first layer"
    )
    group.add_argument("--threshold", choices=get_args(Threshold), help="straight-through or soft")
    group.add_argument(
        "--tau",
        type=_number,
        metavar="T",
        help="width of the threshold in standard deviations of the field; default: as it suits",
    )
    group.add_argument("--device", choices=DEVICES, help="default: CUDA where there is one")
    group.add_argument(
        "--checkpoint",
        type=Path,
        metavar="FILE",
        help="keep the run in a file; if it is there already, go on from it",
    )
    group.add_argument(
        "--time-limit",
        type=_number,
        metavar="MINUTES",
        help="end the training after this time with what it has",
    )


def _export_options(sub: argparse.ArgumentParser) -> None:
    for name in OPTIONS:
        described, default = words(name), getattr(ExportOptions(), name)
        text = described.help if default is None else f"{described.help}; default: {default}"
        how: dict[str, Any] = {"type": _number}
        if described.choices:
            how = {"choices": [value for _, value in described.choices if value is not None]}
        elif name == "resample_um":
            how = {"type": _edge, "nargs": "?", "const": SMALLEST, "metavar": "D"}
            text += " or with a unit, as 50nm; without D the smallest edge"
        else:
            how |= {"metavar": "D"}
        sub.add_argument(option_of(name), dest=name, help=text, **how)


def _image_options(sub: argparse.ArgumentParser) -> None:
    _reading_options(sub)
    sub.add_argument(
        "--phases",
        metavar="MAP",
        help="labels of the phases, as pore=0+1,active_material=2,solid_electrolyte=3",
    )
    sub.add_argument(
        "--thresholds",
        metavar="LOW,HIGH",
        help="two grey values that part the phases of a greyscale image, as 90,160, or auto: "
        "chosen by multi-Otsu",
    )
    sub.add_argument(
        "--dark-to-bright",
        metavar="NAMES",
        help="with --thresholds; default: pore,solid_electrolyte,active_material",
    )
    sub.add_argument(
        "--scribbles",
        action="append",
        type=Path,
        metavar="S.tif",
        help="learn the phases from painted pixels: 1 pore, 2 active material, 3 solid "
        "electrolyte, 0 nothing; once for each image that has some, in the order of the images",
    )
    sub.add_argument(
        "--contrast",
        metavar="LOW,HIGH",
        help="grey values: percentiles of the grey values of each file that become 0 and 255 "
        "first, as 1,99; thresholds are then on this scale",
    )
    sub.add_argument(
        "--flatten",
        action="store_true",
        help="grey values: take uneven light away first",
    )
    sub.add_argument(
        "--denoise",
        metavar="METHOD:AMOUNT",
        help="grey values: median of a radius in pixels, as median:1, or non-local means of "
        "a strength, as nlm:0.8",
    )
    sub.add_argument(
        "--min-object-px",
        type=_whole,
        metavar="N",
        help="grey values: regions of fewer pixels go to the phases around them",
    )
    sub.add_argument(
        "--pressing-axis",
        type=int,
        choices=(0, 1, 2),
        default=0,
        help="array axis of the file that was pressed",
    )


def _reading_options(sub: argparse.ArgumentParser) -> None:
    group = sub.add_argument_group("reading of images")
    group.add_argument(
        "--voxel-size-um",
        "--voxel-size",
        metavar="D",
        help="in micrometres or with a unit, as 0.1 or 20nm; or Z,Y,X (volume), ROWS,COLUMNS "
        "(section)",
    )
    group.add_argument(
        "--crop",
        metavar="RANGES",
        help="region of interest in voxels of the file, as 10:90,0:200,: (the end not included)",
    )
    group.add_argument(
        "--planes",
        nargs="+",
        action="extend",
        default=[],
        metavar="CHOICE",
        help="sections of a volume: xz=10,50,90 by number, yz=every:20 or xy=evenly:8",
    )
    group.add_argument(
        "--mask",
        type=Path,
        metavar="MASK",
        help="image of the same size; what is 0 in it lies outside the measured window",
    )
    group.add_argument(
        "--tilt-degrees",
        type=_number,
        metavar="T",
        help="stage tilt under which micrographs were taken: puts the size of the rows right "
        "(cross-sections: divided by sin T, plan views: by cos T)",
    )
    group.add_argument(
        "--keep-information-bar",
        action="store_true",
        help="use the bar of text below a micrograph too, instead of leaving it out",
    )
    group.add_argument("--raw-shape", metavar="Z,Y,X", help="voxels of a RAW file, x fastest")
    group.add_argument("--raw-type", choices=RAW_TYPES, help="of its voxels; default: uint8")
    group.add_argument(
        "--raw-header", type=_whole, metavar="BYTES", help="before the first voxel; default: 0"
    )
    group.add_argument(
        "--raw-big-endian", action="store_true", help="the high byte of a number comes first"
    )


def _shape(text: str) -> tuple[int, int, int]:
    parts = text.split(",")
    if len(parts) != 3 or not all(part.strip().isdecimal() and int(part) > 0 for part in parts):
        raise argparse.ArgumentTypeError(
            f"--shape is {text!r}; give three whole numbers of voxels, as 128,128,128."
        )
    z, y, x = (int(part) for part in parts)
    return z, y, x


def _names(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]


def _axes(text: str) -> list[str]:
    names = _names(text)
    if not names or any(name not in ("z", "y", "x") for name in names):
        raise argparse.ArgumentTypeError(f"{text!r} are no axes; write them as z,y,x.")
    return names


def _whole(text: str) -> int:
    if not text.strip().isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of 0 or more.")
    return int(text)


def _number(text: str) -> float:
    numbers = _numbers(text)
    if len(numbers) != 1:
        raise argparse.ArgumentTypeError(f"{text!r} is more than one number; give one.")
    return numbers[0]


def _edge(text: str) -> float | str:
    edge = text if text == SMALLEST else parse_length(text)
    if edge is None:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no length; give it as 0.1 (micrometres) or 50nm."
        )
    return edge


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no list of numbers; write them as 0.1,0.2,0.5."
        ) from None
