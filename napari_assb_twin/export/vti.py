"""VTK image data: phases as cell data, in metres, as ParaView, PuMA and open_iA take them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from napari_assb_twin.export.facts import Export
from napari_assb_twin.export.progress import Steps
from napari_assb_twin.export.raw import append_planes, large_file
from napari_assb_twin.export.readme import write_readme

ARRAY = "phase"
"""Name of the cell data."""


def write_vti(folder: Path, export: Export) -> Steps[tuple[str, ...]]:
    """One file, not compressed: a header, and the voxels appended to it."""
    from pyevtk.vtk import VtkFile, VtkImageData

    volume, name = export.volume, f"{export.stem}.vti"
    nz, ny, nx = volume.shape
    z, y, x = (float(f"{edge * 1e-6:.12g}") for edge in volume.voxel_size_um)
    start, end = (0, 0, 0), (nx, ny, nz)
    file = VtkFile(str(folder / export.stem), VtkImageData)
    with closing(file.xml.stream) as stream:
        file.openGrid(start=start, end=end, origin=(0.0, 0.0, 0.0), spacing=(x, y, z))
        file.openPiece(start=start, end=end)
        file.openData("Cell", scalars=ARRAY)
        file.addHeader(ARRAY, "uint8", volume.size, 1)
        file.closeData("Cell")
        file.closePiece()
        file.closeGrid()
        file.appendHeader("uint8", volume.size, 1)
        yield from append_planes(stream, volume, f"Writing {name}")
        file.save()
    notes = (
        f"Phases are cell data under the name {ARRAY!r}; spacing and origin are in metres, the "
        "origin is the corner of the box; x is the fastest axis.",
    )
    write_readme(folder, export, name, notes)
    return large_file(name, volume)
