"""A paragraph for the methods section of a paper, and what to cite, from the record of a fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from napari_assb_twin.report.loose import listed, number, series, text, whole
from napari_assb_twin.report.numbers import beside, error_of, plain
from napari_assb_twin.report.parameters import given
from napari_assb_twin.report.record import Record
from napari_assb_twin.twin.parameters import (
    FIELD_CORRELATION,
    FIELD_NAMES,
    PARAMETERS,
    FieldName,
    Twin,
)
from napari_assb_twin.twin.phases import PHASES, Phase

FULL_NAMES: dict[Phase, str] = {
    "pore": "pore space",
    "active_material": "active material",
    "solid_electrolyte": "solid electrolyte",
}

SMALLEST_SHARE = 1e-4
"""A share of wrong pixels below this is as good as none."""

KIND_NAMES = {"xy": "plan view", "xz": "cross-section", "yz": "cross-section"}


def methods(twin: Twin, record: Record | None, version: str) -> str:
    """A paragraph on the model and on how it was fitted; it says nothing that is not recorded."""
    parts = [_model(twin, version)]
    if record is None:
        parts.append("No fit to data is on record for these parameters.")
    else:
        parts += [
            _fit(record),
            _kept(twin, record),
            _assignment(twin, record),
            _kinds(record),
            _errors(record),
        ]
        parts.append(_verdict(record))
    return " ".join(part for part in parts if part)


def _model(twin: Twin, version: str) -> str:
    first, second, third = (
        FULL_NAMES[phase] for phase in (twin.first_phase, twin.second_phase, twin.third_phase)
    )
    symmetry = (
        "isotropic"
        if twin.symmetry == "isotropic"
        else "cylindrically isotropic about the pressing direction"
    )
    low = [name for name in FIELD_NAMES if twin.has(f"{name}.length_um")]
    if len(low) == len(FIELD_NAMES):
        correlation = (
            "a Matérn correlation times a sine cardinal (correlation length, smoothness, domain "
            "spacing and anisotropy: the low-parametric form)"
        )
    elif low:
        correlation = (
            f"a low-parametric correlation (field {low[0]}: Matérn times a sine cardinal) and a "
            "high-parametric one (non-negative weights over spectral components)"
        )
    else:
        correlation = "non-negative weights over spectral components (the high-parametric form)"
    return (
        "The three-phase microstructure (pore space, active material, solid electrolyte) was "
        "described by a stochastic digital twin, an excursion-set model after Furat et al. "
        f"(2025, arXiv:2503.17171) as implemented in napari-assb-twin {version}. {_fields(twin)} "
        f"are thresholded: the {first} is an excursion set of X, the {second} is an excursion set "
        f"of Y within what X leaves, and the {third} is the rest; the thresholds follow from the "
        f"volume fractions. The model is {symmetry}; the fields have {correlation}."
    )


def _fields(twin: Twin) -> str:
    """Independent, or correlated by our extension."""
    named = f"stationary random fields X ({_kind(twin, 'X')}) and Y ({_kind(twin, 'Y')})"
    if not twin.field_correlation:
        return f"Two independent {named}"
    return (
        f"Two {named}, correlated point by point with a coefficient of "
        f"{plain(twin.field_correlation, 2)} (an extension of that model by the program),"
    )


def _kind(twin: Twin, name: FieldName) -> str:
    field = twin.field(name)
    tail = "" if field.tail == "upper" else ", lower tail"
    if field.kind == "gaussian":
        return f"Gaussian{tail}"
    k = field.degrees_of_freedom
    return f"chi-square with {k} degree{'s' * (k > 1)} of freedom{tail}"


def _fit(record: Record) -> str:
    data = " and ".join(described(one) for one in record.data) or "the measured data"
    lags = record.misfit.lags
    at = f" at {lags} lags" if lags else ""
    how = (
        "the weights were obtained by inverting the measured functions for the correlations of the "
        "fields, non-negative least squares, and refinement on the functions themselves"
        if record.model == "high-parametric"
        else "its parameters were fitted to them by non-linear least squares of the model's exact "
        "(closed-form) functions"
    )
    said = (
        f"The model was calibrated on {data}: the two-point coverage probabilities C_ij(h) of all "
        f"six pairs of phases were estimated{at} from pairs of pixels that both lie in the "
        f"measured window (no periodic continuation), and {how}."
    )
    said += _training(record)
    if record.misfit.rms is not None:
        said += " The root-mean-square misfit of C_ij over all pairs and lags is "
        said += f"{plain(record.misfit.rms, 2)}"
        if record.misfit.max is not None:
            said += f" (largest {plain(record.misfit.max, 2)})"
        said += "."
    error = record.segmentation
    if error is not None and error.error is not None:
        said += (
            " A share of pixels with a random label was fitted along as segmentation error "
            f"(e {share_words(error.error, error.error_standard_error)})."
        )
    return said


TRAININGS = {
    "simulated-coverage": "the two-point coverage of simulated sections (algorithm 1 of the paper)",
    "adversarial": "the loss of a discriminator network on simulated sections (algorithm 2)",
    "combined": "the two-point coverage of simulated sections and {share} times the loss of a "
    "discriminator network (algorithm 3)",
}


def _training(record: Record) -> str:
    """What went on from the exact fit."""
    minimised = TRAININGS.get(text(record.training.get("method")) or "")
    steps = whole(record.training.get("steps_taken"))
    if minimised is None or steps is None:
        return ""
    share = number(record.training.get("discriminator_share"))
    minimised = minimised.format(share=plain(0.05 if share is None else share, 2))
    width = whole(record.training.get("width"))
    network = "" if width is None or "network" not in minimised else f" (first layer k4n{width}s2)"
    start = (
        ", not from this fit but from a random start,"
        if record.training.get("start") == "random"
        else ""
    )
    errors = " Errors are those of exact fits." if record.bootstrap else ""
    return (
        f" The parameters were then trained{start} in {steps} steps of Adam on {minimised}"
        f"{network}; those of the second half of the steps were averaged.{errors}"
    )


def _kept(twin: Twin, record: Record) -> str:
    """Which numbers were given and not fitted."""
    kept = given(twin, record)
    if twin.symmetry == "isotropic":
        kept = tuple(path for path in kept if not path.endswith("anisotropy"))
    names = [f"volume fraction of the {FULL_NAMES[phase]}" for phase in PHASES if phase in kept]
    for path in kept:
        field, _, _ = path.rpartition(".")
        if field:
            names.append(f"{PARAMETERS[path].label.lower()} of {field}")
        elif path == FIELD_CORRELATION:
            names.append("correlation of the two fields")
    return f"Given and not fitted: {', '.join(names)}." if names else ""


def share_words(share: float, error: float | None) -> str:
    """A small share with its standard error, as "= 0.013 ± 0.002"."""
    if share < SMALLEST_SHARE:
        return f"below {SMALLEST_SHARE:g}"
    return f"= {beside(share, error)}" + ("" if not error else f" ± {error_of(error)}")


def described(one: Mapping[str, Any]) -> str:
    """One kind of data in words: number, plane, size."""
    volume = series(one.get("volume"), 3)
    if volume is not None:
        return (
            f"a volume of {_times(volume)} voxels (z, y, x; edges "
            f"{_times(one.get('voxel_size_um'))} µm)"
        )
    plane = text(one.get("plane")) or ""
    sections = listed(one.get("sections"))
    shapes = {_times(shape) for shape in sections}
    size = f"{shapes.pop()} pixels" if len(shapes) == 1 else "different sizes in pixels"
    kind = KIND_NAMES.get(plane, "section")
    spacing = number(one.get("spacing_um"))
    apart = "" if spacing is None else f", {plain(spacing)} µm apart"
    return (
        f"{len(sections)} {kind}{'s' * (len(sections) != 1)} ({plane}; {size} of "
        f"{_times(one.get('pixel_size_um'))} µm{apart})"
    )


def _times(value: Any) -> str:
    numbers = [one for one in listed(value) if number(one) is not None]
    if hasattr(value, "tolist"):
        numbers = value.tolist()
    texts = [plain(float(one)) for one in numbers]
    if len(set(texts)) == 1 and any("." in one for one in texts):
        return texts[0]
    return " × ".join(texts) or "unknown"


def _assignment(twin: Twin, record: Record) -> str:
    if len(record.assignments) < 2:
        return ""
    return (
        f"Which phase is cut first was decided by the data: {len(record.assignments)} assignments "
        f"were fitted and compared, and the {FULL_NAMES[twin.first_phase]} was chosen."
    )


def _kinds(record: Record) -> str:
    if not record.kinds:
        return ""
    return (
        f"The kinds of the fields were chosen among {len(record.kinds)} fitted candidates "
        "(degrees of freedom, tail) by higher-order statistics of the sections (Euler number "
        "density, lineal path) compared with sections simulated from each candidate."
    )


def _errors(record: Record) -> str:
    count, said = record.bootstrap, ""
    if count:
        seed = "" if record.seed is None else f" (seed {record.seed})"
        said = (
            f"Standard errors are from a parametric bootstrap: {count} data sets like the "
            "measured one in number, size and spacing were simulated from the fitted twin"
            f"{seed} and fitted again."
        )
        if record.intervals:
            said += (
                " Intervals of 95 % use Student's t for this number of data sets, on logarithmic "
                "scales (log odds of volume fractions, atanh of a correlation)."
            )
    else:
        said = "Standard errors were not computed."
    doubt = record.segmentation
    if doubt is not None and doubt.spread:
        others = f" ({len(doubt.alternatives)} alternatives)" if doubt.alternatives else ""
        said += (
            " The uncertainty of the segmentation was assessed by refitting the same data with "
            f"moved phase boundaries or thresholds{others}; the largest changes are given "
            "beside the statistical errors."
        )
    return said


def _verdict(record: Record) -> str:
    if record.verdict is None:
        return ""
    said = [c.sentence.rstrip(".") for c in record.verdict.checks if c.sentence and c.level]
    because = f": {'; '.join(said)}" if said else ""
    return f"The program's verdict on the fit is “{record.verdict.word}”{because}."


def reading_lines(record: Record) -> tuple[tuple[str, str], ...]:
    """How the files were read, as names and values."""
    words = {
        "kind": "kind",
        "phases": "labels of the phases",
        "pressing_axis": "pressing axis of the array",
        "voxel_size_um": "pixel size [µm]",
        "crop": "region of the file [voxels]",
        "planes": "planes of the volume",
        "mask": "mask of what was measured",
        "information_bar": "information bar of the micrograph",
        "tilt_degrees": "tilt put right [degrees]",
        "raw": "layout of the RAW file",
        "thresholds": "thresholds of grey values",
        "dark_to_bright": "phases from dark to bright",
        "thresholds_chosen_by": "thresholds chosen by",
        "random_forest": "random forest that learned from scribbles",
        "contrast": "contrast between percentiles",
        "flatten": "uneven light taken away",
        "denoise": "denoising",
        "min_object_px": "smallest region of a phase [pixels]",
        "threshold_doubt": "doubt of the thresholds [grey values]",
        "boundary_doubt_px": "doubt of the phase boundaries [pixels]",
    }
    lines = []
    for one in record.reading:
        for key, value in one.items():
            unmapped = key == "phases" and value is None
            lines.append((words.get(key, key), _AS_THEY_ARE if unmapped else said(value)))
    return tuple(dict.fromkeys(lines))


_AS_THEY_ARE = "as in the files: 0 pore, 1 active material, 2 solid electrolyte, 255 outside"


def said(value: Any) -> str:
    """A value of a record in words."""
    if value is None or value == [] or value == {}:
        return "none"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} = {said(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(said(one) for one in value)
    if whole(value) is None and (known := number(value)) is not None:
        return plain(known, 6)
    return str(value)[:200]


def bibtex(version: str) -> str:
    """What to cite: the model, and this program."""
    return _BIBTEX.replace("VERSION", version)


_BIBTEX = r"""@misc{furat2025generative,
  title         = {Generative adversarial framework to calibrate excursion set models for
                   the {3D} morphology of all-solid-state battery cathodes},
  author        = {Furat, Orkun and Weber, Sabrina and Schubert, Johannes and
                   Rekers, Ren{\'e} and Luczak, Maximilian and Glatt, Erik and
                   Wiegmann, Andreas and Janek, J{\"u}rgen and Bielefeld, Anja and
                   Schmidt, Volker},
  year          = {2025},
  eprint        = {2503.17171},
  archivePrefix = {arXiv},
  url           = {https://arxiv.org/abs/2503.17171}
}

@software{napari_assb_twin,
  title   = {napari-assb-twin: digital twins of all-solid-state battery cathodes},
  author  = {{napari-assb-twin contributors}},
  version = {VERSION},
  year    = {2026}
}
"""
