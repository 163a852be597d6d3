"""What `explore` gives to a notebook: an object that displays itself."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import Plane
from napari_assb_twin.notebook.backend import check_ipywidgets, fields_of_the_notebook
from napari_assb_twin.notebook.exploration import Exploration
from napari_assb_twin.twin.curves import Curves
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.presets import DEMONSTRATION, preset
from napari_assb_twin.twin.realisation import Realisation


class Explorer:
    """The Morphology panel in a cell: sliders, a section of the volume, the exact curves.

    A cell that ends in it shows the panel; where no kernel is running, as on a page that only
    shows the notebook, the picture of it that was stored.

    Attributes
    ----------
    exploration
        The state behind the panel.
    panel
        Its fields and pictures.
    """

    def __init__(self, exploration: Exploration) -> None:
        self.exploration = exploration
        with fields_of_the_notebook():
            from napari_assb_twin.notebook.panel import Panel

            self.panel = Panel(exploration)

    @property
    def twin(self) -> Twin:
        """The current twin; it is immutable, a slider makes a new one."""
        return self.exploration.twin

    @twin.setter
    def twin(self, twin: Twin) -> None:
        self.exploration.set_twin(twin, "another twin")

    @property
    def realisation(self) -> Realisation | None:
        """The volume of which a section is shown; None where the box cannot hold the twin."""
        return self.exploration.realisation

    @property
    def curves(self) -> Curves:
        """The exact curves that are shown."""
        return self.exploration.curves

    def set_value(self, path: str, value: float | None) -> None:
        """Set one number as its slider would, for example ``"pore"`` or ``"X.length_um"``.

        Fractions stay one in sum; the other two keep their ratio.

        Raises
        ------
        InputError
            If there is no such number, or it cannot have this value; nothing has changed then.
        """
        self.exploration.set_value(path, value)

    def close(self) -> None:
        """Take the panel out of the notebook and free the memory of its volume.

        Without it a panel that was displayed lives until the kernel ends, with 18 bytes per voxel
        of Gaussian fields (38 MB for 128^3), more of chi-square ones.
        """
        self.panel.close()
        self.exploration.forget()

    def picture(self) -> NDArray[np.uint8]:
        """The section above its curves as it stands now, uint8 (rows, columns, 4)."""
        return np.concatenate(self.panel.pixels)

    def __repr__(self) -> str:
        fractions = ", ".join(
            f"{phase} {share:.3g}" for phase, share in self.twin.volume_fractions.items()
        )
        return f"<Explorer of a twin with {fractions}, seed {self.twin.seed}>"

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        """The live panel for a notebook, with a picture and a line for what cannot show it."""
        from napari_assb_twin.notebook.pictures import png

        self.panel.native.explorer = self  # alive as long as what is displayed
        bundle: dict[str, Any] = self.panel.native._repr_mimebundle_()
        still = base64.b64encode(png(self.picture())).decode("ascii")
        return {**bundle, "image/png": still, "text/plain": repr(self)}


def explore(twin: Twin | None = None, *, plane: Plane = "xz", device: str = "auto") -> Explorer:
    """Turn a twin in one's hands inside a notebook, on a server without a screen, too.

    Parameters
    ----------
    twin
        Where to start; default the demonstration twin.
    plane
        Section that is shown first: ``"xy"``, ``"xz"`` or ``"yz"``.
    device
        ``"auto"``, ``"cpu"`` or ``"cuda"``.

    Returns
    -------
    An object that a notebook displays as a panel; ``explorer.twin`` is the twin as it stands.

    Raises
    ------
    InputError
        If the plane or the device is unknown, ``twin`` is no twin, or there are no ipywidgets.
    """
    if twin is not None and not isinstance(twin, Twin):
        raise InputError(
            f"explore takes a twin, not {type(twin).__name__}; open a file with load_twin(path) "
            "or take a built-in one with preset(name)."
        )
    check_ipywidgets()
    return Explorer(Exploration(twin or preset(DEMONSTRATION), plane=plane, device=device))
