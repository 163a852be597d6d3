"""Opening napari with the workspace docked: for scripts, the command, and pictures."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.parameters import Twin

if TYPE_CHECKING:
    import napari

    from napari_assb_twin.workspace.widget import TwinWorkspace

TITLE = "ASSB Twin"
WINDOW_SIZE = (1600, 1000)
PATIENCE_SECONDS = 120.0
"""How long a picture waits for the full volume and its curves."""


def view(
    twin: Twin | None = None,
    *,
    files: Sequence[str | os.PathLike[str]] = (),
    show: bool = True,
) -> tuple[napari.viewer.Viewer, TwinWorkspace]:
    """Open a viewer with the workspace docked.

    Parameters
    ----------
    twin
        The twin to show; default the demonstration twin.
    files
        Sessions and twin files to open, and images for the Data panel.
    show
        Whether the window is shown.

    Returns
    -------
    The viewer and the workspace.

    Raises
    ------
    InputError
        If there is no screen or no Qt binding, or a twin file or a session is at fault.
    """
    check_screen()
    from napari_assb_twin.session.session_file import SUFFIX, load_session

    paths = [Path(file) for file in files]
    session, name = None, ""
    sessions = [path for path in paths if path.name.endswith(SUFFIX)]
    if sessions:
        session, name = load_session(sessions[-1]), sessions[-1].name
        paths, twin = [path for path in paths if path not in sessions], twin or session.twin
    twins = [path for path in paths if path.name.endswith(".json")]
    if twins and twin is None:
        from napari_assb_twin.twin.twin_file import load_twin

        twin, paths = load_twin(twins[-1]), [path for path in paths if path not in twins]
    from napari_assb_twin.workspace.adapter import enlarge, new_viewer
    from napari_assb_twin.workspace.widget import TwinWorkspace

    viewer = new_viewer(show=show, title=TITLE)
    workspace = TwinWorkspace(viewer, twin)
    viewer.window.add_dock_widget(workspace, name="ASSB Twin workspace", area="right")
    enlarge(viewer, *WINDOW_SIZE)
    if session is not None:
        workspace.show_session(session, name)
    if paths:
        workspace.open_files(paths)
    return viewer, workspace


def run_view(files: Sequence[str | os.PathLike[str]] = (), screenshot: Path | None = None) -> int:
    """Open the workspace until its window is closed; the exit code.

    With ``screenshot`` the whole window is written to that PNG once the full volume is drawn.

    Raises
    ------
    InputError
        As `view`; or if the picture cannot be written or no volume can be made.
    """
    if screenshot is not None and not screenshot.absolute().parent.is_dir():
        raise InputError(f"There is no folder {screenshot.parent} for the picture; create it.")
    viewer, workspace = view(files=files)
    if screenshot is None:
        from napari_assb_twin.workspace.adapter import run_event_loop

        run_event_loop()
        return 0
    from napari_assb_twin.workspace.picture import take_picture

    take_picture(viewer, workspace, screenshot, WINDOW_SIZE, PATIENCE_SECONDS)
    return 0


def check_screen() -> None:
    """Refuse, in one sentence, where no window can be opened."""
    try:
        import qtpy.QtWidgets  # noqa: F401
    except ImportError as error:  # qtpy raises subclasses of it
        raise InputError(
            "No Qt binding can be loaded; install one with pip install "
            f"'napari-assb-twin[pyqt6]' or [pyqt5] ({error})."
        ) from error
    headless = os.environ.get("QT_QPA_PLATFORM") or os.environ.get("WAYLAND_DISPLAY")
    if sys.platform == "linux" and not os.environ.get("DISPLAY") and not headless:
        raise InputError(
            "There is no screen (DISPLAY is not set); run the command on a desktop, or behind "
            "xvfb-run -a for --screenshot."
        )
