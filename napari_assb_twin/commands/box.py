"""How large a box must be for a wanted error of a descriptor."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from napari_assb_twin.commands.arguments import AddCommand
from napari_assb_twin.commands.output import ProgressBar, print_json
from napari_assb_twin.twin.gradient import SeparatorSide
from napari_assb_twin.twin.phases import PHASES

if TYPE_CHECKING:
    from napari_assb_twin.descriptors.representative import BoxSize

COLUMNS = ("descriptor", "mean", "edge_um", "edge_error_um", "slope", "slope_error", "reservations")


def add_parsers(command: AddCommand) -> None:
    """The subcommand of this file."""
    box = command("box", run, "the box that a descriptor needs for a wanted error")
    box.add_argument("twin", type=Path, metavar="A.twin.json")
    box.add_argument(
        "--error",
        type=float,
        required=True,
        metavar="E",
        help="half width of the band of 95 %% over the mean, as 0.02",
    )
    box.add_argument(
        "--descriptor",
        nargs="+",
        default=[f"volume_fraction.{phase}" for phase in PHASES],
        metavar="KEY",
        help="as in describe; default: the volume fractions, which are exact and quick",
    )
    box.add_argument(
        "--boxes", type=int, default=1, metavar="N", help="of which the mean counts, default 1"
    )
    box.add_argument(
        "--edge", type=int, metavar="VOXELS", help="of the size series, default: the twin's box"
    )
    box.add_argument(
        "--realisations", type=int, default=8, metavar="N", help="of the size series, default 8"
    )
    box.add_argument("--separator-side", choices=get_args(SeparatorSide), default="first")
    box.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    box.add_argument("-o", "--output", type=Path, metavar="TABLE.csv", help="write a table")


def run(options: Namespace) -> None:
    """Print the edges, and write them where asked to."""
    from napari_assb_twin.descriptors.describe import Choice
    from napari_assb_twin.descriptors.representative import representative_boxes
    from napari_assb_twin.steps import finished
    from napari_assb_twin.twin.twin_file import load_twin

    steps = representative_boxes(
        load_twin(options.twin),
        options.descriptor,
        error=options.error,
        boxes=options.boxes,
        edge=options.edge,
        realisations=options.realisations,
        choice=Choice(separator=options.separator_side, device=options.device),
    )
    with ProgressBar() as bar:
        found = finished(steps, bar)
    if options.output is not None:
        _write(options.output, found)
    if options.json:
        print_json({"error": options.error, "boxes": [_document(one) for one in found]})
        return
    width = max(len(one.descriptor) for one in found)
    for one in found:
        error = "exact" if one.edge_error_um is None else f"± {one.edge_error_um:.2g}"
        print(f"{one.descriptor:{width}}  mean {one.mean:.4g}   edge {one.edge_um:.4g} µm {error}")
        for sentence in one.reservations:
            print(f"  {sentence}")


def _document(one: BoxSize) -> dict[str, Any]:
    content = {name: getattr(one, name) for name in COLUMNS}
    content["reservations"] = list(one.reservations)
    if one.series is not None:
        content["series"] = {name: v.tolist() for name, v in asdict(one.series).items()}
    return content


def _write(path: Path, found: Sequence[BoxSize]) -> None:
    from napari_assb_twin.csv_file import write_csv

    told = [_document(one) | {"reservations": " ".join(one.reservations)} for one in found]
    write_csv(path, COLUMNS, ([one[name] for name in COLUMNS] for one in told))
