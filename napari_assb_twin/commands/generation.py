"""One realisation of a twin as a file, in memory or in blocks.

Which of the two follows from the command alone, never from the memory that is free: in a periodic
window the one filters on the torus itself, the other with a filter of finite reach, and some
voxels differ.
"""

from __future__ import annotations

import argparse
import math
import sys
import warnings
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari_assb_twin.commands import arguments
from napari_assb_twin.commands.arguments import AddCommand
from napari_assb_twin.commands.output import ProgressBar, print_json
from napari_assb_twin.errors import InputError, TwinWarning

if TYPE_CHECKING:
    from napari_assb_twin.twin.parameters import Twin
    from napari_assb_twin.twin.realisation import Realisation

IN_MEMORY = 512**3
"""Voxels from which on a volume is always made in blocks."""


def add_parsers(command: AddCommand) -> None:
    """The subcommands of this file."""
    sub = command("generate", generate, "one realisation of a twin as TIFF, OME-Zarr or RAW volume")
    sub.add_argument("twin", type=Path, metavar="A.twin.json")
    sub.add_argument(
        "--shape", type=arguments.shape, metavar="Z,Y,X", help="voxels, default: twin's"
    )
    sub.add_argument("--seed", type=arguments.whole, metavar="N", help="default: the twin's")
    arguments.device(sub)
    _block_options(sub)
    arguments.output(sub, "V.tif|V.zarr|V.raw")


def _block_options(sub: argparse.ArgumentParser) -> None:
    group = sub.add_argument_group(
        "volumes in blocks",
        "A volume in blocks takes bounded memory, however large it is, and goes on where it was "
        "stopped when the same command is given again. So are made: .zarr and .raw, what has more "
        "than 512^3 voxels or does not fit into memory, and whatever an option of this group is "
        "given for.",
    )
    group.add_argument("--blocks", action="store_true", help="make the volume in blocks")
    group.add_argument(
        "--workers",
        type=arguments.whole,
        metavar="N",
        help="blocks made at the same time, default 1",
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


def generate(options: Namespace) -> None:
    """Write one realisation."""
    from napari_assb_twin.twin.twin_file import load_twin

    twin = load_twin(options.twin)
    if options.shape is not None:
        twin = replace(twin, grid=replace(twin.grid, shape=options.shape))
    if options.seed is not None:
        twin = replace(twin, seed=options.seed)
    given = options.workers is not None or options.scheduler is not None
    asked = options.blocks or options.restart or given
    large = math.prod(twin.grid.shape) > IN_MEMORY
    if asked or large or options.output.suffix in (".zarr", ".raw"):
        _in_blocks(options, twin)
    else:
        _in_memory(options, twin)


def _in_memory(options: Namespace, twin: Twin) -> None:
    import time

    from napari_assb_twin.atomic import whole_file
    from napari_assb_twin.export.tiff import write_tiff
    from napari_assb_twin.twin.volume_note import VolumeNote

    with whole_file(options.output) as aside:
        started = time.perf_counter()
        realisation = realise(twin, options.device)
        seconds = time.perf_counter() - started
        write_tiff(
            aside,
            realisation.labels,
            voxel_size_um=realisation.voxel_size_um,
            note=VolumeNote.of(twin),
        )
    _tell(options, twin, realisation.volume_fractions, seconds, realisation.device)


def _in_blocks(options: Namespace, twin: Twin) -> None:
    from napari_assb_twin.blocks.job import BlockJob
    from napari_assb_twin.blocks.options import BlockOptions

    job = BlockJob(
        twin,
        options.output,
        BlockOptions(
            workers=1 if options.workers is None else options.workers,
            scheduler=options.scheduler,
            restart=options.restart,
            device=options.device,
        ),
    )
    _warn(job.reservations)
    print(f"assb-twin: {job.estimate.in_words()}", file=sys.stderr)
    run = job.run()
    try:
        with ProgressBar() as bar:
            while True:
                try:
                    bar(next(run))
                except StopIteration as end:
                    result = end.value
                    break
    except (KeyboardInterrupt, InputError):
        run.close()
        if job.part.begun:
            print(
                f"assb-twin: what is made stays in {job.part.folder}; the same command goes on "
                "from it, --restart begins anew",
                file=sys.stderr,
            )
        raise
    _tell(
        options,
        twin,
        result.volume_fractions,
        result.seconds,
        result.device,
        blocks=result.tiles,
        resumed=result.resumed,
        truncation=result.truncation,
    )


def realise(twin: Twin, device: str) -> Realisation:
    """A realisation in memory, with its reservations as warnings."""
    from napari_assb_twin.twin import synthesis

    realisation = synthesis.realise(twin, device=device)
    _warn(realisation.reservations)
    return realisation


def _warn(reservations: tuple[str, ...]) -> None:
    for sentence in reservations:
        warnings.warn(sentence, TwinWarning, stacklevel=1)


def _tell(
    options: Namespace,
    twin: Twin,
    fractions: Mapping[Any, float],
    seconds: float,
    device: str,
    **of_blocks: float,
) -> None:
    if options.json:
        print_json(
            {
                "file": str(options.output),
                "volume_fractions": dict(fractions),
                "shape": list(twin.grid.shape),
                "voxel_size_um": twin.grid.voxel_size_um,
                "seed": twin.seed,
                "seconds": seconds,
                "device": device,
                "made": "in blocks" if of_blocks else "in one go",
                **of_blocks,
            }
        )
        return
    print(f"{options.output}: {' x '.join(map(str, twin.grid.shape))} voxels (z, y, x)")
    for phase, share in fractions.items():
        print(f"  {phase:18} {share:.4f}   (twin: {twin.volume_fractions[phase]:.4f})")
    made = "in one go"
    if of_blocks:
        number = of_blocks["blocks"]
        made = (
            f"in {number} block{'s' if number > 1 else ''} (covariance off by at most "
            f"{of_blocks['truncation']:.1g} of the variance)"
        )
    print(f"  {seconds:.2f} s on {device}, made {made}")
