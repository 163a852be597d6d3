"""In a running kernel: the window lives between cells, the inline panel hears the browser."""

from __future__ import annotations

import os
import queue
import sys
import time
from collections.abc import Iterator

import pytest
from jupyter_client import BlockingKernelClient, KernelManager

PATIENCE_SECONDS = 120


@pytest.fixture
def kernel() -> Iterator[BlockingKernelClient]:
    """A client of a fresh kernel."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=PATIENCE_SECONDS)
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel()


def value(client: BlockingKernelClient, code: str) -> str:
    """What a cell prints.

    ipykernel can miss a request that comes just while it enters Qt's event loop; another one wakes
    it up.
    """
    printed: list[str] = []
    request = client.execute(code)
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        assert time.monotonic() < end, code
        try:
            message = client.get_iopub_msg(timeout=3)
        except queue.Empty:
            client.kernel_info()
            continue
        if message["parent_header"].get("msg_id") != request:
            continue
        kind, content = message["msg_type"], message["content"]
        assert kind != "error", content
        if kind == "stream" and content["name"] == "stdout":
            printed.append(content["text"])
        if kind == "status" and content["execution_state"] == "idle":
            return "".join(printed).strip()


def until(client: BlockingKernelClient, expression: str) -> None:
    """Ask again and again; nothing in the cell itself lets Qt's events pass."""
    end = time.monotonic() + PATIENCE_SECONDS
    while value(client, f"print(bool({expression}))") != "True":
        assert time.monotonic() < end, expression
        time.sleep(0.2)


@pytest.mark.skipif(
    sys.platform == "linux" and not os.environ.get("DISPLAY"),
    reason="there is no screen (DISPLAY is not set); run behind xvfb-run -a",
)
@pytest.mark.parametrize("first", ["", "%gui qt\n"])
def test_the_window_lives_between_cells(kernel, first):
    value(
        kernel,
        first
        + "from dataclasses import replace\n"
        + "import napari_assb_twin as nat\n"
        + "twin = replace(nat.preset('pressed'), grid=nat.Grid(shape=(48, 48, 48)))\n"
        + "explorer = nat.explore(twin)\n"
        + "viewer, workspace = nat.view(explorer.twin)",
    )
    until(kernel, "workspace.controller.realisation")
    value(kernel, "workspace.controller.set_value('pore', 0.3)")
    until(
        kernel,
        "workspace.controller.realisation.twin == workspace.controller.twin and not workspace.busy",
    )
    value(kernel, "explorer.panel.rows['pore'].slider.native.value = 500")
    assert value(kernel, "print(explorer.twin.volume_fractions.pore)") == "0.455"
    value(kernel, "workspace.shutdown(); viewer.close()")


def test_a_slider_dragged_in_the_browser_moves_the_twin(kernel):
    value(
        kernel,
        "from dataclasses import replace\n"
        "import napari_assb_twin as nat\n"
        "twin = replace(nat.preset('pressed'), grid=nat.Grid(shape=(32, 32, 32)))\n"
        "explorer = nat.explore(twin)",
    )
    model = value(kernel, "print(explorer.panel.rows['pore'].slider.native.model_id)")
    data = {"method": "update", "state": {"value": 500}, "buffer_paths": []}
    message = kernel.session.msg("comm_msg", {"comm_id": model, "data": data})
    kernel.shell_channel.send(message)
    assert value(kernel, "print(explorer.twin.volume_fractions.pore)") == "0.455"
