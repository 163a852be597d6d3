"""How a volume is made in blocks."""

from __future__ import annotations

from dataclasses import dataclass

from napari_assb_twin.twin.description import require, whole
from napari_assb_twin.twin.device import check_device


@dataclass(frozen=True, kw_only=True)
class BlockOptions:
    """How a volume is made in blocks; the voxels depend on the device alone, by rounding.

    Attributes
    ----------
    workers
        Tiles that are made at the same time, in threads; each takes the memory of one.
    scheduler
        Address of a dask scheduler whose workers make the tiles instead.
    restart
        Throw away what an earlier run has left, instead of going on from it.
    device
        ``"auto"``, ``"cpu"`` or ``"cuda"``; a volume that was begun on one is not gone on with on
        another.  On a cluster ``"auto"`` lets every worker take the one that it has.
    """

    workers: int = 1
    scheduler: str | None = None
    restart: bool = False
    device: str = "auto"

    def __post_init__(self) -> None:
        require(
            whole(self.workers) and self.workers >= 1,
            f"workers is {self.workers!r}; it must be a whole number, 1 or more.",
        )
        check_device(self.device)
