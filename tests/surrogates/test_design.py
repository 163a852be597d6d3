"""Design backwards: planted laws, and twins that are realised again."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from planted_results import planted_results

from napari_assb_twin import cli
from napari_assb_twin.descriptors.bulk import Bulk, BulkValue
from napari_assb_twin.descriptors.describe import Choice
from napari_assb_twin.errors import InputError
from napari_assb_twin.scenarios.plan import Plan, Varied
from napari_assb_twin.scenarios.plan_file import save_plan
from napari_assb_twin.scenarios.row import measured_row
from napari_assb_twin.steps import finished
from napari_assb_twin.surrogates.design import Verified, fresh_seed, propose
from napari_assb_twin.surrogates.design_options import DesignOptions
from napari_assb_twin.surrogates.designs import design
from napari_assb_twin.surrogates.samples import samples
from napari_assb_twin.surrogates.study import load_study
from napari_assb_twin.surrogates.surrogate import fit
from napari_assb_twin.surrogates.wanted import Wanted, beyond, wanted_from
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.twin_file import twin_from_document

STUDENT = {2: 12.706, 4: 3.182, 1000: 1.962}
"""Half width of a 95 % interval in standard errors, by realisations (any table of Student's t)."""

RANGES = {"a": (0.0, 1.0), "b": (0.0, 2.0)}
LAWS = {"u": lambda a, b: a + b, "v": lambda a, b: a - b}


@pytest.fixture(scope="module")
def laws():
    results = planted_results(LAWS, RANGES, scenarios=32, noise=0.01)
    return results, [fit(samples(results, key), "polynomial") for key in LAWS]


def test_two_wanted_values_of_two_parameters_have_one_answer(laws) -> None:
    """a + b = 1.2 and a - b = -0.4: a = 0.4 and b = 0.8, within 0.02."""
    _, surrogates = laws
    wanted = [
        Wanted(name="u", value=1.2, tolerance=0.02),
        Wanted(name="v", value=-0.4, tolerance=0.02),
    ]
    best = finished(propose(surrogates, wanted))[0]
    assert best.parameters == pytest.approx({"a": 0.4, "b": 0.8}, abs=0.02)
    assert best.reached
    assert best.predicted == pytest.approx([1.2, -0.4], abs=0.02)


def test_one_wanted_value_of_two_parameters_has_distinct_answers(laws) -> None:
    _, surrogates = laws
    wanted = [Wanted(name="u", value=1.2, tolerance=0.05)]
    found = finished(propose(surrogates[:1], wanted, count=3))
    assert len(found) == 3
    assert all(one.reached for one in found)
    points = np.array([[one.parameters["a"], one.parameters["b"] / 2] for one in found])
    assert min(np.linalg.norm(points[i] - points[j]) for i, j in ((0, 1), (0, 2), (1, 2))) > 0.2
    for one in found:
        assert one.parameters["a"] + one.parameters["b"] == pytest.approx(1.2, abs=0.05)


def test_what_is_no_twin_is_not_proposed(laws) -> None:
    _, surrogates = laws
    wanted = [Wanted(name="u", value=1.2, tolerance=0.05)]
    found = finished(propose(surrogates[:1], wanted, allowed=lambda p: p["a"] < 0.3))
    assert found[0].reached
    assert all(one.parameters["a"] < 0.3 for one in found)
    with pytest.raises(InputError, match="No point within the ranges"):
        finished(propose(surrogates[:1], wanted, allowed=lambda p: False))


def test_a_value_out_of_reach_is_told(laws) -> None:
    results, surrogates = laws
    wanted = wanted_from(["u=5+-0.1"], results)
    assert "lies outside what the study saw" in beyond(wanted, results)[0]
    best = finished(propose(surrogates[:1], wanted))[0]
    assert not best.reached
    assert best.parameters == pytest.approx({"a": 1.0, "b": 2.0}, abs=0.05)
    assert beyond(wanted_from(["u=1.2"], results), results) == ()


WRONG = {
    "no wanted value": ["u"],
    "'much', which is no number": ["u=much"],
    "value of u is missing": ["u="],
    "The tolerance of u is 'some'": ["u=1+-some"],
    "no property 'w'": ["w=1"],
    "wanted twice": ["u=1", "u=2"],
    "has no tolerance": ["u=0"],
    "Nothing is wanted": [],
}


@pytest.mark.parametrize("said", WRONG)
def test_wrong_wishes_are_refused(laws, said) -> None:
    with pytest.raises(InputError, match=said):
        wanted_from(WRONG[said], laws[0])


def test_tolerances_are_read(laws) -> None:
    (one,) = wanted_from(["u = 1.5 ± 0.2"], laws[0])
    assert (one.value, one.tolerance) == (1.5, 0.2)
    assert wanted_from(["u=1.5"], laws[0])[0].tolerance == pytest.approx(0.075)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A real sweep: porosity and size of the active material, measured by their interfaces."""
    twin = preset("isotropic")
    plan = Plan(
        twin=replace(twin, grid=replace(twin.grid, shape=(48, 48, 48))),
        varied=(
            Varied(parameter="pore", low=0.1, high=0.3),
            Varied(parameter="X.length_um", low=0.3, high=0.6, scale="log"),
        ),
        points=16,
        realisations=3,
        choice=Choice(groups=("composition", "interfaces")),
    )
    folder = tmp_path_factory.mktemp("results")
    save_plan(plan, folder / "plan.json")
    rows = [measured_row(plan, key) for key in product(range(1, 17), range(1, 4))]
    frame = pd.DataFrame(
        {
            "scenario": row.scenario,
            "realisation": row.realisation,
            "seed": row.seed,
            "error": row.error,
            **{f"parameter.{name}": value for name, value in row.parameters.items()},
            **row.values,
        }
        for row in rows
    )
    frame.to_csv(folder / "results.csv", index=False)
    return folder, frame


def test_the_command_proposes_and_verifies(study, tmp_path, capsys) -> None:
    """The verified means are the wanted values within tolerance and their 95 % intervals."""
    folder, frame = study
    out = tmp_path / "designs.json"
    wishes = ["volume_fraction.pore=0.2+-0.02", "surface_per_um.CAM=1.9+-0.15"]
    call = ["design", str(folder), "--want", *wishes, "-o", str(out), "--proposals", "1"]
    assert cli.main(call) == 0
    assert "verified" in capsys.readouterr().out
    told = json.loads(out.read_text(encoding="utf-8"))
    (proposal,) = told["proposals"]
    assert proposal["confirmed"]
    assert not set(proposal["seeds"]) & set(frame["seed"])
    for row in proposal["properties"]:
        assert row["predicted"] == pytest.approx(row["wanted"], abs=row["tolerance"])
        reach = row["tolerance"] + STUDENT[4] * row["verified_error"]
        assert row["met"]
        assert row["verified"] == pytest.approx(row["wanted"], abs=reach)
    twin = twin_from_document(proposal["twin"])
    assert twin.value("pore") == pytest.approx(proposal["parameters"]["pore"])


@pytest.mark.parametrize("realisations", STUDENT)
def test_met_is_within_the_tolerance_and_the_interval_of_the_mean(realisations) -> None:
    """Values of mean 0 and standard error 1: wanted just within, and just beyond."""
    values = np.resize([1.0, -1.0], realisations)
    values *= np.sqrt(realisations) / values.std(ddof=1)
    found = Verified(values=np.stack([values, values], axis=1), seeds=(0,) * realisations)
    assert found.error == pytest.approx([1.0, 1.0])
    edge = 20 + STUDENT[realisations]
    wanted = [Wanted(name="u", value=edge + d, tolerance=20) for d in (-0.01, 0.01)]
    assert found.met(wanted) == (True, False)
    wanted = [Wanted(name="u", value=d, tolerance=0.5) for d in (0.99, 1.01)]  # less than the error
    assert found.met(wanted) == (True, False)


def designed(results, plan, key):
    (value,) = wanted_from([f"{key}={results.span(key)[0]}+-1"], results)
    return finished(design(results, plan, [value], DesignOptions(proposals=1, realisations=0)))


def test_a_useless_surrogate_is_told(study) -> None:
    """A property that is nothing but noise, and one that is the porosity."""
    folder, _ = study
    results, plan = load_study(folder)
    noise = np.random.default_rng(5).standard_normal(len(results))
    results = replace(
        results,
        rows=results.rows.assign(noise=noise),
        properties=(*results.properties, "noise"),
    )
    weak = designed(results, plan, "noise")
    (said,) = (note for note in weak.notes if "surrogate" in note)
    q2 = weak.learned[0].validation.q2
    assert q2 < 0.5
    assert said.startswith("The surrogate of noise explains ")
    assert f"(Q² {q2:.2f}): what it proposes is a guess" in said
    strong = designed(results, plan, "volume_fraction.pore")
    assert not any("surrogate" in note for note in strong.notes)


def test_what_is_out_of_reach_is_in_the_file(study, tmp_path, capsys) -> None:
    folder, _ = study
    out = tmp_path / "designs.json"
    call = ["design", str(folder), "--want", "volume_fraction.pore=0.6", "-o", str(out)]
    assert cli.main([*call, "--realisations", "0", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert any("outside what the study saw" in note for note in told["notes"])
    assert any("within their tolerances" in note for note in told["notes"])
    assert told == json.loads(out.read_text(encoding="utf-8"))
    first = told["proposals"][0]
    twin = twin_from_document(first["twin"])  # there is one without a verification too
    assert twin.value("pore") == pytest.approx(first["parameters"]["pore"])
    assert first["properties"][0]["met"] is None
    assert cli.main([*call, "--realisations", "1"]) == 2
    assert "2 or more for an error" in capsys.readouterr().err


def test_without_a_plan_there_is_no_twin(study, tmp_path, capsys) -> None:
    frame = study[1]
    frame.to_csv(tmp_path / "results.csv", index=False)
    call = ["design", str(tmp_path), "--want", "volume_fraction.pore=0.2"]
    assert cli.main([*call, "-o", str(tmp_path / "d.json")]) == 2
    assert "no plan.json beside the results" in capsys.readouterr().err
    assert not (tmp_path / "d.json").exists()


def test_fresh_seeds_are_all_different() -> None:
    seeds = {fresh_seed(7, i, j) for i in range(20) for j in range(20)}
    assert len(seeds) == 400
    assert max(seeds) < 1 << 31  # as the window's field


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("proposals", 0, "ask for a whole number, 1 or more"),
        ("proposals", 2.5, "ask for a whole number, 1 or more"),
        ("proposals", True, "ask for a whole number, 1 or more"),
        ("seed", 1.5, "give a whole number, 0 or more"),
        ("realisations", 1, "2 or more for an error"),
        ("realisations", -2, "or 0 for no verification"),
        ("seed", -1, "0 or more"),
        ("surrogate", "oracle", "one of gaussian-process, polynomial"),
    ],
)
def test_options_that_make_no_sense_are_refused(name, value, said) -> None:
    with pytest.raises(InputError, match=said):
        DesignOptions(**{name: value})


def test_effective_values_have_the_unit_of_the_study(study, tmp_path) -> None:
    _, frame = study
    key = "ionic_conductivity.z"
    bulk = Bulk(ionic=BulkValue(2.0, "mS/cm"))
    plan = Plan(
        twin=preset("isotropic"),
        varied=(Varied(parameter="pore", low=0.1, high=0.3),),
        points=16,
        choice=Choice(groups=("transport",), bulk=bulk),
    )
    save_plan(plan, tmp_path / "plan.json")
    frame.assign(**{key: 0.3}).to_csv(tmp_path / "results.csv", index=False)
    results, _ = load_study(tmp_path)
    assert results.label(key) == "Ionic conductivity z [mS/cm]"
    assert results.label("surface_per_um.pore") == "Surface pore [1/µm]"
    (tmp_path / "plan.json").unlink()
    assert load_study(tmp_path)[0].label(key) == "Ionic conductivity z [as the bulk value]"
