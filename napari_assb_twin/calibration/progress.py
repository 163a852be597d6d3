"""What a calibration tells while it runs."""

from __future__ import annotations

from dataclasses import dataclass

from napari_assb_twin.twin.parameters import Twin


@dataclass(frozen=True)
class Progress:
    """One step of a long computation.

    ``twin`` and ``misfit`` (root mean square of the curves) are the best so far, where known.
    """

    step: int
    total: int
    message: str
    twin: Twin | None = None
    misfit: float | None = None
