"""Digital twins of all-solid-state battery cathodes (after Furat et al., 2025).

The public names are imported when they are first used, so that ``import napari_assb_twin`` is
quick and pulls in neither Qt, napari, torch nor matplotlib.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from napari_assb_twin.comparison.difference import compare_twins
    from napari_assb_twin.errors import InputError, TwinWarning
    from napari_assb_twin.export.geodict import export_geodict
    from napari_assb_twin.measure.coverage import estimate_coverage
    from napari_assb_twin.measure.percolation import percolation
    from napari_assb_twin.methods import calibrate
    from napari_assb_twin.notebook.explorer import explore
    from napari_assb_twin.twin.exact import coverage, interfaces
    from napari_assb_twin.twin.graded import graded
    from napari_assb_twin.twin.gradient import Gradient
    from napari_assb_twin.twin.high_parametric import CylindricalSpectrum, IsotropicSpectrum
    from napari_assb_twin.twin.morph import morph
    from napari_assb_twin.twin.parameters import (
        Correlation,
        Grid,
        RandomField,
        Twin,
        VolumeFractions,
    )
    from napari_assb_twin.twin.presets import PRESETS, preset
    from napari_assb_twin.twin.readouts import readouts
    from napari_assb_twin.twin.synthesis import Synthesizer, generate
    from napari_assb_twin.twin.twin_file import load_twin, save_twin
    from napari_assb_twin.workspace.launch import view

_HOME = {
    "calibrate": "methods",
    "compare_twins": "comparison.difference",
    "InputError": "errors",
    "TwinWarning": "errors",
    "export_geodict": "export.geodict",
    "estimate_coverage": "measure.coverage",
    "percolation": "measure.percolation",
    "explore": "notebook.explorer",
    "coverage": "twin.exact",
    "interfaces": "twin.exact",
    "morph": "twin.morph",
    "Correlation": "twin.parameters",
    "CylindricalSpectrum": "twin.high_parametric",
    "IsotropicSpectrum": "twin.high_parametric",
    "Gradient": "twin.gradient",
    "Grid": "twin.parameters",
    "graded": "twin.graded",
    "RandomField": "twin.parameters",
    "Twin": "twin.parameters",
    "VolumeFractions": "twin.parameters",
    "PRESETS": "twin.presets",
    "preset": "twin.presets",
    "readouts": "twin.readouts",
    "Synthesizer": "twin.synthesis",
    "generate": "twin.synthesis",
    "load_twin": "twin.twin_file",
    "save_twin": "twin.twin_file",
    "view": "workspace.launch",
}

__all__ = [
    "PRESETS",
    "Correlation",
    "CylindricalSpectrum",
    "Gradient",
    "Grid",
    "InputError",
    "IsotropicSpectrum",
    "RandomField",
    "Synthesizer",
    "Twin",
    "TwinWarning",
    "VolumeFractions",
    "calibrate",
    "compare_twins",
    "coverage",
    "estimate_coverage",
    "explore",
    "export_geodict",
    "generate",
    "graded",
    "interfaces",
    "load_twin",
    "morph",
    "percolation",
    "preset",
    "readouts",
    "save_twin",
    "view",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
