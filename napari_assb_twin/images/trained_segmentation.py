"""Phases by example: a random forest learns from scribbles what the pixels of a phase look like.

Each pixel is described by its slice at several scales: grey value, edges, and the two curvatures of
the grey values, each under Gaussian windows (scikit-image's multi-scale features).  Where phases
differ in texture, or where the blur between two phases passes through the grey values of the third,
this tells apart what no threshold can.  The forest itself is not kept: its options, the scribbles
and a fixed seed make it again.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.scribbles import Scribbles
from napari_assb_twin.images.small_regions import without_small_regions
from napari_assb_twin.images.treatment import UNTREATED, Treatment
from napari_assb_twin.twin.phases import LONG_NAMES, PHASES, code

AnyArray = np.ndarray[Any, np.dtype[Any]]
Labels = NDArray[np.uint8]
Floats = NDArray[np.float32]

MOST_EXAMPLES = 5000
"""Of each phase; of more, so many are drawn at random.  Neighbours are alike, more teach little."""

THREADS = 2
_PIXELS = 1 << 16
"""Pixels that a thread looks at in one go."""


@dataclass(frozen=True, kw_only=True)
class ForestOptions:
    """How a random forest is grown, and what is done before and after.

    Attributes
    ----------
    finest_px, coarsest_px
        Standard deviations of the narrowest and the widest window; each is twice the one before.
    trees
        How many decide together.
    seed
        Of the random draws.
    treatment
        What is done to the grey values before.
    min_object_px
        Smaller regions of a phase go to the phases around them.

    Raises
    ------
    InputError
        If they cannot be.
    """

    finest_px: float = 1.0
    coarsest_px: float = 16.0
    trees: int = 100
    seed: int = 0
    treatment: Treatment = UNTREATED
    min_object_px: int = 0

    def __post_init__(self) -> None:
        if not 0.3 <= self.finest_px <= self.coarsest_px <= 128:
            raise InputError(
                f"The windows of the features go from {self.finest_px:g} to {self.coarsest_px:g} "
                "pixels; give two rising numbers between 0.3 and 128."
            )
        if not 1 <= self.trees <= 1000:
            raise InputError(f"A forest of {self.trees} trees cannot be; give 1 to 1000.")


@dataclass(frozen=True)
class ForestStep:
    """What a training is doing.

    Attributes
    ----------
    step, total
        Slices that are through, of how many.
    message
        In words.
    """

    step: int
    total: int
    message: str


@dataclass(frozen=True, eq=False)
class TrainedSegmentation:
    """What a forest made of images.

    Attributes
    ----------
    labels
        The phases 0, 1, 2 of each image, before small regions are taken out.
    options
        How the forest was grown.
    scribbles
        What it learned from.
    accuracy
        Share of the painted pixels that trees which did not learn from them name rightly (out of
        bag).  Painted pixels have neighbours that the trees did learn from, so it flatters.
    """

    labels: tuple[Labels, ...]
    options: ForestOptions
    scribbles: Scribbles
    accuracy: float

    def phases(
        self, *arrays: AnyArray, apart: bool = False, source: str = "the image"
    ) -> tuple[Labels, ...]:
        """The phases of each image.

        Parameters
        ----------
        arrays
            The images, if it is to be made sure that they are those that were named.
        apart
            Whether the slices of a stack are sections by themselves.
        source
            What messages call the images.

        Raises
        ------
        InputError
            If the images have other sizes, or a phase has no pixels.
        """
        if arrays and [one.shape for one in arrays] != [one.shape for one in self.labels]:
            raise InputError(
                f"{source} has another size than the images that the forest was trained for; train "
                "it again."
            )
        phases = tuple(
            without_small_regions(one, self.options.min_object_px, apart=apart, source=source)
            for one in self.labels
        )
        for phase in PHASES:
            if not any((one == code(phase)).any() for one in phases):
                raise InputError(
                    f"The forest finds no {LONG_NAMES[phase]} in {source}; paint more of it, or "
                    "ask for a smaller minimal size."
                )
        return phases

    def record(self) -> dict[str, Any]:
        """What a provenance says."""
        options = self.options
        record: dict[str, Any] = {
            "random_forest": {
                "features": "multi-scale intensity, edges, texture of slices",
                "windows_px": [options.finest_px, options.coarsest_px],
                "trees": options.trees,
                "seed": options.seed,
                "scribbled_pixels": dict(self.scribbles.counts),
                "scribbles_sha256": self.scribbles.sha256,
                "out_of_bag_accuracy": round(self.accuracy, 4),
            },
            **options.treatment.record(),
        }
        if options.min_object_px > 1:
            record["min_object_px"] = options.min_object_px
        return record


def train(
    images: Sequence[AnyArray],
    scribbles: Scribbles,
    options: ForestOptions,
    *,
    source: str = "the image",
) -> Generator[ForestStep, None, TrainedSegmentation]:
    """Grow a forest on the scribbles and let it name every pixel of all images.

    Parameters
    ----------
    images
        Sections (rows, columns), stacks or volumes, of integers or floats; they are looked at slice
        by slice along the first axis.
    scribbles
        Of these images.  Phases count alike, however much of each is painted.
    options
        How it is grown.
    source
        What messages call the images.

    Raises
    ------
    InputError
        If an image holds no grey values.
    """
    limits = [options.treatment.limits(image, source=source) for image in images]
    total = sum(len(_slices(image)) for image in images)
    features, classes = [], []
    for image, painted, own in zip(images, scribbles.arrays, limits, strict=False):
        for plane, marks in zip(_slices(image), _slices(painted), strict=True):
            if marks.any():
                yield ForestStep(0, total, "Looking at the examples")
                described = _features(options.treatment.plane(plane, own), options)
                features.append(described[marks > 0])
                classes.append(marks[marks > 0] - 1)
    yield ForestStep(0, total, "Growing the forest")
    forest = _forest(np.concatenate(features), np.concatenate(classes), options)
    done, labels = 0, []
    for image, own in zip(images, limits, strict=True):
        found = np.empty(image.shape, np.uint8)
        for plane, into in zip(_slices(image), _slices(found), strict=True):
            yield ForestStep(done, total, "Naming the pixels")
            described = _features(options.treatment.plane(plane, own), options)
            into[...] = _named(forest, described)
            done += 1
        labels.append(found)
    return TrainedSegmentation(tuple(labels), options, scribbles, float(forest.oob_score_))


def _slices(array: AnyArray) -> AnyArray:
    """A view of the slices of a stack; of a section the one that it is."""
    return array if array.ndim == 3 else array[np.newaxis]


def _features(plane: AnyArray, options: ForestOptions) -> Floats:
    """(rows, columns, features)."""
    from skimage.feature import multiscale_basic_features

    described: Floats = multiscale_basic_features(  # type: ignore[no-untyped-call]
        plane.astype(np.float32), sigma_min=options.finest_px, sigma_max=options.coarsest_px
    )
    return described


def _forest(features: Floats, classes: Labels, options: ForestOptions) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    random = np.random.default_rng(options.seed)
    chosen = []
    for index in range(len(PHASES)):
        own = np.flatnonzero(classes == index)
        chosen.append(
            own
            if own.size <= MOST_EXAMPLES
            else np.sort(random.choice(own, MOST_EXAMPLES, replace=False))
        )
    some = np.concatenate(chosen)
    forest = RandomForestClassifier(
        options.trees,
        class_weight="balanced",
        oob_score=True,
        random_state=options.seed,
        n_jobs=THREADS,
    )
    forest.fit(features[some], classes[some])
    forest.n_jobs = 1  # threads of its own would add up the votes in no fixed order
    return forest


def _named(forest: Any, features: Floats) -> Labels:
    """The phases of (rows, columns, features)."""
    flat = features.reshape(-1, features.shape[-1])
    with ThreadPoolExecutor(THREADS) as pool:
        named = list(pool.map(forest.predict, _pieces(flat)))
    return np.concatenate(named).reshape(features.shape[:2]).astype(np.uint8)


def _pieces(flat: Floats) -> Iterator[Floats]:
    for start in range(0, len(flat), _PIXELS):
        yield flat[start : start + _PIXELS]
