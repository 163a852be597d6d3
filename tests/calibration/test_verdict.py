"""The verdict is quiet for data of a twin and sounds for what a twin cannot be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from reference import ended, recovery_twin, sections
from scipy import ndimage

from napari_assb_twin.calibration.evidence import Evidence, Gauge
from napari_assb_twin.calibration.refine import Refined
from napari_assb_twin.calibration.run import calibration
from napari_assb_twin.calibration.verdict import FEWEST_REPLICATES, Judged, judge
from napari_assb_twin.measure.alternative import Alternative
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.methods import calibrate
from napari_assb_twin.twin.readouts import readouts
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus

TRUTH = recovery_twin()


@pytest.fixture(scope="module")
def data() -> dict[str, list[np.ndarray]]:
    """Four plan views and four cross-sections in open windows."""
    random = np.random.default_rng(7)
    plan = WindowSampler(TRUTH, Torus((1, 256, 256), (1.0, 1.0, 1.0)))
    cross = WindowSampler(TRUTH, Torus((256, 1, 256), (1.0, 1.0, 1.0)))
    return {
        "xy": [plan(random)[0] for _ in range(4)],
        "yz": [cross(random)[:, 0] for _ in range(4)],
    }


def judged(data: Any, **options: Any) -> Any:
    return calibrate(
        data,
        **{"voxel_size_um": 1.0, "bootstrap": 10, "first_phase": "active_material", **options},
    )


def checks(result: Any) -> dict[str, Any]:
    return {check.name: check for check in result.verdict.checks}


def test_data_of_a_twin_fit(data: Any) -> None:
    result = judged(data)
    assert result.verdict.word == "fits"
    assert result.verdict.reservations == ()
    assert len(result.verdict.checks) == 5
    record = result.twin.provenance["verdict"]
    assert record["word"] == "fits"
    assert [one["name"] for one in record["checks"]] == list(checks(result))


def test_a_rim_of_electrolyte_around_every_pore_does_not_fit(data: Any) -> None:
    """What thresholds make of blurred grey values: pores never touch the active material."""
    rimmed = {
        plane: [
            np.where((image == 1) & ndimage.binary_dilation(image == 0, iterations=2), 2, image)
            for image in images
        ]
        for plane, images in data.items()
    }
    rimmed = {p: [i.astype(np.uint8) for i in images] for p, images in rimmed.items()}
    result = judged(rimmed)
    assert result.verdict.word == "does not fit"
    assert checks(result)["contact shares"].level == 2
    assert checks(result)["phase order"].level == 2


def test_a_gradient_does_not_fit(data: Any) -> None:
    """The lower half of every cross-section from a twin with .2 more active material."""
    richer = TRUTH.with_value("active_material", 0.65)
    random = np.random.default_rng(8)
    cross = WindowSampler(richer, Torus((256, 1, 256), (1.0, 1.0, 1.0)))
    lower = [cross(random)[:, 0] for _ in range(4)]
    graded = [np.vstack([a[:128], b[128:]]) for a, b in zip(data["yz"], lower, strict=True)]
    result = judged({"yz": graded})
    assert result.verdict.word == "does not fit"
    check = checks(result)["homogeneity"]
    assert check.level == 2
    assert "CAM" in check.sentence
    assert "down the cross-sections (z)" in check.sentence


def test_too_few_simulations_judge_nothing(data: Any) -> None:
    result = judged({"yz": data["yz"][:1]}, bootstrap=FEWEST_REPLICATES - 1)
    assert result.verdict is None
    assert result.twin.provenance["verdict"] is None


def test_z_scores_are_those_of_the_numbers_put_in(data: Any) -> None:
    """Normal evidence: about normal z for data like the rest, large for data that lie off."""
    stacks = (SectionStack("yz", tuple(data["yz"]), (1.0, 1.0)),)
    gauge = Gauge(stacks)
    random = np.random.default_rng(0)

    def one(shift: float = 0.0) -> Judged:
        n = len(gauge.statistics.statistics)
        rms = float(np.exp(0.2 * random.standard_normal()))
        return Judged(
            rms=rms,
            of_twin=rms,
            evidence=Evidence(
                ratio_variation=float(np.exp(0.2 * random.standard_normal() + shift)),
                contact_shares=0.5 + 0.01 * random.standard_normal(6),
                statistics=random.standard_normal(n) + shift,
                trends=0.01 * random.standard_normal(len(gauge.trends)),
            ),
        )

    others = [one() for _ in range(20)]
    sounded = [
        check.level > 0
        for _ in range(200)
        for check in judge("active_material", one(), others, gauge).checks  # type: ignore[union-attr]
    ]
    # Student's t with 19 degrees of freedom is beyond 3 on one side in .4 % of cases; the others
    # are the same for all 200, so a few per cent are allowed
    assert np.mean(sounded) < 0.04
    off = judge("active_material", one(5.0), others, gauge)
    assert off is not None
    levels = {check.name: check.level for check in off.checks}
    assert levels["phase order"] == 2
    assert levels["higher-order statistics"] > 0


def test_numbers_that_vary_in_one_simulated_data_set_alone_are_left_out(data: Any) -> None:
    """Nineteen sets without a contact, one with a little: without that one nothing is left."""
    stacks = (SectionStack("yz", tuple(data["yz"]), (1.0, 1.0)),)
    gauge = Gauge(stacks)
    random = np.random.default_rng(0)

    def one(contact: float) -> Judged:
        rms = float(np.exp(0.2 * random.standard_normal()))
        return Judged(
            rms=rms,
            of_twin=rms,
            evidence=Evidence(
                ratio_variation=float(np.exp(0.2 * random.standard_normal())),
                contact_shares=np.array([contact, 1 - contact] * 3),
                statistics=np.append(contact, random.standard_normal(9)),
                trends=0.01 * random.standard_normal(len(gauge.trends)),
            ),
        )

    others = [one(0.1 if n == 3 else 0.0) for n in range(20)]
    verdict = judge("active_material", one(0.0), others, gauge)
    assert verdict is not None
    assert all(np.isfinite(check.z) for check in verdict.checks)
    assert next(c for c in verdict.checks if c.name == "contact shares").level == 0


@pytest.fixture(scope="module")
def small() -> tuple[SectionStack, ...]:
    """Three cross-sections in open windows."""
    random = np.random.default_rng(5)
    cross = WindowSampler(TRUTH, Torus((128, 1, 128), (1.0, 1.0, 1.0)))
    return (SectionStack("yz", tuple(cross(random)[:, 0] for _ in range(3)), (1.0, 1.0)),)


class Moved:
    """A training that does nothing but change one number."""

    method: Any = "simulated-coverage"

    def __init__(self, path: str, factor: float) -> None:
        self._path, self._factor = path, factor

    def __call__(self, stacks: Any, data: Any, fitted: Any, **options: Any) -> Any:
        yield from ()
        return Refined(fitted.with_value(self._path, self._factor * fitted.value(self._path)), {})


def trained(small: Any, refine: Any, bootstrap: int = 8) -> Any:
    same = Alternative("the same", small)
    run = calibration(
        small,
        first_phase="active_material",
        refine=refine,
        alternatives=(same,),
        bootstrap=bootstrap,
    )
    return ended(run)[1]


def test_a_trained_twin_is_judged_by_an_exact_fit_to_the_same_curves(small: Any) -> None:
    """A length 12 % off: the misfit of the fit is that of the twin, the curves are those of the
    family, and segmentations that are the same data move nothing."""
    exact = trained(small, None, bootstrap=0)
    result = trained(small, Moved("X.length_um", 1.12))
    assert result.fit.rms > 1.3 * exact.fit.rms
    curves = checks(result)["curves"]
    assert curves.level == 0
    assert f"rms {exact.fit.rms:.2g} after an exact fit" in curves.sentence
    spread = result.findings["segmentation"]["doubt"]["spread"]
    for path, moved in spread.items():
        assert moved < 0.01 * exact.twin.value(path), path


def test_a_training_that_gave_up_the_curves_does_not_fit(small: Any) -> None:
    curves = checks(trained(small, Moved("active_material", 1.5), bootstrap=20))["curves"]
    assert curves.level == 2
    assert "exact fit" not in curves.sentence


# --- the segmentation ------------------------------------------------------------------------


def test_the_share_of_wrong_pixels_is_found() -> None:
    """model: 1.5 % drawn anew; e within .005, smoothness of X nearer to 2.5 than without it."""
    images = {"xy": sections(TRUTH, "xy", range(8)), "yz": sections(TRUTH, "yz", range(100, 108))}
    random = np.random.default_rng(2)
    wrong = {
        plane: [
            np.where(random.random(i.shape) < 0.015, random.integers(0, 3, i.shape), i).astype(
                np.uint8
            )
            for i in group
        ]
        for plane, group in images.items()
    }
    plain = judged(wrong, bootstrap=0)
    aware = judged(wrong, bootstrap=0, segmentation_error=True)
    found = aware.twin.provenance["segmentation"]["error"]
    assert found == pytest.approx(0.015, abs=0.005)
    assert abs(aware.twin.value("X.smoothness") - 2.5) < abs(plain.twin.value("X.smoothness") - 2.5)
    assert plain.twin.provenance["segmentation"]["error"] is None


def test_other_segmentations_show_their_spread(data: Any) -> None:
    images = tuple(data["yz"])
    grown = tuple(
        np.where(ndimage.binary_dilation(image == 0), 0, image).astype(np.uint8) for image in images
    )
    measured = (SectionStack("yz", images, (1.0, 1.0)),)
    other = Alternative("pore grown by 1 px", (SectionStack("yz", grown, (1.0, 1.0)),))
    _, result = ended(
        calibration(measured, first_phase="active_material", bootstrap=0, alternatives=(other,))
    )
    _, alone = ended(calibration(other.measured, first_phase="active_material", bootstrap=0))
    doubt = result.findings["segmentation"]["doubt"]
    assert doubt["alternatives"] == ["pore grown by 1 px"]
    change = alone.twin.value("pore") - result.twin.value("pore")
    assert change > 0.03
    assert doubt["spread"]["pore"] == pytest.approx(change, rel=0.05)
    before, after = (readouts(one.twin) for one in (result, alone))
    spread = {(one["name"], *one["phases"]): one["segmentation_spread"] for one in derived(result)}
    for pair, area in before.area_per_um.items():
        found = abs((after.area_per_um[pair] or 0.0) - (area or 0.0))
        assert spread["interface area", *pair] == pytest.approx(found, rel=0.1, abs=1e-3)
    assert all("segmentation_spread" not in one for one in derived(alone))


def test_other_segmentations_move_what_follows_from_weights(data: Any) -> None:
    """A high-parametric twin has no lengths to move, but interfaces."""
    images = tuple(image[:128, :128] for image in data["yz"][:2])
    grown = tuple(
        np.where(ndimage.binary_dilation(image == 0), 0, image).astype(np.uint8) for image in images
    )
    run = calibration(
        (SectionStack("yz", images, (1.0, 1.0)),),
        model="high-parametric",
        first_phase="active_material",
        bootstrap=0,
        alternatives=(Alternative("grown", (SectionStack("yz", grown, (1.0, 1.0)),)),),
    )
    result = ended(run)[1]
    spread = {(one["name"], *one["phases"]): one["segmentation_spread"] for one in derived(result)}
    assert spread["mean chord", "pore"] > 0.1 * readouts(result.twin).mean_chord_um["pore"]
    assert all(one is not None for one in spread.values())


def derived(result: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = result.findings["derived"]
    return found
