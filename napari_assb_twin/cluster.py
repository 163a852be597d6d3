"""Reaching a dask cluster by the address of its scheduler."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from napari_assb_twin.errors import InputError

CONNECT_SECONDS = 10
"""How long a dask scheduler may take to answer."""


@contextmanager
def client_of(address: str) -> Iterator[Any]:
    """A client of the scheduler, which has workers.

    Raises
    ------
    InputError
        If dask is not installed, or the scheduler does not answer or has no workers.
    """
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        raise InputError(
            "A dask cluster needs the package distributed; install it with "
            "pip install 'napari-assb-twin[cluster]'."
        ) from None
    try:
        client = distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError):
        raise InputError(
            f"No dask scheduler answers at {address}; check the address, as tcp://host:8786, and "
            "that it is running."
        ) from None
    with client:
        if not client.nthreads():
            raise InputError(f"The dask scheduler at {address} has no workers; start some.")
        yield client
