"""The GeoPy macro that imports an exported volume into GeoDict, so that nothing is typed.

Its command and keys are those of an import with one threshold that was recorded in GeoDict 2026
and published; the ones of an import with several thresholds are not public, and are left for the
user to record.  The macro was not run in GeoDict.
"""

from __future__ import annotations

from collections.abc import Mapping

_MACRO = '''\
# Imports the volume beside this file into GeoDict. Written by napari-assb-twin.
#
# It was not run in GeoDict: its keys are those of an import that was recorded in GeoDict 2026.
# Compare the volume fraction that GeoDict shows with README_geodict.txt.

Header = {{"Release": "2026"}}

Description = "Imports one phase of a cathode as a structure of two materials"

Variables = []

# What to import: {choices}, each against everything else,
# or "all" for the three phases at once, once the keys below are recorded.
PHASE = "active_material"

# THREE PHASES: paste recorded keys here. GeoDict's keys for several thresholds are not public.
# Record one import of the RAW file with the thresholds 0.5 and 1.5 (Macro > Start Macro
# Recording), and copy the keys that follow 'ThresholdValue' and the materials from it.
RECORDED_KEYS = {{}}

FILES = {files}
NAMES = {names}
NX, NY, NZ = {nx}, {ny}, {nz}
VOXEL_LENGTH = {metres!r}  # metres


def import_arguments(phase, folder):
    """Arguments of one import; the path has forward slashes."""
    arguments = {{
        "FileName": folder.replace("\\\\", "/").rstrip("/") + "/" + FILES[phase],
        "DimensionX": NX,
        "DimensionY": NY,
        "DimensionZ": NZ,
        "CutImage": False,
        "CutStartX": 1,
        "CutStartY": 1,
        "CutStartZ": 1,
        "CutLengthX": NX,
        "CutLengthY": NY,
        "CutLengthZ": NZ,
        "VoxelLength": VOXEL_LENGTH,
        "ResampleToVoxel": True,
        "HeaderSize": 0,
        "ThresholdValue": 0.5,
        "IsRawFile": True,
        "IsBigEndian": False,
        "ImageDimensions": "Auto",
        "Material00": {{"Type": "Fluid", "Name": "Air", "Information": "everything else"}},
        "Material01": {{"Type": "Solid", "Name": "Manual", "Information": NAMES[phase]}},
    }}
    if phase == "all":
        arguments.update(RECORDED_KEYS)
    return arguments


def main():
    """Import what PHASE says."""
    if PHASE not in FILES:
        raise ValueError("PHASE is %r; it must be one of %s" % (PHASE, ", ".join(FILES)))
    if PHASE == "all" and not RECORDED_KEYS:
        raise ValueError("RECORDED_KEYS is empty; record an import with two thresholds first")
    # GeoDict gives gd to its macros
    arguments = import_arguments(PHASE, gd.getMacroFileFolder())
    gd.runCmd("ImportGeoVol:Import", arguments, Header["Release"])


# GeoDict does not run a macro as "__main__"
main()
'''


def macro(
    *,
    raw: str,
    masks: Mapping[str, tuple[str, str]],
    shape: tuple[int, int, int],
    edge_um: float,
) -> str:
    """Text of the macro.

    Parameters
    ----------
    raw
        Name of the RAW file with ids 0, 1, 2, beside the macro.
    masks
        Name of the phase in the macro: file of its mask, 0 and 1, with a forward slash; what the
        phase is called.
    shape
        Voxels (z, y, x) of the files.
    edge_um
        Voxel length in micrometres.
    """
    nz, ny, nx = shape
    files = {phase: file for phase, (file, _) in masks.items()} | {"all": raw}
    names = {phase: name for phase, (_, name) in masks.items()} | {"all": "active material"}
    return _MACRO.format(
        choices=" or ".join(f'"{phase}"' for phase in masks),
        files=_block(files),
        names=_block(names),
        nx=nx,
        ny=ny,
        nz=nz,
        metres=float(f"{edge_um * 1e-6:.12g}"),
    )


def _block(mapping: Mapping[str, str]) -> str:
    """A dict over several lines; names of files cannot break out of it."""
    lines = "".join(f"    {key!r}: {value!r},\n" for key, value in mapping.items())
    return f"{{\n{lines}}}"
