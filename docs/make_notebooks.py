"""Write the notebooks of the documentation and execute them.

On a machine without a screen::

    xvfb-run -a -s "-screen 0 1920x1080x24" python docs/make_notebooks.py

A notebook is kept without what tells of the machine it ran on: times, versions, the state of live
widgets; its pictures have a palette, so that they are small.  Take PyQt6: on PyQt5 napari warns
of its age over the canvas.
"""

from __future__ import annotations

import asyncio
import base64
import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from PIL import Image

NOTEBOOKS = Path(__file__).parent / "notebooks"
COLOURS = 128
WIDEST = 900
PATIENCE_SECONDS = 300
NUDGE_SECONDS = 3
LIVE = "application/vnd.jupyter.widget-view+json"


@dataclass(frozen=True)
class Cell:
    """What a cell holds: Markdown or code."""

    source: str
    is_code: bool = True


EXPLORE = (
    Cell(
        """# A cathode in a notebook

The Morphology panel of the workspace, inline: drag a slider and the section and its curves follow.
It needs no screen, so it runs on a server as well; install it with
`pip install "napari-assb-twin[notebook]"`.

(A page that only shows this notebook shows still pictures; run it to drag.)""",
        is_code=False,
    ),
    Cell(
        """import napari_assb_twin as nat

explorer = nat.explore()  # or nat.explore(nat.load_twin("cathode.twin.json"), plane="xy")
explorer"""
    ),
    Cell(
        """The picture is a section of the volume that `nat.generate(explorer.twin)` makes, in the
colours of the paper: pore black, active material (CAM) red, solid electrolyte (SE) grey. Below are
the exact two-point coverage curves of the model, which need no volume; tick *this volume, too* to
lay those of the volume over them.

Whatever a slider does can be done in words. Fractions stay one in sum, the other two keep their
ratio:""",
        is_code=False,
    ),
    Cell(
        """explorer.set_value("pore", 0.25)
explorer.set_value("X.length_um", 1.2)
dict(explorer.twin.volume_fractions.items())"""
    ),
    Cell("explorer"),
    Cell(
        """`explorer.twin` is the twin as it stands, for everything else that takes one:""",
        is_code=False,
    ),
    Cell(
        """volume = nat.generate(explorer.twin)
curves = nat.coverage(explorer.twin, lags_um=[0.0, 0.5, 1.0])
print(volume.shape, volume.dtype)
print(curves["pore", "pore"].round(4))"""
    ),
    Cell("What cannot be is said in a sentence, and nothing changes:", is_code=False),
    Cell(
        """try:
    explorer.set_value("X.smoothness", 0.1)
except nat.InputError as error:
    print(error)"""
    ),
)

DESKTOP = (
    Cell(
        """# The desktop window from a notebook

Where the kernel runs on a machine with a screen, `nat.view` opens napari with the whole workspace.
The window and the notebook share one kernel: drag in the window, compute in the cells.""",
        is_code=False,
    ),
    Cell(
        """import napari_assb_twin as nat

viewer, workspace = nat.view(nat.preset("pressed"))"""
    ),
    Cell(
        """napari starts Qt's event loop by itself, as `%gui qt` does, so the window lives between
cells. Everything in it can be done from here as well; `wait_until_drawn` waits for the full
volume:""",
        is_code=False,
    ),
    Cell(
        """from napari_assb_twin.workspace.picture import wait_until_drawn

workspace.controller.set_value("pore", 0.2)
wait_until_drawn(workspace)
workspace.controller.twin.volume_fractions"""
    ),
    Cell(
        """from PIL import Image

Image.fromarray(viewer.screenshot(canvas_only=False, flash=False)).convert("RGB")"""
    ),
    Cell(
        """Both at once: the inline panel and the window do not disturb each other. Hand the twin
over in either direction.""",
        is_code=False,
    ),
    Cell(
        """explorer = nat.explore(workspace.controller.twin)
explorer.set_value("X.length_um", 1.0)
workspace.controller.adopt(explorer.twin, "the notebook")
wait_until_drawn(workspace)
workspace.controller.twin == explorer.twin"""
    ),
    Cell("Close the window as any other, or from here:", is_code=False),
    Cell(
        """workspace.shutdown()
viewer.close()"""
    ),
)

ALL = {"explore": EXPLORE, "desktop": DESKTOP}


def notebook(name: str) -> NotebookNode:
    """One of the notebooks, not executed."""
    cells = []
    for number, cell in enumerate(ALL[name]):
        make = nbformat.v4.new_code_cell if cell.is_code else nbformat.v4.new_markdown_cell
        cells.append(make(cell.source, id=f"{name}-{number}"))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def executed(name: str, folder: Path, environment: Mapping[str, str] = os.environ) -> NotebookNode:
    """One of the notebooks, executed by a kernel that works in ``folder``."""
    node = notebook(name)
    client = NotebookClient(
        node,
        timeout=PATIENCE_SECONDS,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
    )
    client.on_cell_execute = Nudge(client)
    client.execute(env=dict(environment))
    return slim(node)


class Nudge:
    """Asks the kernel for its name again and again while a cell is waiting.

    ipykernel can miss a request that comes just while it enters Qt's event loop; the next one
    wakes it up.
    """

    def __init__(self, client: NotebookClient) -> None:
        self._client = client
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, **cell: object) -> None:
        """A cell is about to be sent."""
        if self._task is not None:
            self._task.cancel()
        self._task = asyncio.create_task(self._ask())

    async def _ask(self) -> None:
        await asyncio.sleep(NUDGE_SECONDS)
        while self._client.kc is not None:
            self._client.kc.kernel_info()
            await asyncio.sleep(NUDGE_SECONDS)


def slim(node: NotebookNode) -> NotebookNode:
    """The notebook without what tells of its machine, its pictures with a palette."""
    node.metadata.pop("widgets", None)
    node.metadata["language_info"] = {"name": "python"}
    for cell in node.cells:
        if cell.cell_type == "code":
            cell.outputs = [one for one in cell.outputs if one.get("name") != "stderr"]
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            data.pop(LIVE, None)
            if "image/png" in data:
                data["image/png"] = _small(data["image/png"])
                data.pop("image/jpeg", None)
    return node


def _small(picture: str) -> str:
    with Image.open(io.BytesIO(base64.b64decode(picture))) as full:
        small = full.convert("RGB")
    if small.width > WIDEST:
        small = small.resize((WIDEST, round(small.height * WIDEST / small.width)))
    small = small.quantize(COLOURS, dither=Image.Dither.NONE)
    with io.BytesIO() as file:
        small.save(file, format="PNG", optimize=True)
        return base64.b64encode(file.getvalue()).decode("ascii")


def main() -> None:
    """Write every notebook."""
    NOTEBOOKS.mkdir(exist_ok=True)
    for name in ALL:
        nbformat.write(executed(name, NOTEBOOKS), NOTEBOOKS / f"{name}.ipynb")
        print(f"{name}.ipynb")


if __name__ == "__main__":
    main()
