"""A twin with a record that holds every key, beside the section files that it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from napari_assb_twin.calibration.calibrate import described
from napari_assb_twin.calibration.fitted import seen_with_errors
from napari_assb_twin.images.reading import sha256_of
from napari_assb_twin.measure.coverage import measured_coverage
from napari_assb_twin.measure.interfaces import as_seen, measured_interfaces
from napari_assb_twin.measure.sections import Measured, SectionStack
from napari_assb_twin.twin.exact import DIRECTIONS, coverage
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import PAIRS, PHASES
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.readouts import CONTACTS, readouts
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus
from napari_assb_twin.twin.twin_file import save_twin

PIXEL_UM = 0.1
WRONG = 0.013
PHASES_TYPED = "pore=0,active_material=127,solid_electrolyte=254"
PATHS = ("pore", "active_material", "solid_electrolyte", "X.length_um", "Y.oscillation_per_um")


@dataclass(frozen=True, eq=False)
class Fitted:
    """A folder with sections and the twin file beside them."""

    folder: Path
    twin: Twin
    measured: Measured

    @property
    def file(self) -> Path:
        return self.folder / "cathode.twin.json"


def fitted_in(tmp_path: Path) -> Fitted:
    """Two cross-sections and a plan view of a known twin; its record says what a fit would."""
    twin = preset("fine-electrolyte")
    random = np.random.default_rng(3)
    across = WindowSampler(twin, Torus((80, 1, 100), (PIXEL_UM,) * 3))
    plan = WindowSampler(twin, Torus((1, 90, 90), (PIXEL_UM,) * 3))
    images = {
        "plan.png": plan(random)[0],
        "a.png": across(random)[:, 0],
        "b.png": across(random)[:, 0],
    }
    for name, image in images.items():
        Image.fromarray(image * np.uint8(127)).save(tmp_path / name)
    size = (PIXEL_UM, PIXEL_UM)
    measured: Measured = (
        SectionStack("xy", (images["plan.png"],), size),
        SectionStack(
            "xz", tuple(np.ascontiguousarray(images[n]) for n in ("a.png", "b.png")), size
        ),
    )
    provenance = record_of(twin, measured, tmp_path)
    errors = dict.fromkeys(PATHS, 0.01) | {"X.length_um": 0.9}  # larger than half of the value
    done = replace(twin, provenance=provenance, uncertainty=errors)
    made = Fitted(tmp_path, done, measured)
    save_twin(done, made.file)
    return made


def record_of(twin: Twin, measured: Measured, folder: Path) -> dict[str, Any]:
    """Every key of a record: curves and contacts are real, statistics and verdict made up."""
    files = {"plan.png": "xy", "a.png": "xz", "b.png": "xz"}
    return {
        "method": "coverage",
        "model": "low-parametric",
        "sources": list(files),
        "files": [
            {"file": name, "sha256": sha256_of(folder / name), "plane": plane}
            for name, plane in files.items()
        ],
        "reading": [
            {"phases": PHASES_TYPED, "pressing_axis": 0, "voxel_size_um": str(PIXEL_UM)},
        ],
        "data": described(measured),
        "misfit": {"rms": 0.0042, "max": 0.011, "lags": 87},
        "assignments": [
            {
                "first_phase": twin.first_phase,
                "second_phase": twin.second_phase,
                "rms": 0.0042,
                "ratio_variation": 0.03,
            },
            {"first_phase": "pore", "second_phase": "active_material", "rms": 0.0099,
             "ratio_variation": 0.4},
        ],
        "fields": [
            {"field": "Y", "degrees_of_freedom": 0, "tail": "upper", "rms": 0.0042, "score": 0.9,
             "worst": "pore: lineal path", "chosen": True},
            {"field": "Y", "degrees_of_freedom": 1, "tail": "lower", "rms": 0.0043, "score": 7.7,
             "worst": "pore: Euler number density", "chosen": False},
        ],
        "bootstrap": 12,
        "seed": 5,
        "at_bounds": ["Y.smoothness"],
        "errors": {
            "parameters": list(PATHS),
            "correlations": (0.5 * np.eye(len(PATHS)) + 0.5).tolist(),
            "intervals": {
                "pore": {"68": [0.1, 0.12], "95": [0.09, 0.13]},
                "Y.oscillation_per_um": {"95": [0.0, 6.0]},
            },
        },
        "derived": [
            {"name": "triple-phase boundary", "phases": list(PHASES), "unit": "1/um^2",
             "value": 1.234, "standard_error": 0.056},
        ],
        "segmentation": {
            "error": WRONG,
            "error_standard_error": 0.002,
            "doubt": {"alternatives": ["pore grown"], "spread": {"pore": 0.021}},
        },
        "curves": {direction: _curves(twin, measured, direction) for direction in DIRECTIONS},
        "statistics": [
            {"name": "Euler number density", "phase": "pore", "plane": "plan view",
             "direction": None, "length_um": None, "unit": "1/um^2", "measured": 0.5,
             "simulated": 0.4, "standard_error": 0.02, "z": 5.0},
            {"name": "lineal path", "phase": "pore", "plane": "cross-section",
             "direction": "in-plane", "length_um": 0.4, "unit": "", "measured": 0.10,
             "simulated": 0.11, "standard_error": 0.02, "z": -0.5},
        ],
        "contact_shares": _contacts(twin, measured),
        "verdict": {
            "word": "fits with reservations",
            "checks": [
                {"name": "curves", "z": 0.8, "sentence": "The curves lie in their bands.",
                 "level": 0},
                {"name": "contacts", "z": 3.4, "sentence": "One contact share is pinned.",
                 "level": 1},
            ],
        },
        "versions": {"napari-assb-twin": "0.1.0", "numpy": "2.0"},
        "date": "2026-11-25T00:00:00+00:00",
    }  # fmt: skip


def _curves(twin: Twin, measured: Measured, direction: Any) -> dict[str, Any]:
    curves = measured_coverage(measured, direction)
    assert curves is not None
    assert curves.standard_error is not None
    model = seen_with_errors(
        coverage(twin, curves.lags_um, direction=direction).values, twin, WRONG
    )
    pairs = {
        f"{i},{j}": {
            "measured": curves.values[row].tolist(),
            "standard_error": curves.standard_error[row].tolist(),
            "model": model[row].tolist(),
        }
        for row, (i, j) in enumerate(PAIRS)
    }
    return {"lags_um": curves.lags_um.tolist(), "pairs": pairs}


def _contacts(twin: Twin, measured: Measured) -> list[Mapping[str, Any]]:
    data = measured_interfaces(measured)
    model, pinned = as_seen(twin, data), readouts(twin).pinned
    return [
        {
            "phase": i,
            "neighbour": j,
            "measured": data.contact_share[i, j],
            "model": model.contact_share[i, j],
            "standard_error": 0.02,
            "z": 1.0,
            "pinned": (i, j) in pinned,
        }
        for i, j in CONTACTS
    ]
