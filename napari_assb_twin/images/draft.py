"""From opened images to measured data: what they show, which value is which phase."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.axes import orient_volume, orient_voxel_size
from napari_assb_twin.images.crop import WHOLE, Crop
from napari_assb_twin.images.data import Data, Labels, edges
from napari_assb_twin.images.doubt import moved_thresholds
from napari_assb_twin.images.geometry import VOLUME, Kind, geometry_of_part
from napari_assb_twin.images.image import AnyArray, Image
from napari_assb_twin.images.labels import Part, found_labels, to_phases
from napari_assb_twin.images.planes import ALL, Selection
from napari_assb_twin.images.reading import sha256_of
from napari_assb_twin.images.segmentation import GreySegmentation
from napari_assb_twin.images.thresholds import GreyValues, Thresholds
from napari_assb_twin.images.trained_segmentation import TrainedSegmentation
from napari_assb_twin.images.treatment import Treatment
from napari_assb_twin.measure.alternative import Alternative
from napari_assb_twin.measure.sections import (
    Measured,
    SectionStack,
    Volume,
)
from napari_assb_twin.twin.phases import OUTSIDE, PHASES

__all__ = ["VOLUME", "Data", "Draft", "Kind", "Labels", "Parts", "Segmentation", "edges"]

Segmentation = (
    Mapping[Part, Sequence[int]] | Thresholds | GreySegmentation | TrainedSegmentation | None
)
"""Labels of each phase, or what parts grey values, or what a forest made of these very images; None
where labels are the codes already."""


Parts = Mapping[int, Part] | Thresholds | GreySegmentation | TrainedSegmentation
"""What `Draft.apply` makes phases with."""


@dataclass(frozen=True)
class Draft:
    """Opened images before it is said what they show; all share the answers.

    Attributes
    ----------
    images
        As they lie in the files, or the part of them that counts.
    mask
        Where it is 0, every image lies outside the measured window; it has their size.

    Raises
    ------
    InputError
        If the files state different pixel sizes, or the mask has another size than an image.
    """

    images: tuple[Image, ...]
    mask: Image | None = None

    def __post_init__(self) -> None:
        if self.mask is not None:
            _check_mask(self.mask, self.images)
        known = [(image.source, image.voxel_size_um or image.in_plane_um) for image in self.images]
        sizes = [(source, size[-2:]) for source, size in known if size is not None]
        for source, size in sizes[1:]:
            first, first_size = sizes[0]
            if not np.allclose(size, first_size, rtol=1e-3):
                raise InputError(
                    f"{first} has pixels of {edges(first_size)} µm but {source} of "
                    f"{edges(size)} µm; rescale the sections to one pixel size."
                )

    @cached_property
    def labels(self) -> dict[int, float]:
        """Labels found in all images together, with their shares."""
        pixels = self._pixels if self._inside is None else self._pixels[self._inside]
        return found_labels(pixels, source=self._source)

    @cached_property
    def grey_values(self) -> GreyValues:
        """Grey values of all images together, within the mask."""
        return GreyValues.of(*self.measured_pixels, source=self._source)

    @property
    def measured_pixels(self) -> list[AnyArray]:
        """The arrays of the images, or their pixels within the mask."""
        if self.mask is None:
            return [image.array for image in self.images]
        return [image.array[self.mask.array != 0] for image in self.images]

    def selected(self, selection: Selection, *, kind: Kind, pressing_axis: int) -> Draft:
        """The part of the images, and of the mask, that counts.

        Raises
        ------
        InputError
            If an image has no such part.
        """
        if selection == ALL:
            return self
        plan_view = kind == "xy"
        images = tuple(
            selection.of(image, pressing_axis, plan_view=plan_view) for image in self.images
        )
        mask = self.mask
        if mask is not None:
            mask = replace(mask, information_bar=self.images[0].information_bar)
            mask = selection.of(mask, pressing_axis, plan_view=plan_view)
        return Draft(images, mask)

    @property
    def region(self) -> Crop:
        """The region of every file that was opened; an information bar left out is none."""
        return WHOLE if self.images[0].cut_bar else self.images[0].crop

    def treated(self, treatment: Treatment) -> Draft:
        """The images with their grey values treated; of each file by itself."""
        if treatment.nothing:
            return self
        return self.holding(
            [treatment.applied(image.array, source=image.source) for image in self.images]
        )

    def holding(self, arrays: Sequence[AnyArray]) -> Draft:
        """Other arrays in place of those of the images, for example their phases."""
        pairs = zip(self.images, arrays, strict=True)
        return replace(self, images=tuple(replace(image, array=array) for image, array in pairs))

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the files or layers."""
        return tuple(image.source for image in self.images)

    @property
    def dimensions(self) -> int:
        """3 if any image has three axes, else 2."""
        return max(image.array.ndim for image in self.images)

    @property
    def voxel_size_um(self) -> tuple[float, ...] | None:
        """What the first file that says it says, None if none does."""
        return next((i.voxel_size_um for i in self.images if i.voxel_size_um is not None), None)

    @property
    def pixel_size_um(self) -> tuple[float, ...] | None:
        """The same of sections: sizes of rows and columns, which the file may state alone."""
        stated = (image.voxel_size_um or image.in_plane_um for image in self.images)
        return next((sizes[-2:] for sizes in stated if sizes is not None), None)

    def stated_sizes(self, kind: Kind) -> tuple[float, ...] | None:
        """What the files say of the voxels of a volume, or of the pixels of sections."""
        return self.voxel_size_um if kind == VOLUME else self.pixel_size_um

    @property
    def single_volume(self) -> Image:
        """The image with three axes.

        Raises
        ------
        InputError
            If several were opened, or the only one is a section.
        """
        if len(self.images) != 1:
            raise InputError(
                f"{len(self.images)} files were opened; a volume must be one file (a stack)."
            )
        (image,) = self.images
        if image.array.ndim != 3:
            raise InputError(
                f"{image.source} is a single section, no volume; choose the plane it shows."
            )
        return image

    def guess(self, label: int) -> Part | None:
        """The part that a label stands for by convention; None where only the user can know."""
        if set(self.labels) <= {0, 1, 2, OUTSIDE}:
            return "outside" if label == OUTSIDE else PHASES[label]
        return "outside" if label == OUTSIDE else None

    def apply(
        self,
        *,
        kind: Kind,
        pressing_axis: int,
        voxel_size_um: Sequence[float],
        parts: Parts,
        threshold_doubt: float = 0.0,
        selection: Selection = ALL,
    ) -> Data:
        """The measured data with their names.

        Parameters
        ----------
        kind, pressing_axis, voxel_size_um
            As in `measured`, of the files before anything is selected or thinned.  Where the
            selection takes planes, the kind is ``"volume"``.
        parts
            What each label is, or what parts grey values, or what a forest made of these images.
            Labels that the part does not hold are passed over.
        threshold_doubt
            Grey values by which thresholds are moved for the alternatives; 0 for none.
        selection
            The part of the images that counts, in their voxels; the record tells it in those of
            the files.

        Raises
        ------
        InputError
            If the images cannot be used so.
        """
        whole = self
        if isinstance(parts, TrainedSegmentation):
            arrays = [image.array for image in self.images]
            phases = parts.phases(*arrays, apart=kind != VOLUME, source=self._source)
            whole = self.holding(phases)
        treated = whole.selected(selection, kind=kind, pressing_axis=pressing_axis)
        if isinstance(parts, Thresholds):
            parts = GreySegmentation.of(parts)
        if isinstance(parts, GreySegmentation):
            treated = treated.treated(parts.treatment)
        of_files = selection.inside(self.region, pressing_axis)
        geometry = geometry_of_part(kind, pressing_axis, voxel_size_um, of_files)

        def segment(how: Segmentation) -> Measured:
            return treated.measured(**geometry, mapping=how)

        read: dict[str, Any] = {"kind": kind}
        alternatives: tuple[Alternative, ...] = ()
        if isinstance(parts, GreySegmentation):
            settled = parts.settled(treated.grey_values)
            measured = segment(settled.untreated)
            read |= settled.record()
            if threshold_doubt:
                read["threshold_doubt"] = threshold_doubt
                alternatives = moved_thresholds(segment, settled.untreated, threshold_doubt)
        elif isinstance(parts, TrainedSegmentation):
            measured = segment(None)
            read |= parts.record()
        else:
            mapping = by_part({label: parts[label] for label in treated.labels if label in parts})
            measured = segment(mapping)
            read["phases"] = {part: list(labels) for part, labels in mapping.items()}
        read |= {"pressing_axis": pressing_axis, "voxel_size_um": list(voxel_size_um)}
        read |= of_files.record()
        if self.mask is not None:
            read["mask"] = mask_record(self.mask)
        typed = [image.raw for image in self.images if image.raw is not None]
        if typed:
            read["raw"] = typed[0]  # one answer for all
        paths = [image.path for image in self.images if image.path is not None]
        if len(paths) == len(self.images):
            read["files"] = [
                {"file": str(path), "sha256": sha256_of(path), "plane": kind} for path in paths
            ]
        known = isinstance(measured, Volume) and pressing_axis == 0
        note = self.images[0].note if known else None
        return Data(measured, self.sources, (read,), alternatives, note)

    def measured(
        self,
        *,
        kind: Kind,
        pressing_axis: int,
        voxel_size_um: Sequence[float],
        mapping: Segmentation,
        spacing_um: float | None = None,
    ) -> Measured:
        """The measured data under the given answers.

        Parameters
        ----------
        kind
            ``"volume"``, or the plane of the sections; a three-axis image is then a stack.
        pressing_axis
            Axis of the file that was pressed: of a volume (0, 1, 2), or of sections that contain
            it (0 rows, 1 columns).
        voxel_size_um
            Per axis of a volume, or (rows, columns) of sections.
        mapping
            As `Segmentation` says.  A phase may be missing in one of several sections, not in all.
        spacing_um
            Distance of neighbouring sections of a stack; None if they are independent.

        Raises
        ------
        InputError
            If the images cannot be used so.
        """
        if kind == VOLUME:
            return Volume(*self.volume(pressing_axis, voxel_size_um, mapping))
        if pressing_axis not in (0, 1):
            raise InputError(
                "A section has rows (0) and columns (1); choose one of them as the pressing axis."
            )
        sections: list[Labels] = []
        for phases in self._phases(mapping):
            sections.extend(phases if phases.ndim == 3 else [phases])
        rows, columns = (float(size) for size in voxel_size_um)
        if kind != "xy" and pressing_axis == 1:
            sections, (rows, columns) = [section.T for section in sections], (columns, rows)
        whole = tuple(np.ascontiguousarray(section) for section in sections)
        return (SectionStack(kind, whole, (rows, columns), spacing_um),)

    @cached_property
    def _pixels(self) -> AnyArray:
        if len(self.images) == 1:
            return self.images[0].array.reshape(-1)  # perhaps mapped: not to be copied
        return np.concatenate([image.array.reshape(-1) for image in self.images])

    @cached_property
    def _inside(self) -> NDArray[np.bool_] | None:
        """Which of the pixels lie within the mask; None without one."""
        if self.mask is None:
            return None
        return np.tile(self.mask.array.reshape(-1) != 0, len(self.images))

    def _phases(self, how: Segmentation, *, apart: bool = True) -> tuple[Labels, ...]:
        """The phases of each image; ``apart`` where the slices of a stack are sections."""
        if isinstance(how, Thresholds):
            how = GreySegmentation.of(how)
        if isinstance(how, GreySegmentation | TrainedSegmentation):
            arrays = [image.array for image in self.images]
            found = how.phases(*arrays, apart=apart, source=self._source)
            if self.mask is None:
                return found
            inside = self.mask.array != 0
            return tuple(np.where(inside, one, np.uint8(OUTSIDE)) for one in found)
        if self._inside is None:
            phases = to_phases(self._pixels, how, source=self._source)
        else:
            phases = np.full(self._pixels.shape, OUTSIDE, np.uint8)
            inner = self._pixels[self._inside]
            phases[self._inside] = to_phases(inner, how, source=self._source)
        parts = np.split(phases, np.cumsum([image.array.size for image in self.images])[:-1])
        shapes = [image.array.shape for image in self.images]
        return tuple(part.reshape(shape) for part, shape in zip(parts, shapes, strict=True))

    @property
    def _source(self) -> str:
        return self.sources[0] if len(self.images) == 1 else "the sections together"

    def volume(
        self,
        pressing_axis: int,
        voxel_size_um: Sequence[float],
        mapping: Segmentation,
    ) -> tuple[Labels, tuple[float, float, float]]:
        """The phases of a volume of any size, (z, y, x), and its voxel edges; as `measured`."""
        _ = self.single_volume
        (phases,) = self._phases(mapping, apart=False)
        labels = np.ascontiguousarray(orient_volume(phases, pressing_axis))
        return labels, orient_voxel_size(voxel_size_um, pressing_axis)


def mask_record(mask: Image) -> dict[str, str]:
    """What a provenance says of a mask."""
    if mask.path is None:
        return {"layer": mask.source}
    return {"file": str(mask.path), "sha256": sha256_of(mask.path)}


def _check_mask(mask: Image, images: Sequence[Image]) -> None:
    for image in images:
        if mask.array.shape != image.array.shape:
            raise InputError(
                f"The mask {mask.source} has {_shape(mask)} pixels, but {image.source} "
                f"{_shape(image)}; a mask has the size of the image."
            )


def _shape(image: Image) -> str:
    return " x ".join(map(str, image.array.shape))


def by_part(parts: Mapping[int, Part]) -> dict[Part, tuple[int, ...]]:
    """The labels of each part, from the part of each label."""
    mapping: dict[Part, tuple[int, ...]] = {}
    for label, part in parts.items():
        mapping[part] = (*mapping.get(part, ()), label)
    return mapping
