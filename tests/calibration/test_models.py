"""What is asked of a calibration besides four numbers for each field: weights, kinds, sizes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from reference import recovery_twin

from napari_assb_twin.errors import InputError
from napari_assb_twin.methods import calibrate
from napari_assb_twin.twin.exact import DIRECTIONS, coverage
from napari_assb_twin.twin.high_parametric import CylindricalSpectrum
from napari_assb_twin.twin.parameters import RandomField, Twin
from napari_assb_twin.twin.presets import PRESETS
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus
from napari_assb_twin.twin.twin_file import load_twin, save_twin

TRUTH = recovery_twin()


def drawn(twin: Twin, shape: tuple[int, int], count: int, pixel: float, seed: int = 0) -> Any:
    """Cross-sections in open windows."""
    random = np.random.default_rng(seed)
    sampler = WindowSampler(twin, Torus((shape[0], 1, shape[1]), (pixel,) * 3))
    return [sampler(random)[:, 0] for _ in range(count)]


def fitted(data: Any, **options: Any) -> Any:
    defaults = {"voxel_size_um": 1.0, "bootstrap": 0, "first_phase": "active_material"}
    return calibrate(data, **{**defaults, **options})


def curve_error(found: Twin, truth: Twin, longest: float) -> float:
    lags = np.linspace(0, longest, 41)
    differences = [
        coverage(found, lags, direction=d).values - coverage(truth, lags, direction=d).values
        for d in DIRECTIONS
    ]
    return float(np.sqrt(np.mean(np.square(differences))))


def test_weights_are_calibrated_judged_and_kept_in_a_file(tmp_path: Any) -> None:
    """Sections of a layered high-parametric twin; its curves within rms .01."""
    truth = PRESETS["layered"].twin
    data = {"yz": drawn(truth, (256, 256), 6, 0.1)}
    result = fitted(data, voxel_size_um=0.1, model="high-parametric", bootstrap=8)
    twin = result.twin
    assert isinstance(twin.X.correlation, CylindricalSpectrum)
    assert result.fit.model == "high-parametric"
    assert curve_error(twin, truth, 4.0) < 0.01
    assert set(result.uncertainty) == {"pore", "active_material", "solid_electrolyte"}
    assert result.verdict is not None
    derived = {one["name"] for one in twin.provenance["derived"]}
    assert derived == {"interface area", "contact share", "mean chord", "triple-phase boundary"}
    assert all(one["standard_error"] > 0 for one in twin.provenance["derived"])
    save_twin(twin, tmp_path / "high.twin.json")
    assert load_twin(tmp_path / "high.twin.json") == twin


def test_fractions_of_a_high_parametric_twin_can_be_fixed() -> None:
    result = fitted(
        {"yz": drawn(TRUTH, (128, 128), 2, 1.0)}, model="high-parametric", fix={"pore": 0.15}
    )
    assert result.twin.value("pore") == 0.15
    assert sum(v for _, v in result.twin.volume_fractions.items()) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"fix": {"X.length_um": 5.0}}, "weights and no X.length_um"),
        ({"segmentation_error": True}, "segmentation error with the low-parametric"),
        ({"model": "medium-parametric"}, "low-parametric, high-parametric"),
    ],
)
def test_what_weights_cannot_do_is_said(options: dict[str, Any], words: str) -> None:
    data = {"yz": drawn(TRUTH, (64, 64), 1, 1.0)}
    with pytest.raises(InputError, match=words):
        fitted(data, **{"model": "high-parametric", **options})


def test_plan_views_leave_weights_isotropic() -> None:
    data = {"xy": drawn(PRESETS["isotropic"].twin, (128, 128), 2, 0.1)}
    options: Any = {"model": "high-parametric", "voxel_size_um": 0.1}
    assert fitted(data, **options).twin.symmetry == "isotropic"
    with pytest.raises(InputError, match="choose the isotropic symmetry\\."):
        fitted(data, symmetry="cylindrical", **options)


def test_the_data_choose_sheets_over_blobs() -> None:
    """Pores as sheets (k = 1, lower tail) are told from Gaussian ones; X stays Gaussian."""
    truth = PRESETS["sheet-pores"].twin
    result = fitted({"yz": drawn(truth, (256, 256), 6, 0.1)}, voxel_size_um=0.1, fields="auto")
    assert (result.twin.Y.degrees_of_freedom, result.twin.Y.tail) == (1, "lower")
    assert result.twin.X.degrees_of_freedom == 0
    chosen = [one for one in result.twin.provenance["fields"] if one["chosen"]]
    assert [one["field"] for one in chosen] == ["X", "Y"]
    assert len(result.twin.provenance["fields"]) == 12
    kept = fitted(
        {"yz": drawn(truth, (256, 256), 6, 0.1)},
        voxel_size_um=0.1,
        fields={"X": RandomField(), "Y": result.twin.Y},
    )
    assert kept.fit.rms == pytest.approx(result.fit.rms, rel=0.02)


def test_sections_of_several_sizes_are_one_data_set() -> None:
    """Curves within rms .01; the sizes are in the record and in the simulated data."""
    images = [
        *drawn(TRUTH, (256, 256), 2, 1.0, 1),
        *drawn(TRUTH, (160, 300), 2, 1.0, 2),
        *drawn(TRUTH, (220, 130), 2, 1.0, 3),
    ]
    result = fitted({"yz": images}, bootstrap=3)
    assert curve_error(result.twin, TRUTH, 40.0) < 0.01
    sizes = result.twin.provenance["data"][0]["sections"]
    assert sizes == [list(image.shape) for image in images]
    assert all(error > 0 for error in result.uncertainty.values())
