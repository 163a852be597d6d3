"""Curves, and files for other programs."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from napari_assb_twin.commands.generation import realise
from napari_assb_twin.commands.output import print_json, tell
from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.phases import PAIRS, SHORT_NAMES


def coverage(options: Namespace) -> None:
    """Print exact or estimated curves."""
    if options.source.suffix == ".json":
        from napari_assb_twin.twin import exact
        from napari_assb_twin.twin.twin_file import load_twin

        twin = load_twin(options.source)
        if options.plane is not None:
            raise InputError("--plane is for images; a twin has --direction only.")
        if options.lags_um is None:
            raise InputError("The exact curves need lags; give them as --lags-um 0.1,0.2,0.5.")
        kind, curves = "model", exact.coverage(twin, options.lags_um, direction=options.direction)
    else:
        from napari_assb_twin.image_input import load
        from napari_assb_twin.measure.coverage import at_lags, measured_coverage

        measured = load(options.plane or "volume", [options.source], options)
        estimated = measured_coverage(measured, options.direction)
        if estimated is None:
            raise InputError(
                "Plan views (xy) do not contain the pressing direction; use --plane xz or yz, or "
                "--direction in-plane."
            )
        kind = "measured"
        curves = estimated if options.lags_um is None else at_lags(estimated, options.lags_um)
    if options.output is not None:
        from napari_assb_twin.export.curves_csv import write_curves_csv

        write_curves_csv(options.output, {kind: curves})
    if options.json:
        print_json(curves.document())
        return
    if options.output is not None:
        print(options.output)
        return
    names = [f"{SHORT_NAMES[i]}-{SHORT_NAMES[j]}" for i, j in PAIRS]
    print("lag_um  " + "  ".join(f"{name:>9}" for name in names))
    for lag, row in zip(curves.lags_um, curves.values.T, strict=True):
        print(f"{lag:<7.4g} " + "  ".join(f"{value:9.6f}" for value in row))


def export(options: Namespace) -> None:
    """Write files for other programs."""
    from napari_assb_twin.export.geodict import export_geodict
    from napari_assb_twin.export.tiff import export_tiff
    from napari_assb_twin.image_input import load_volume

    stem = options.source.name.split(".")[0]
    details: dict[str, Any] = {}
    verdict: tuple[str, ...] = ()
    if options.source.suffix == ".json":
        from napari_assb_twin.calibration.verdict_lines import verdict_lines
        from napari_assb_twin.twin.twin_file import load_twin

        twin = load_twin(options.source)
        verdict = verdict_lines(twin)
        realisation = realise(twin, options.device)
        labels, sizes = realisation.labels, realisation.voxel_size_um
        details = {
            "periodic": twin.grid.window == "periodic",
            "expected_fractions": dict(twin.volume_fractions.items()),
        }
    else:
        labels, sizes = load_volume(options.source, options)
    if options.to == "geodict":
        export_geodict(
            labels,
            options.output,
            voxel_size_um=sizes,
            through_axis=options.through_axis,
            stem=stem,
            verdict_lines=verdict,
            **details,
        )
    else:
        if options.through_axis == "x":
            labels, sizes = labels.swapaxes(0, 2), sizes[::-1]
        export_tiff(labels, options.output, voxel_size_um=sizes, stem=stem, verdict_lines=verdict)
    written = sorted(path.name for path in options.output.iterdir())
    tell(options, {"folder": str(options.output), "entries": written}, options.output)
