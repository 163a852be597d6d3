"""The text that goes with a volume for GeoDict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from napari_assb_twin.export.facts import Export
from napari_assb_twin.export.readme import PERIODIC, directions
from napari_assb_twin.export.verdict_text import verdict_text
from napari_assb_twin.twin.phases import LONG_NAMES

_TEXT = """\
VOLUME FOR GEODICT, written by napari-assb-twin

The formats follow GeoDict's public user guide. Neither the files nor the macro were run in GeoDict:
compare the volume fractions (step 6) before you use the structure.


NUMBERS TO TYPE

  NX, NY, NZ     {NX}, {NY}, {NZ}
  Voxel length   {um} um  =  {nm} nm  =  {m} m
  Header size    0
  Data type      1 byte integer; Big Endian off
  Thresholds     64 and 191 for the TIFF stack;  0.5 and 1.5 for the RAW file


FILES

  TIFF stack     {stack}
                 8 bit grey, one slice per voxel along Z
  RAW            {raw}
                 {bytes} bytes; x fastest, then y, z slowest; values are the material ids
  Masks          {masks}
                 as the RAW file; 1 in the phase, 0 elsewhere
  Macro          {macro}
                 imports a mask, all numbers typed; see below
  Sidecars       the RAW file described for ITK and ParaView (.mhd, in mm), Dragonfly (.dat, in m)

The public guide does not say whether a RAW file is read mirrored or with x and y exchanged.
Neither changes an average of a structure that is alike in all directions of its plane.


MATERIALS

{materials}

DIRECTIONS

{directions}
  {turned}

Opposite faces fit together (periodic): {periodic}

{verdict}

FEWEST CLICKS

  1. Import Geometry: pick all files of the TIFF stack
     (or the RAW file: 1 byte integer, header size 0, NX, NY, NZ as above, Big Endian off).
  2. Type the voxel length.
  3. Image Processing > Global Thresholding > Multiple Thresholds.
  4. Three materials with the thresholds above: Pore, active material, solid electrolyte.
  5. Create Segmentation.
  6. Compare the Volume Fraction that the dialog shows with the table above.


WITHOUT TYPING, TWO MATERIALS

  Run {macro} from the Macro menu. It imports one phase against everything else, as one at
  the top of the macro says (PHASE), from masks/. That is enough for tortuosity, percolation and
  surface of that phase. Its keys are those of an import that was recorded in GeoDict 2026; those
  of an import of three materials are not public. Record one and paste its keys into the macro
  where it says so: then PHASE = "all" imports the RAW file with all three.
"""

_TURNED = {
    "X": "The volume was turned for this: its x and z axes are exchanged. BatteryDict computes\n"
    "  along X and builds the half cell from separator to current collector towards X+.",
    "Z": "The volume was not turned. Select Z as computational direction. BatteryDict computes\n"
    "  along X only: for it, export again with the pressing direction along X "
    "(--through-axis x).",
}


def geodict_readme(export: Export, facts: Mapping[str, Any]) -> str:
    """The README of a bundle, from what its JSON file holds (see `geodict_facts`)."""
    voxels, edge = facts["voxels"], facts["voxel_length_um"]
    return _TEXT.format(
        **voxels,
        um=f"{edge:.9g}",
        nm=f"{edge * 1e3:.9g}",
        m=f"{edge * 1e-6:.9g}",
        stack=facts["tiff_stack"]["files"],
        raw=facts["raw"]["file"],
        masks="\n                 ".join(mask["file"] for mask in facts["masks"]),
        macro=facts["macro"],
        bytes=export.volume.size,
        materials=_materials(facts["materials"]),
        directions=directions(export.volume),
        turned=_TURNED[facts["pressing_axis"]],
        periodic=PERIODIC[facts["periodic"]],
        verdict=verdict_text(export.verdict_lines),
    )


def _materials(materials: list[dict[str, Any]]) -> str:
    lines = ["  id  TIFF grey  volume fraction  of the model  phase"]
    for material in materials:
        model = material["model_volume_fraction"]
        lines.append(
            f"  {material['id']:02d}  {material['tiff_grey']:9d}  "
            f"{material['volume_fraction']:15.6f}  {'-' if model is None else f'{model:.6f}':>12}  "
            f"{LONG_NAMES[material['phase']]}"
        )
    return "\n".join(lines) + "\n"
