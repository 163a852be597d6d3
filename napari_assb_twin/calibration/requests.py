"""What a calibration can be asked for, and what the data cannot answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.parameters import FIELD_NAMES, Symmetry

ModelName = Literal["low-parametric", "high-parametric"]
MODELS: tuple[ModelName, ...] = get_args(ModelName)


def check_model(
    model: ModelName, fixed: Mapping[str, float | None], segmentation_error: bool
) -> None:
    """Refuse an unknown model, and what a high-parametric one has not."""
    if model not in MODELS:
        raise InputError(f"model is {model!r}; it must be one of {', '.join(MODELS)}.")
    if model == "low-parametric":
        return
    held = next((path for path in fixed if "." in path), None)
    if held is not None:
        raise InputError(
            f"A high-parametric twin has weights and no {held}; keep fractions only, or fit the "
            "low-parametric model."
        )
    if segmentation_error:
        raise InputError(
            "The free weights of a high-parametric twin follow wrong pixels as if they were fine "
            "structure; fit the segmentation error with the low-parametric model."
        )


def check_symmetry(symmetry: Symmetry, has_depth: bool, fixed: Mapping[str, float | None]) -> None:
    """Refuse an anisotropy of an isotropic twin, and one that plan views cannot tell."""
    anisotropies = [f"{name}.anisotropy" for name in FIELD_NAMES]
    if symmetry == "isotropic":
        if any(fixed.get(path, 1) != 1 for path in anisotropies):
            raise InputError(
                "An isotropic twin has anisotropy 1; choose the cylindrical symmetry or fix the "
                "anisotropies to 1."
            )
    elif not has_depth and not all(path in fixed for path in anisotropies):
        raise InputError(
            "Plan views (xy) say nothing about the pressing direction: add a cross-section (xz or "
            "yz), choose the isotropic symmetry, or fix X.anisotropy and Y.anisotropy."
        )
