"""What each subcommand of ``assb-twin`` does.

Results go to stdout, as one JSON object with ``--json``; progress and messages go to stderr.
Heavy modules are imported by the command that needs them.
"""

from __future__ import annotations

import json
import re
import sys
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.fields import FieldName, RandomField, Tail
from napari_assb_twin.twin.phases import PAIRS, SHORT_NAMES

OWN = "(own preset)"


def view(options: Namespace) -> int:
    """Open the desktop window."""
    from napari_assb_twin.workspace.launch import run_view

    return int(run_view(options.files, options.screenshot))


def presets(options: Namespace) -> None:
    """List the built-in twins and the user's own."""
    from napari_assb_twin.twin.own_presets import own_presets
    from napari_assb_twin.twin.presets import PRESETS

    own = own_presets()
    for sentence in own.unreadable.values():
        print(f"assb-twin: warning: {sentence}", file=sys.stderr)
    if options.json:
        built_in = [
            {"name": p.name, "description": p.documentation, "own": False} for p in PRESETS.values()
        ]
        mine = [{"name": name, "description": OWN, "own": True} for name in own.twins]
        _print_json({"presets": [*built_in, *mine]})
        return
    for preset in PRESETS.values():
        print(f"{preset.name:18} {preset.documentation}")
    for name in own.twins:
        print(f"{name:18} {OWN}")


def new(options: Namespace) -> None:
    """Write a preset."""
    from napari_assb_twin.twin.own_presets import find_preset
    from napari_assb_twin.twin.twin_file import save_twin, twin_to_document

    twin = find_preset(options.preset)
    save_twin(twin, options.output)
    _tell(options, {"twin": twin_to_document(twin), "file": str(options.output)}, options.output)


def generate(options: Namespace) -> None:
    """Write one realisation."""
    import time

    from napari_assb_twin.atomic import whole_file
    from napari_assb_twin.export.tiff import write_tiff
    from napari_assb_twin.twin.twin_file import load_twin

    twin = load_twin(options.twin)
    with whole_file(options.output) as aside:
        started = time.perf_counter()
        realisation = _realise(twin, options.device, options.shape, options.seed)
        seconds = time.perf_counter() - started
        write_tiff(aside, realisation.labels, voxel_size_um=realisation.voxel_size_um)
    if options.json:
        _print_json(
            {
                "file": str(options.output),
                "volume_fractions": dict(realisation.volume_fractions),
                "shape": list(realisation.labels.shape),
                "voxel_size_um": realisation.twin.grid.voxel_size_um,
                "seed": realisation.twin.seed,
                "seconds": seconds,
                "device": realisation.device,
            }
        )
        return
    print(f"{options.output}: {' x '.join(map(str, realisation.labels.shape))} voxels (z, y, x)")
    for phase, share in realisation.volume_fractions.items():
        print(f"  {phase:18} {share:.4f}   (twin: {twin.volume_fractions[phase]:.4f})")
    print(f"  {seconds:.2f} s on {realisation.device}")


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
        _print_json(curves.document())
        return
    if options.output is not None:
        print(options.output)
        return
    names = [f"{SHORT_NAMES[i]}-{SHORT_NAMES[j]}" for i, j in PAIRS]
    print("lag_um  " + "  ".join(f"{name:>9}" for name in names))
    for lag, row in zip(curves.lags_um, curves.values.T, strict=True):
        print(f"{lag:<7.4g} " + "  ".join(f"{value:9.6f}" for value in row))


def calibrate(options: Namespace) -> None:
    """Fit a twin and write it."""
    from napari_assb_twin.atomic import whole_file
    from napari_assb_twin.calibration.calibrate import finish, with_provenance
    from napari_assb_twin.calibration.describe import describe_fit, describe_verdict
    from napari_assb_twin.calibration.run import calibration
    from napari_assb_twin.image_input import load_alternatives, load_measured, reading
    from napari_assb_twin.methods import refinement
    from napari_assb_twin.twin.twin_file import save_twin, twin_to_document

    fields, fix = parse_fields(options.fields), parse_fix(options.fix)
    training = {
        name: getattr(options, name)
        for name in ("start", "steps", "width", "threshold", "device")
        if getattr(options, name) is not None
    }
    refine = refinement(
        options.method,
        training,
        checkpoint=options.checkpoint,
        time_limit_s=None if options.time_limit is None else 60.0 * options.time_limit,
    )
    with whole_file(options.output) as aside:
        measured, sources = load_measured(options)
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
            alternatives=load_alternatives(options),
            bootstrap=options.bootstrap,
            seed=options.seed,
            refine=refine,
        )
        with _ProgressBar() as bar:
            result = with_provenance(
                finish(run, bar),
                measured,
                sources,
                reading=[reading(options)],
            )
        save_twin(result.twin, aside)
    if options.json:
        _print_json({"twin": twin_to_document(result.twin), **result.document()})
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
        _print_json(
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
    _tell(options, document, options.output)


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
        realisation = _realise(twin, options.device, None, None)
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
    _tell(options, {"folder": str(options.output), "entries": written}, options.output)


def composition(options: Namespace) -> None:
    """From a recipe to volume fractions, and back."""
    from napari_assb_twin.recipe_input import describe, load_recipe

    recipe = load_recipe(options)
    if options.json:
        _print_json(recipe.document())
    else:
        print("\n".join(describe(recipe)))


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
        _print_json({**comparison.document(), "verdicts": verdicts})
    elif options.output is not None:
        print(options.output)
    else:
        told = [f"{name}: {' '.join(lines)}" for name, lines in verdicts.items()]
        print("\n".join([*told, *in_words(comparison)]))


def doctor(options: Namespace) -> None:
    """Tell what is installed, and compare and time the devices."""
    from napari_assb_twin.doctor import describe, examine

    report = examine()
    if options.json:
        _print_json(report)
    else:
        print("\n".join(describe(report)))


def _realise(twin: Any, device: str, shape: Any, seed: Any) -> Any:
    import warnings

    from napari_assb_twin.errors import TwinWarning
    from napari_assb_twin.twin.synthesis import realise

    realisation = realise(twin, shape=shape, seed=seed, device=device)
    for sentence in realisation.reservations:
        warnings.warn(sentence, TwinWarning, stacklevel=1)
    return realisation


def parse_fix(texts: list[str]) -> dict[str, float | None]:
    """``["pore=0.12", "X.smoothness=inf"]`` as values by path; None stands for infinity."""
    fixed: dict[str, float | None] = {}
    for text in texts:
        path, equals, value = text.partition("=")
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


class _ProgressBar:
    """Progress objects on stderr."""

    def __enter__(self) -> _ProgressBar:
        from tqdm import tqdm

        self._bar = tqdm(
            file=sys.stderr,
            bar_format="{desc} |{bar:20}| {elapsed}",
            leave=False,
            disable=None,  # where stderr is no terminal
        )
        return self

    def __call__(self, progress: Any) -> None:
        self._bar.total = progress.total
        self._bar.n = progress.step
        self._bar.set_description_str(progress.message)

    def __exit__(self, *_: object) -> None:
        self._bar.close()


def _tell(options: Namespace, document: Mapping[str, Any], path: Path) -> None:
    if options.json:
        _print_json(document)
    else:
        print(path)


def _print_json(document: Mapping[str, Any]) -> None:
    json.dump(document, sys.stdout, allow_nan=False)
    sys.stdout.write("\n")
