"""The families of twins that a calibration can fit, by name."""

from __future__ import annotations

from typing import Literal, get_args

ModelName = Literal["low-parametric", "high-parametric"]
MODELS: tuple[ModelName, ...] = get_args(ModelName)
