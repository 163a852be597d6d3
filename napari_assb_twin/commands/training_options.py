"""Options of a calibration by simulation."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import get_args

from napari_assb_twin.commands import arguments
from napari_assb_twin.training.options import StartName, Threshold
from napari_assb_twin.twin.device import DEVICES


def training_options(command: argparse.ArgumentParser) -> None:
    """Of every method but the exact fit."""
    group = command.add_argument_group("training, of every method but coverage")
    group.add_argument(
        "--start",
        choices=get_args(StartName),
        help="begin at the exact fit (default) or at a twin drawn at random",
    )
    group.add_argument(
        "--steps",
        type=arguments.whole,
        metavar="N",
        help="default: 150, or 300 from a random start",
    )
    group.add_argument(
        "--learning-rate",
        type=arguments.number,
        metavar="R",
        help="first rate of Adam; default: 0.005, or 0.02 to 0.035 from a random start",
    )
    group.add_argument(
        "--discriminator-share",
        type=arguments.number,
        metavar="W",
        help="weight of the discriminators in the combined method, default 0.05",
    )
    group.add_argument(
        "--sections",
        type=arguments.whole,
        metavar="N",
        help="simulated in each step, of each orientation; default: 8",
    )
    group.add_argument(
        "--width",
        type=arguments.whole,
        metavar="N",
        help="channels of a discriminator's first layer",
    )
    group.add_argument("--threshold", choices=get_args(Threshold), help="straight-through or soft")
    group.add_argument(
        "--tau",
        type=arguments.number,
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
        type=arguments.number,
        metavar="MINUTES",
        help="end the training after this time with what it has",
    )
