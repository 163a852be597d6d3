"""Plans of varied twins, run to tables, and what is made of their rows."""

from __future__ import annotations

import sys
import warnings
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from napari_assb_twin.commands import arguments
from napari_assb_twin.commands.arguments import AddCommand
from napari_assb_twin.commands.choice_options import choice_of, choice_options
from napari_assb_twin.commands.output import ProgressBar, print_json, tell
from napari_assb_twin.errors import InputError, TwinWarning
from napari_assb_twin.export.options import ThroughAxis
from napari_assb_twin.twin.phases import full_key

if TYPE_CHECKING:
    from napari_assb_twin.scenarios.plan import Scale, Varied

_DESIGNS = ("latin-hypercube", "sobol", "grid")
_POINTS, _STEPS = 32, 3


def add_parsers(command: AddCommand) -> None:
    """The subcommands of this file."""
    _add_plan(command)
    _add_sweep(command)
    sub = command("regenerate", regenerate, "the volume of one row of a sweep")
    sub.add_argument("results", type=Path, metavar="RESULTS", help="folder of a sweep")
    for place in ("scenario", "realisation"):
        sub.add_argument(f"--{place}", type=arguments.whole, required=True, metavar="N")
    arguments.output(sub, "V.tif")

    sub = command("collect", collect, "join result tables of another program to a sweep")
    sub.add_argument("results", type=Path, metavar="RESULTS", help="folder of a sweep")
    sub.add_argument("tables", type=Path, nargs="+", metavar="TABLE.csv")
    arguments.output(sub, "ALL.csv|ALL.parquet")


def _add_plan(command: AddCommand) -> None:
    sub = command("plan", plan, "what a sweep varies and measures, as a file")
    sub.add_argument("twin", type=Path, metavar="A.twin.json")
    sub.add_argument(
        "--vary",
        action="append",
        required=True,
        metavar="NAME=LOW:HIGH[:log][:STEPS]",
        help="a number of the twin and its range, as pore=0.05:0.2 or X.length_um=1:3:log; once "
        f"for each; the steps are of a grid, default {_STEPS}",
    )
    sub.add_argument(
        "--design",
        choices=_DESIGNS,
        default=_DESIGNS[0],
        help="where the scenarios lie in the ranges, default latin-hypercube",
    )
    sub.add_argument(
        "--points",
        type=arguments.whole,
        metavar="N",
        help=f"scenarios of a design that is no grid, default {_POINTS}",
    )
    sub.add_argument(
        "--realisations", type=arguments.whole, default=3, metavar="N", help="of each, default 3"
    )
    sub.add_argument(
        "--shape", type=arguments.shape, metavar="Z,Y,X", help="voxels, default: twin's"
    )
    sub.add_argument(
        "--voxel-size-um", type=arguments.number, metavar="D", help="default: the twin's"
    )
    choice_options(sub, axes="z")
    sub.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="default: cpu")
    sub.add_argument("--seed", type=arguments.whole, default=0, metavar="N", help="default 0")
    arguments.output(sub, "PLAN.json")


def _add_sweep(command: AddCommand) -> None:
    sub = command("sweep", sweep, "run a plan to one table of descriptors; a killed one goes on")
    sub.add_argument("plan", type=Path, metavar="PLAN.json")
    who = sub.add_mutually_exclusive_group()
    who.add_argument(
        "--workers",
        type=arguments.whole,
        default=1,
        metavar="N",
        help="processes of this machine that measure at the same time, default 1",
    )
    who.add_argument(
        "--scheduler", metavar="ADDRESS", help="of a dask cluster whose workers measure instead"
    )
    sub.add_argument(
        "--retry-failed", action="store_true", help="measure rows again that failed before"
    )
    sub.add_argument(
        "--export", choices=("geodict",), help="write the volumes of all rows for another program"
    )
    sub.add_argument(
        "--through-axis",
        choices=get_args(ThroughAxis),
        help="with --export: axis of the files along which the electrode was pressed, default z",
    )
    arguments.output(sub, "RESULTS")


def plan(options: Namespace) -> None:
    """Write a plan."""
    from napari_assb_twin.scenarios.plan import Plan
    from napari_assb_twin.scenarios.plan_file import plan_to_document, save_plan
    from napari_assb_twin.twin.twin_file import load_twin

    twin = load_twin(options.twin)
    grid = replace(
        twin.grid,
        shape=options.shape or twin.grid.shape,
        voxel_size_um=options.voxel_size_um or twin.grid.voxel_size_um,
    )
    known = None if twin.gradient is None else twin.gradient.separator_side
    points = options.points
    if points is None and options.design != "grid":
        points = _POINTS
    made = Plan(
        twin=replace(twin, grid=grid),
        varied=tuple(_varied(text, options.design) for text in options.vary),
        design=options.design,
        points=points,
        realisations=options.realisations,
        choice=replace(
            choice_of(options, options.device),
            separator=options.separator_side or known or "first",
        ),
        seed=options.seed,
    )
    save_plan(made, options.output)
    if made.reservation:
        warnings.warn(made.reservation, TwinWarning, stacklevel=1)
    if options.json:
        print_json({"file": str(options.output), "plan": plan_to_document(made)})
        return
    print(f"{options.output}: {made.scenarios} scenarios, {made.total} realisations")


def _varied(text: str, design: str) -> Varied:
    """A range as it is typed."""
    from napari_assb_twin.scenarios.plan import Varied

    wrong = InputError(
        f"--vary {text!r} is no range; write it as pore=0.05:0.2, X.length_um=1:3:log or, for a "
        "grid, pore=0.05:0.2:5."
    )
    name, equals, rest = text.partition("=")
    parts = rest.split(":")
    try:
        low, high = float(parts[0]), float(parts[1])
    except (ValueError, IndexError):
        raise wrong from None
    further = parts[2:]
    logarithmic = further[:1] == ["log"]
    further = further[1:] if logarithmic else further
    if not equals or len(further) > 1 or not all(one.isdecimal() for one in further):
        raise wrong
    steps = int(further[0]) if further else (_STEPS if design == "grid" else None)
    scale: Scale = "log" if logarithmic else "linear"
    return Varied(parameter=full_key(name.strip()), low=low, high=high, scale=scale, steps=steps)


def sweep(options: Namespace) -> None:
    """Run a plan."""
    from napari_assb_twin.scenarios.lock import FolderHeldError
    from napari_assb_twin.scenarios.plan_file import load_plan
    from napari_assb_twin.scenarios.run import Sweep, SweepOptions
    from napari_assb_twin.steps import finished

    if options.through_axis is not None and options.export is None:
        raise InputError(
            "--through-axis is for the files of --export; give --export geodict too, or leave it "
            "out."
        )
    asked = SweepOptions(
        workers=options.workers, scheduler=options.scheduler, retry=options.retry_failed
    )
    job = Sweep(load_plan(options.plan), options.output, asked)
    for sentence in job.reservations:
        warnings.warn(sentence, TwinWarning, stacklevel=1)
    print(f"assb-twin: {job.estimate.in_words()}", file=sys.stderr)
    try:
        with ProgressBar() as bar:
            result = finished(job.run(), bar)
    except FolderHeldError:
        raise
    except (KeyboardInterrupt, InputError):
        if job.rows:
            print(
                f"assb-twin: {len(job.rows)} rows are measured and stay in {options.output}; the "
                "same command goes on from them",
                file=sys.stderr,
            )
        raise
    volumes = None
    if options.export == "geodict":
        from napari_assb_twin.scenarios.geodict import export_volumes

        with ProgressBar() as bar:
            volumes = finished(
                export_volumes(options.output, through_axis=options.through_axis or "z"), bar
            )
    if options.json:
        print_json(
            {
                "folder": str(result.folder),
                "rows": result.rows,
                "failed": result.failed,
                "resumed": result.resumed,
                "seconds": result.seconds,
                "volumes": None if volumes is None else str(volumes),
            }
        )
        return
    print(f"{options.output}: {result.rows} rows in results.parquet and results.csv")
    if result.failed:
        print(f"  {result.failed} failed; their rows say why")
    print(f"  {result.seconds:.1f} s; {result.resumed} rows were measured before")
    if volumes is not None:
        print(f"  {volumes}: volumes, index.csv and import_all.py; not run in GeoDict")


def regenerate(options: Namespace) -> None:
    """Write the volume of a row."""
    from napari_assb_twin.atomic import whole_file
    from napari_assb_twin.export.tiff import write_tiff
    from napari_assb_twin.scenarios.regenerate import regenerate
    from napari_assb_twin.twin.volume_note import VolumeNote

    if options.output.suffix not in (".tif", ".tiff"):
        raise InputError(f"{options.output.name} does not end in .tif; a row is written as TIFF.")
    with whole_file(options.output) as aside:
        made = regenerate(options.results, options.scenario, options.realisation)
        write_tiff(
            aside,
            made.labels,
            voxel_size_um=made.voxel_size_um,
            note=VolumeNote.of(made.twin),
        )
    document = {"file": str(options.output), "seed": made.twin.seed, "device": made.device}
    tell(options, document, options.output)


def collect(options: Namespace) -> None:
    """Write the joined table."""
    from napari_assb_twin.scenarios.collect import collect
    from napari_assb_twin.scenarios.results import check_table_name, write_table

    check_table_name(options.output)
    frame = collect(options.results, options.tables)
    write_table(frame, options.output)
    tell(options, {"file": str(options.output), "columns": list(frame)}, options.output)
