"""What a calibration is asked for, checked against what the data can answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from napari_assb_twin.calibration.assignment import scarcer
from napari_assb_twin.calibration.fitted import Model
from napari_assb_twin.calibration.free_parameters import Box, fixed_fractions
from napari_assb_twin.calibration.lags import LagData
from napari_assb_twin.calibration.least_squares import LowParametricModel
from napari_assb_twin.calibration.model_names import MODELS, ModelName
from napari_assb_twin.calibration.spectral_model import CORRELATED_WEIGHTS, HighParametricModel
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.section_statistics import grouped
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.twin.parameters import (
    FIELD_CORRELATION,
    FIELD_NAMES,
    Correlation,
    FieldName,
    RandomField,
    Symmetry,
    Twin,
    check_path,
)
from napari_assb_twin.twin.phases import PHASES, Phase


@dataclass(frozen=True, kw_only=True)
class Request:
    """The family of twins to fit; see `calibration` for its parts.

    Raises
    ------
    InputError
        If the parts contradict each other.
    """

    model: ModelName
    symmetry: Symmetry
    first_phase: Phase | None
    second_phase: Phase | None
    kinds: Mapping[FieldName, RandomField]
    fixed: Mapping[str, float | None]
    segmentation_error: bool
    correlated_fields: bool = False
    trained: bool = False

    def __post_init__(self) -> None:
        for path in self.fixed:
            check_path(path)
        if self.model not in MODELS:
            raise InputError(f"model is {self.model!r}; it must be one of {', '.join(MODELS)}.")
        if self.model == "high-parametric":
            self._check_weights()
        if self.correlated_fields or self.fixed.get(FIELD_CORRELATION):
            self._check_pair()
        if self.trained and self.segmentation_error:
            raise InputError(
                "A training simulates sections without wrong pixels; fit the segmentation error "
                "with the method coverage."
            )
        if self.symmetry == "isotropic" and any(self.fixed.get(p, 1) != 1 for p in ANISOTROPIES):
            raise InputError(
                "An isotropic twin has anisotropy 1; choose the cylindrical symmetry or fix the "
                "anisotropies to 1."
            )
        if self.first_phase is not None and self.first_phase == self.second_phase:
            raise InputError("The first and the second phase are the same; choose two phases.")
        fixed_fractions(dict.fromkeys(PHASES, 1 / 3), self.fixed)

    def _check_weights(self) -> None:
        numbers = {
            path: value
            for path, value in self.fixed.items()
            if path not in PHASES and not (path == FIELD_CORRELATION and not value)
        }
        held = next(iter(numbers), None)
        if held is not None:
            raise InputError(
                f"A high-parametric twin has weights and no {held}; keep fractions only, or fit "
                "the low-parametric model."
            )
        if self.segmentation_error:
            raise InputError(
                "The free weights of a high-parametric twin follow wrong pixels as if they were "
                "fine structure; fit the segmentation error with the low-parametric model."
            )

    def _check_pair(self) -> None:
        if self.model == "high-parametric":
            raise InputError(CORRELATED_WEIGHTS)
        if any(kind.degrees_of_freedom or kind.tail != "upper" for kind in self.kinds.values()):
            raise InputError(
                "Only two Gaussian fields cut at their upper tails can be correlated; choose "
                "Gaussian fields, or keep them independent."
            )

    def check_planes(self, stacks: Sequence[SectionStack]) -> None:
        """Refuse an anisotropy that plan views cannot tell, and pixels that no training knows."""
        if (
            self.trained
            and len({size for kind, size in grouped(stacks) if kind != "plan view"}) > 1
        ):
            raise InputError(
                "A training needs voxels with equal edges in the plane (x and y); resample the "
                "volume, or fit it with the method coverage."
            )
        if self.symmetry == "isotropic" or has_depth(stacks):
            return
        if not all(path in self.fixed for path in ANISOTROPIES):
            remedy = (
                "choose the isotropic symmetry"
                if self.model == "high-parametric"
                else "choose the isotropic symmetry, or fix X.anisotropy and Y.anisotropy"
            )
            raise InputError(
                "Plan views (xy) say nothing about the pressing direction: add a cross-section (xz "
                f"or yz), or {remedy}."
            )

    @property
    def firsts(self) -> tuple[Phase, ...]:
        """The phases that may be cut first."""
        if self.first_phase is not None:
            return (self.first_phase,)
        return tuple(phase for phase in PHASES if phase != self.second_phase)

    def family(self, first: Phase, data: LagData) -> Model:
        """What is fitted with a phase cut first."""
        template = self._template(first, data)
        if self.model == "high-parametric":
            return HighParametricModel(template, self.fixed)
        box = Box(data.pixel_um, float(np.hypot(data.h_r_um, data.h_z_um).max()))
        return LowParametricModel(
            template, self.fixed, box, segmentation_error=self.segmentation_error
        )

    def second(self, first: Phase, data: LagData) -> Phase:
        """The phase cut second: the scarcer of the two that are left, if none is asked for."""
        return self.second_phase or scarcer(data.volume_fractions, first)

    def _template(self, first: Phase, data: LagData) -> Twin:
        twin = Twin(
            volume_fractions=fixed_fractions(data.volume_fractions, self.fixed),
            X=replace(self.kinds.get("X", RandomField()), correlation=Correlation()),
            Y=replace(self.kinds.get("Y", RandomField()), correlation=Correlation()),
            symmetry=self.symmetry,
            first_phase=first,
            second_phase=self.second(first, data),
            field_correlation=self.fixed.get(FIELD_CORRELATION) or 0.0,
        )
        for name in FIELD_NAMES:
            own = {p[2:]: value for p, value in self.fixed.items() if p.startswith(f"{name}.")}
            twin = twin.with_correlation(name, **own)
        return twin


ANISOTROPIES = tuple(f"{name}.anisotropy" for name in FIELD_NAMES)


def has_depth(stacks: Sequence[SectionStack]) -> bool:
    """Whether any section contains the pressing direction."""
    return any(stack.plane != "xy" for stack in stacks)
