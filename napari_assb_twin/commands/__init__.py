"""What each subcommand of ``assb-twin`` does.

Heavy modules are imported by the command that needs them.
"""

from napari_assb_twin.commands.calibration import calibrate, compare, reduce, report
from napari_assb_twin.commands.descriptors import describe
from napari_assb_twin.commands.generation import generate
from napari_assb_twin.commands.twins import composition, doctor, grade, new, presets, view
from napari_assb_twin.commands.volumes import coverage, export

__all__ = [
    "calibrate",
    "compare",
    "composition",
    "coverage",
    "describe",
    "doctor",
    "export",
    "generate",
    "grade",
    "new",
    "presets",
    "reduce",
    "report",
    "view",
]
