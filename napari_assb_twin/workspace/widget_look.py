"""Figures in the colours of a widget, at the resolution of its screen."""

from __future__ import annotations

from collections.abc import Mapping

from qtpy.QtWidgets import QWidget

from napari_assb_twin.report.look import PAPER, Look
from napari_assb_twin.twin.phases import Phase

DPI = 100.0


def look_of(widget: QWidget, phases: Mapping[Phase, str] = PAPER) -> Look:
    """The look of a widget that has been styled; ``phases`` are the colours of the phases."""
    widget.ensurePolished()
    palette = widget.palette()
    ink = palette.color(widget.foregroundRole())
    paper = palette.color(widget.backgroundRole())
    dark = ink.lightness() > 128
    return Look(
        ink=ink.name(),
        paper=paper.name() if paper.lightness() < 128 or not dark else "#262930",
        faint="#6d7580" if dark else Look.faint,
        data="#56b4e9" if dark else Look.data,
        phases=phases,
        dpi=DPI * widget.devicePixelRatioF(),
    )
