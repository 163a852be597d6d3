"""What a validation says in sentences: what was compared, how to read it, provenance."""

from __future__ import annotations

from collections.abc import Iterator

from napari_assb_twin.validation.options import AXES
from napari_assb_twin.validation.run import TWINS, Validation, data_record

READING = (
    "The other half was never seen by the fit. A twin that describes the structure is as near to "
    "it as one half of the data is to the other, and no nearer.",
    "The data's own error is the scatter of blocks of both halves, scaled from the volume of a "
    "block to that of a half, which holds where blocks are independent. Where the halves differ by "
    "more than their blocks explain (F test at 5 %), the structure drifts or reaches further than "
    "a block, and the difference of the halves counts as the error.",
    "A difference is judged by Student's t with the standard error of two halves (the sections "
    "were one, and hold less than it: the true error is a little larger) and of the mean of the "
    "realisations. No number counts as known to better than 0.5 % of itself.",
    "Distances of curves and distributions are compared with those that the deviations of the "
    "blocks make when they are added with random weights.",
    "One quantity in twenty lies beyond 95 % by chance alone. A twin differs from the data where "
    "one is certain among all of them together (Holm's procedure at 5 %).",
    "Paths, clusters, bottlenecks and conductivity depend on the size of the box. Data and twins "
    "are compared in boxes of one size, so that this cancels; their values in blocks scatter more "
    "than volume alone explains, which makes the error larger rather than smaller.",
)


def done(validation: Validation) -> Iterator[str]:
    """What was done to which data."""
    halves, options = validation.halves, validation.options
    number = AXES.index(halves.axis)
    half = " × ".join(map(str, halves.other.labels.shape))
    edges = " × ".join(f"{d:g}" for d in halves.other.voxel_size_um)
    yield (
        f"The volume was cut into two halves along {halves.axis}, each {half} voxels (z × y × x) "
        f"of {edges} µm. Twins were calibrated on the first half ({halves.axis} from 0 to "
        f"{halves.layers - 1}) and compared with the other ({halves.axis} from {halves.layers} to "
        f"{2 * halves.layers - 1})"
        + (", which is further along the pressing direction." if number == 0 else ".")
    )
    sections = " and ".join(f"{len(s.images)} of {s.plane}" for s in halves.sections)
    misfits = ", ".join(f"{name} {validation.fits[name].fit.rms:.2g}" for name in TWINS)
    yield (
        f"Calibrated on sections of the first half: {sections}, by least squares on two-point "
        f"coverage (rms misfit: {misfits}). {options.realisations} realisations of each twin were "
        f"measured in an open window of the size of a half (seed {options.seed})."
    )


def provenance(validation: Validation) -> Iterator[tuple[str, str]]:
    """Names and values for the foot of the page."""
    yield "Files", ", ".join(validation.sources) or "–"
    for one in data_record(validation):
        yield f"SHA-256 of the {one['half']} half", one["sha256"][0]
    for name in TWINS:
        twin = validation.fits[name].twin
        yield (
            f"{name.capitalize()} twin",
            f"{twin.first_phase.replace('_', ' ')} cut first, then "
            f"{twin.second_phase.replace('_', ' ')}; fields {twin.X.kind} and {twin.Y.kind}",
        )
    for option, value in validation.options.document().items():
        shown = ", ".join(value) if isinstance(value, tuple) else value
        yield f"Option {option}", "default" if shown is None else str(shown)
    yield "Time", f"{validation.seconds:.0f} s"
    yield "Date", validation.date
