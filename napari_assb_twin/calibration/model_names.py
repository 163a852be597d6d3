"""The families of twins that a calibration can fit, and its methods, by name."""

from __future__ import annotations

from typing import Literal, get_args

ModelName = Literal["low-parametric", "high-parametric"]
MODELS: tuple[ModelName, ...] = get_args(ModelName)

TrainingMethod = Literal["simulated-coverage", "adversarial", "combined"]
TRAINING_METHODS: tuple[TrainingMethod, ...] = get_args(TrainingMethod)
Method = Literal["coverage", TrainingMethod]
METHODS: tuple[Method, ...] = ("coverage", *TRAINING_METHODS)
