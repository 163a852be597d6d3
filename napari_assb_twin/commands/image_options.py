"""Options of every subcommand that reads images."""

from __future__ import annotations

import argparse
from pathlib import Path

from napari_assb_twin.commands import arguments
from napari_assb_twin.images.formats.raw import RAW_TYPES


def image_options(sub: argparse.ArgumentParser, *, planes: bool = True) -> None:
    """How images are read, and how their values become phases.

    Without ``planes`` a volume is always taken whole.
    """
    _reading_options(sub, planes=planes)
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
        type=arguments.whole,
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


def _reading_options(sub: argparse.ArgumentParser, *, planes: bool) -> None:
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
        help="region of interest in voxels of the file, as 10:90,0:200,: (the end not included; "
        "10:90:2 takes one in every 2)",
    )
    if planes:
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
        type=arguments.number,
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
        "--raw-header",
        type=arguments.whole,
        metavar="BYTES",
        help="before the first voxel; default: 0",
    )
    group.add_argument(
        "--raw-big-endian", action="store_true", help="the high byte of a number comes first"
    )
