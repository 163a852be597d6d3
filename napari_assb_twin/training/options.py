"""How a twin is trained: one immutable object, the same for Python, the command and the window."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, get_args

from napari_assb_twin.calibration.model_names import TRAINING_METHODS, TrainingMethod
from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.device import check_device, choose_backend

StartName = Literal["least-squares", "random"]
Threshold = Literal["straight-through", "soft"]

LARGEST_SEED = 2**64 - 1
_CALIBRATION = {"method", "correlated"}
"""What the calibration decides that a training is a part of."""

WIDTH = 32
"""Channels of the first layer of a discriminator; the paper's figure has 64."""


@dataclass(frozen=True, kw_only=True)
class TrainingOptions:
    """How a twin is trained.

    Attributes
    ----------
    method
        ``"simulated-coverage"``, ``"adversarial"`` or ``"combined"``: algorithms 1, 2 and 3.
    start
        The exact least squares, or a twin drawn at random.
    steps, learning_rate
        Number of steps of Adam and its first rate; None: 150 steps at 0.005 from least squares or
        a twin; 300 from a random start, at 0.035, 0.02 and 0.03 for the three methods.
    sections
        How many sections of each orientation are simulated in a step.
    threshold, tau
        See `thresholding`; ``tau`` None: 0.4 times the change of the field from pixel to pixel.
    width
        Channels of the first layer of each discriminator.
    discriminator_share
        Weight of the discriminators' loss beside that of the coverage in the combined method.  0.05
        lets the curves decide; 0.5 lets the discriminators lead the twin past a hill of the curves
        to where these are as good again (see docs/calibration.md).
    correlated
        Whether the correlation of the two fields is trained as well, our extension of the model
        (see `FieldPair`).
    device
        ``"auto"`` (CUDA where there is one), ``"cpu"`` or ``"cuda"``.

    Raises
    ------
    InputError
        If a number cannot be used.
    """

    method: TrainingMethod = "simulated-coverage"
    start: StartName = "least-squares"
    steps: int | None = None
    learning_rate: float | None = None
    sections: int = 8
    threshold: Threshold = "straight-through"
    tau: float | None = None
    width: int = WIDTH
    discriminator_share: float = 0.05
    correlated: bool = False
    device: str = "auto"

    def __post_init__(self) -> None:
        if self.method not in TRAINING_METHODS:
            raise InputError(
                f"method is {self.method!r}; training knows {', '.join(TRAINING_METHODS)}."
            )
        for what, value in (("start", self.start), ("threshold", self.threshold)):
            allowed = get_args(StartName if what == "start" else Threshold)
            if value not in allowed:
                raise InputError(f"{what} is {value!r}; it must be one of {', '.join(allowed)}.")
        check_device(self.device)
        for name, least in (("steps", 1), ("sections", 1), ("width", 4)):
            number = getattr(self, name)
            if number is not None and number < least:
                raise InputError(f"{name} is {number}; it must be {least} or more.")
        for name in ("learning_rate", "tau", "discriminator_share"):
            number = getattr(self, name)
            if number is not None and not 0 < number < math.inf:
                raise InputError(f"{name} is {number:g}; it must be positive and finite.")

    @property
    def uses_coverage(self) -> bool:
        """Whether the loss holds the two-point coverage."""
        return self.method != "adversarial"

    @property
    def uses_discriminator(self) -> bool:
        """Whether the loss holds that of a discriminator."""
        return self.method != "simulated-coverage"

    @property
    def number_of_steps(self) -> int:
        """Steps of the run."""
        return self.steps or (300 if self.start == "random" else 150)

    @property
    def first_rate(self) -> float:
        """Learning rate of the first step."""
        if self.learning_rate is not None:
            return self.learning_rate
        return _RANDOM_RATES[self.method] if self.start == "random" else 0.005

    def on_device(self) -> TrainingOptions:
        """The same with the device that ``"auto"`` means here.

        Raises
        ------
        InputError
            If CUDA is asked for and there is none.
        """
        return replace(self, device=choose_backend(self.device).name)

    def document(self) -> dict[str, Any]:
        """What makes a difference to the result, as a JSON object."""
        told = asdict(self)
        return {**told, "steps": self.number_of_steps, "learning_rate": self.first_rate}


_RANDOM_RATES = {"simulated-coverage": 0.035, "adversarial": 0.02, "combined": 0.03}

OPTIONS = tuple(one.name for one in fields(TrainingOptions) if one.name not in _CALIBRATION)
"""What the user of a calibration may choose for its training."""


def check_seed(seed: int) -> None:
    """Refuse a seed that is too large for the random numbers of torch."""
    if seed > LARGEST_SEED:
        raise InputError(f"The seed is {seed}; a training takes one up to {LARGEST_SEED}.")
