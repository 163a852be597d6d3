"""A picture of the whole window, once everything in it is drawn."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qtpy.QtCore import QCoreApplication, QEvent
from qtpy.QtWidgets import QApplication

from napari_assb_twin.errors import InputError
from napari_assb_twin.movie import write_png
from napari_assb_twin.workspace.widget import TwinWorkspace


def take_picture(
    viewer: Any,
    workspace: TwinWorkspace,
    path: Path,
    size: tuple[int, int],
    patience_seconds: float,
) -> None:
    """Wait for the full volume and its curves, write the window as PNG, and close it.

    Raises
    ------
    InputError
        If the volume is refused or the file cannot be written.
    """
    refusals: list[str] = []
    workspace.controller.refused.connect(refusals.append)
    viewer.window.resize(*size)
    try:
        wait_until_drawn(workspace, refusals, patience_seconds)
        viewer.screenshot(path=None, canvas_only=False, flash=False)  # settles the layout
        picture = viewer.screenshot(path=None, canvas_only=False, flash=False)
    finally:
        workspace.shutdown()
        viewer.close()
        # let go of the window before the interpreter does
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QApplication.processEvents()
    write_png(path, picture)


def wait_until_drawn(
    workspace: TwinWorkspace, refusals: Sequence[str] = (), patience_seconds: float = 120.0
) -> None:
    """Let events pass until nothing is being made any more.

    Raises
    ------
    InputError
        If the volume is refused or takes too long.
    """
    end = time.monotonic() + patience_seconds
    settled = 0
    while settled < 5:
        QApplication.processEvents()
        time.sleep(0.02)
        done = workspace.controller.realisation is not None and not workspace.busy
        settled = settled + 1 if done else 0
        if refusals and workspace.controller.realisation is None:
            raise InputError(refusals[0])
        if time.monotonic() > end:
            raise InputError(f"The volume took more than {patience_seconds:.0f} s to draw.")
