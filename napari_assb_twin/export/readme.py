"""The text that goes with an exported volume."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

from napari_assb_twin.export.facts import Export
from napari_assb_twin.export.verdict_text import verdict_text
from napari_assb_twin.export.volume import ExportVolume
from napari_assb_twin.twin.phases import LONG_NAMES, OUTSIDE, PHASES

_WIDTH = 96

PERIODIC = {True: "yes, along X, Y and Z", False: "no", None: "not known"}
"""Whether opposite faces fit together, in words."""


def readme(export: Export, files: str, notes: Sequence[str] = ()) -> str:
    """README of any format: size, units, axes, phases, directions and verdict.

    Parameters
    ----------
    files
        Names of the files that it goes with.
    notes
        Paragraphs on the format.
    """
    volume = export.volume
    nz, ny, nx = volume.shape
    z, y, x = volume.voxel_size_um
    parts = [
        f"{files}, written by napari-assb-twin",
        f"{nz} x {ny} x {nx} voxels (z, y, x), edges {z:.9g} x {y:.9g} x {x:.9g} um\n"
        f"= {z * 1e-6:.9g} x {y * 1e-6:.9g} x {x * 1e-6:.9g} m.",
        *(textwrap.fill(note, _WIDTH) for note in notes),
        f"PHASES\n\n{_phases(export)}",
        f"DIRECTIONS\n\n{directions(volume)}",
        f"Opposite faces fit together (periodic): {PERIODIC[volume.periodic]}",
        verdict_text(export.verdict_lines),
    ]
    return "\n\n".join(parts)


def write_readme(folder: Path, export: Export, files: str, notes: Sequence[str] = ()) -> None:
    """Write `readme` as ``<stem>_README.txt``."""
    text = readme(export, files, notes)
    (folder / f"{export.stem}_README.txt").write_text(text, encoding="utf-8")


def directions(volume: ExportVolume) -> str:
    """Lines on the pressing direction, the separator side and a resampling."""
    axis = volume.pressing_axis.upper()
    lines = [
        f"Pressing direction (through-plane): {axis}",
        f"{axis} = 0        separator side",
        f"{axis} = maximum  current collector side",
    ]
    if volume.reversed:
        lines.append(
            "The separator was at the last slice: the order of the slices was reversed, so that "
            "the file is a mirror image."
        )
    elif not volume.separator_known:
        lines.append(
            "Nobody said where the separator is; if it is at the last slice, export again with "
            "--separator-side last."
        )
    if volume.graded:
        lines.append(
            f"Graded: the volume fractions change along {axis}; those in the table are means "
            "of all slices."
        )
    if volume.resampled_from is not None:
        shape, edges = volume.resampled_from
        lines.append(
            f"Resampled to cubic voxels, each new one as the nearest old one: there were "
            f"{' x '.join(map(str, shape))} voxels with edges "
            f"{' x '.join(f'{edge:.9g}' for edge in edges)} um (z, y, x)."
        )
    return "\n".join(
        textwrap.fill(line, _WIDTH - 2, initial_indent="  ", subsequent_indent="  ")
        for line in lines
    )


def _phases(export: Export) -> str:
    lines = ["  label  volume fraction  of the model  phase"]
    expected = export.expected_fractions
    for code, phase in enumerate(PHASES):
        model = "-" if expected is None else f"{expected[phase]:.6f}"
        share = export.fractions[phase]
        lines.append(f"  {code:5d}  {share:15.6f}  {model:>12}  {LONG_NAMES[phase]}")
    if export.outside:
        lines.append(
            f"  {OUTSIDE:5d}  {'-':>15}  {'-':>12}  outside the measured window "
            f"({export.outside:.1%} of the volume; the fractions are of the rest)"
        )
    return "\n".join(lines)
