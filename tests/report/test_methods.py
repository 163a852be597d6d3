"""The Methods paragraph says what is on record and nothing else."""

from __future__ import annotations

from dataclasses import replace

from napari_assb_twin.report.methods import bibtex, described, methods
from napari_assb_twin.report.record import Record
from napari_assb_twin.twin.parameters import RandomField
from napari_assb_twin.twin.presets import preset


def text_of(twin) -> str:
    return methods(twin, Record.of(twin), "9.9")


def test_it_says_what_was_fitted_to_what(fitted) -> None:
    text = text_of(fitted.twin)
    for words in (
        "arXiv:2503.17171",
        "napari-assb-twin 9.9",
        "1 plan view (xy; 90 × 90 pixels of 0.1 µm)",
        "2 cross-sections (xz; 80 × 100 pixels of 0.1 µm)",
        "at 87 lags",
        "non-linear least squares",
        "(e = 0.0130 ± 0.0020)",
        "2 assignments",
        "2 fitted candidates",
        "parametric bootstrap: 12 data sets",
        "Given and not fitted: smoothness of X, domain spacing of X, anisotropy z/xy of X, "
        "correlation length of Y, smoothness of Y, anisotropy z/xy of Y.",
        "(seed 5)",
        "moved phase boundaries or thresholds (1 alternatives)",
        "“fits with reservations”: One contact share is pinned",
    ):
        assert words in text, words


def test_it_says_nothing_that_is_not_recorded(fitted) -> None:
    kept = ("method", "misfit", "data", "sources")
    content = {key: (fitted.twin.provenance or {})[key] for key in kept}
    text = text_of(replace(fitted.twin, provenance=content))
    assert "Standard errors were not computed" in text
    for words in ("segmentation", "assignments", "candidates", "verdict", "seed"):
        assert words not in text, words


def test_without_a_fit_it_describes_the_model_alone() -> None:
    text = text_of(preset("pressed"))
    assert "No fit to data is on record" in text
    assert "least squares" not in text


def test_kinds_and_forms_of_the_fields_are_named() -> None:
    twin = preset("layered")
    field = RandomField(degrees_of_freedom=2, tail="lower", correlation=twin.Y.correlation)
    text = text_of(twin.with_field("Y", field))
    assert "chi-square with 2 degrees of freedom, lower tail" in text
    assert "non-negative weights over spectral components" in text


def test_a_high_parametric_fit_is_described_as_such(fitted) -> None:
    content = {**(fitted.twin.provenance or {}), "model": "high-parametric"}
    text = text_of(replace(fitted.twin, provenance=content))
    assert "non-negative least squares" in text
    assert "non-linear least squares of the model" not in text


def test_a_volume_and_odd_data_are_described() -> None:
    volume = {"volume": [40, 50, 60], "voxel_size_um": [0.2, 0.1, 0.1]}
    assert (
        described(volume) == "a volume of 40 × 50 × 60 voxels (z, y, x; edges 0.2 × 0.1 × 0.1 µm)"
    )
    odd = {"plane": "yz", "sections": [[3, 4], [5, 6]], "spacing_um": 2, "pixel_size_um": None}
    assert (
        described(odd)
        == "2 cross-sections (yz; different sizes in pixels of unknown µm, 2 µm apart)"
    )


def test_what_to_cite_is_bibtex() -> None:
    entries = bibtex("9.9")
    assert entries.count("@") == 2
    assert entries.count("{") == entries.count("}")
    assert "eprint        = {2503.17171}" in entries
    assert "version = {9.9}" in entries


def test_a_training_is_told(fitted) -> None:
    training = {"method": "combined", "steps_taken": 150, "width": 32, "start": "least-squares"}
    content = {**(fitted.twin.provenance or {}), "training": training}
    text = text_of(replace(fitted.twin, provenance=content))
    assert "then trained in 150 steps of Adam on the two-point coverage" in text
    assert "discriminator network (algorithm 3) (first layer k4n32s2)" in text
    assert "trained" not in text_of(fitted.twin)


def test_correlated_fields_are_not_called_independent(fitted) -> None:
    twin = preset("pressed").with_value("field_correlation", -0.5)
    text = text_of(twin)
    assert "independent" not in text
    assert "correlated point by point with a coefficient of −0.5 (an" in text
    assert "Two independent stationary" in text_of(preset("pressed"))


def test_what_was_fixed_is_told_without_errors(fitted) -> None:
    content = {**(fitted.twin.provenance or {}), "fixed": ["X.smoothness"], "bootstrap": 0}
    twin = replace(fitted.twin, provenance=content, uncertainty=None)
    assert "Given and not fitted: smoothness of X." in text_of(twin)


def test_a_training_from_a_random_start_without_errors(fitted) -> None:
    training = {"method": "adversarial", "steps_taken": 9, "width": 8, "start": "random"}
    content = {**(fitted.twin.provenance or {}), "training": training, "bootstrap": 0}
    text = text_of(replace(fitted.twin, provenance=content, uncertainty=None))
    assert "trained, not from this fit but from a random start, in 9 steps" in text
    assert "Errors are those of exact fits" not in text
