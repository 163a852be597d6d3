"""The GeoPy macros that import exported volumes into GeoDict, so that nothing is typed.

Its command and keys are those of an import with one threshold that was recorded in GeoDict 2026
and published; the ones of an import with several thresholds are not public, and are left for the
user to record.  The macros were not run in GeoDict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_IMPORTS = '''\
# Imports {what} into GeoDict. Written by napari-assb-twin.
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


'''

_ONE = '''
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


_MANY = '''
# The volumes: one sub-folder beside this file each, named by scenario and realisation.
VOLUMES = {volumes}

# WHAT TO DO WITH EACH: paste recorded commands here, as ("Module:Command", {{its arguments}}).
# Record them once on one imported volume. A "ResultFileName" is replaced by one that names the
# scenario, so that "assb-twin collect" can join tables made of the results.
COMMANDS = []


def run_on(volume, folder):
    """Import a volume and run the commands on it."""
    arguments = import_arguments(PHASE, folder + "/" + volume)
    gd.runCmd("ImportGeoVol:Import", arguments, Header["Release"])
    for number, (command, recorded) in enumerate(COMMANDS, 1):
        arguments = dict(recorded)
        if "ResultFileName" in arguments:
            name = "%s_%02d_%s.gdr" % (volume, number, command.replace(":", "_"))
            arguments["ResultFileName"] = name
        gd.runCmd(command, arguments, Header["Release"])


def main():
    """Run the commands on every volume."""
    if PHASE not in FILES:
        raise ValueError("PHASE is %r; it must be one of %s" % (PHASE, ", ".join(FILES)))
    if PHASE == "all" and not RECORDED_KEYS:
        raise ValueError("RECORDED_KEYS is empty; record an import with two thresholds first")
    if not COMMANDS:
        raise ValueError("COMMANDS is empty; record what is to be computed first")
    for volume in VOLUMES:
        run_on(volume, gd.getMacroFileFolder())


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
    """Text of the macro that imports the volume beside it.

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
    imports = _imports("the volume beside this file", raw, masks, shape, edge_um)
    return imports + _ONE


def looping_macro(
    volumes: Sequence[str],
    *,
    raw: str,
    masks: Mapping[str, tuple[str, str]],
    shape: tuple[int, int, int],
    edge_um: float,
) -> str:
    """Text of the macro that imports volumes one after the other and runs commands on each.

    Parameters
    ----------
    volumes
        Names of the sub-folders beside the macro, one a volume.
    raw, masks, shape, edge_um
        As for `macro`, the same in each sub-folder.
    """
    imports = _imports("volumes one after the other", raw, masks, shape, edge_um)
    listed = "".join(f"    {volume!r},\n" for volume in volumes)
    return imports + _MANY.format(volumes=f"[\n{listed}]")


def _imports(
    what: str,
    raw: str,
    masks: Mapping[str, tuple[str, str]],
    shape: tuple[int, int, int],
    edge_um: float,
) -> str:
    """What a macro imports, and the arguments of one import."""
    nz, ny, nx = shape
    files = {phase: file for phase, (file, _) in masks.items()} | {"all": raw}
    names = {phase: name for phase, (_, name) in masks.items()} | {"all": "active material"}
    return _IMPORTS.format(
        what=what,
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
