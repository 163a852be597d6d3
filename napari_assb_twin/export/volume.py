"""A volume as it is written: turned, reversed and resampled, one plane at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.export.options import SMALLEST, ExportOptions, ThroughAxis
from napari_assb_twin.export.source import AnyArray, Labels, Lengths, Source
from napari_assb_twin.images.on_demand import OnDemand
from napari_assb_twin.measure.sections import coded

CUBIC_TOLERANCE = 1e-4
"""Relative difference of voxel edges that counts as cubic: a tenth of a voxel in a thousand."""

_ROUNDING = 1e-9
"""Share of a voxel; a centre on the face of two old voxels belongs to the second."""

MOST_RESAMPLED = 2**33
"""Voxels above which a resampling is a slip of the keyboard."""


@dataclass(frozen=True, kw_only=True)
class ExportVolume:
    """A volume as it is written.

    Only views and indices are kept: a plane is made when it is asked for, so that a volume that
    stays in a file need not fit into the memory.

    Attributes
    ----------
    voxel_size_um
        Edges along the axes (z, y, x) of the file.
    pressing_axis
        Axis of the file along which the electrode was pressed.
    reversed
        Whether the order of the slices along it was reversed, so that the separator is at 0.
    separator_known
        Whether anybody said where the separator is.
    resampled_from
        Shape and edges before the resampling; None without one.
    graded
        Whether the fractions change along the pressing axis.
    periodic
        Whether opposite faces fit together; None if not known.
    codes
        Phase that each label of the view stands for; None where they are the codes already.
    """

    view: AnyArray | OnDemand
    voxel_size_um: Lengths
    pressing_axis: ThroughAxis
    reversed: bool
    separator_known: bool
    graded: bool
    periodic: bool | None
    lookup: tuple[NDArray[np.intp], ...] | None = None
    resampled_from: tuple[tuple[int, ...], Lengths] | None = None
    codes: Mapping[int, int] | None = None

    @property
    def shape(self) -> tuple[int, int, int]:
        """Voxels (z, y, x) of the file."""
        if self.lookup is None:
            nz, ny, nx = self.view.shape
            return nz, ny, nx
        z, y, x = self.lookup
        return z.size, y.size, x.size

    @property
    def size(self) -> int:
        """Number of voxels."""
        nz, ny, nx = self.shape
        return nz * ny * nx

    @property
    def cubic(self) -> bool:
        """Whether the voxels are cubes."""
        edges = self.voxel_size_um
        return max(edges) - min(edges) <= CUBIC_TOLERANCE * min(edges)

    def plane(self, number: int) -> Labels:
        """One plane (y, x) of the file, contiguous."""
        return self._part(number, slice(None), slice(None))

    def planes(self) -> Iterator[Labels]:
        """All planes, z = 0 first."""
        for number in range(self.shape[0]):
            yield self.plane(number)

    def slab(self, start: int, stop: int) -> Labels:
        """Planes ``start`` to ``stop`` (not included) as one array."""
        return np.stack([self.plane(number) for number in range(start, stop)])

    def middle(self, edge: int) -> Labels:
        """The piece in the middle, of an edge or less; no more is read."""
        starts = [max(0, (n - edge) // 2) for n in self.shape]
        z, y, x = (
            range(n)[start : start + edge] for start, n in zip(starts, self.shape, strict=True)
        )
        rows, columns = slice(y.start, y.stop), slice(x.start, x.stop)
        return np.stack([self._part(number, rows, columns) for number in z])

    def _part(self, number: int, rows: slice, columns: slice) -> Labels:
        """The phases of a part of a plane, contiguous."""
        if self.lookup is None:
            found = self.view[number][rows, columns]
        else:
            z, y, x = self.lookup
            found = self.view[int(z[number])][np.ix_(y[rows], x[columns])]
        return np.ascontiguousarray(coded(found, self.codes))


def prepare(source: Source, options: ExportOptions) -> ExportVolume:
    """The volume as the options lay it out; nothing is copied.

    Raises
    ------
    InputError
        If the volume is not uint8 with three axes, the resampled one would be absurdly large, or
        the separator of a graded one is said to be where it is not.
    """
    labels = source.labels
    typed = source.codes is not None or labels.dtype == np.uint8
    if labels.ndim != 3 or not typed or labels.size == 0:
        raise InputError(
            f"an export takes a uint8 volume with three axes, not {labels.dtype} with shape "
            f"{labels.shape}; map its labels to phases first."
        )
    known = options.separator_side or source.separator_side
    if source.graded and known != source.separator_side:
        raise InputError(
            f"the volume is graded from the separator at its {source.separator_side} slice on; "
            "leave out --separator-side, or grade the twin from the other side."
        )
    view, edges = labels, source.voxel_size_um
    if known == "last":
        view = view[::-1]
    if options.through_axis == "x":
        view, edges = view.transpose((2, 1, 0)), (edges[2], edges[1], edges[0])
    laid_out: dict[str, Any] = {"periodic": source.periodic}
    if options.resample_um is not None:
        edge = min(edges) if options.resample_um == SMALLEST else float(options.resample_um)
        laid_out = _resampled(view.shape, edges, edge, source.periodic)
        edges = (edge, edge, edge)
    return ExportVolume(
        view=view,
        voxel_size_um=edges,
        pressing_axis=options.through_axis,
        reversed=known == "last",
        separator_known=known is not None,
        graded=source.graded,
        codes=source.codes,
        **laid_out,
    )


def _resampled(
    shape: tuple[int, ...], edges: Lengths, edge: float, periodic: bool | None
) -> dict[str, Any]:
    """Indices of the nearest voxels; the box may change by half a new voxel, to hold whole ones."""
    lengths = [n * old for n, old in zip(shape, edges, strict=True)]
    counts = [max(1, round(length / edge)) for length in lengths]
    if max(counts) > MOST_RESAMPLED or np.prod(counts, dtype=float) > MOST_RESAMPLED:
        raise InputError(
            f"resampled to {edge:g} um the volume would have {' x '.join(map(str, counts))} "
            "voxels; choose a larger edge (--resample)."
        )
    lookup = tuple(
        np.minimum(((np.arange(count) + 0.5) * edge / old + _ROUNDING).astype(np.intp), n - 1)
        for count, old, n in zip(counts, edges, shape, strict=True)
    )
    exact = all(
        abs(count * edge - length) < 1e-9 * length
        for count, length in zip(counts, lengths, strict=True)
    )
    return {
        "lookup": lookup,
        "resampled_from": (tuple(shape), edges),
        "periodic": periodic if exact else False,
    }
