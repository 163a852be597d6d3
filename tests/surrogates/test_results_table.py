"""Tables of results are read with suspicion; means and scatter are those of numpy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from planted_results import planted

from napari_assb_twin.descriptors.describe import Choice
from napari_assb_twin.errors import InputError
from napari_assb_twin.scenarios.plan import Plan, Varied
from napari_assb_twin.scenarios.run import Sweep
from napari_assb_twin.steps import finished
from napari_assb_twin.surrogates.samples import samples
from napari_assb_twin.surrogates.table import read_results, results_from
from napari_assb_twin.twin.parameters import Correlation, Grid, RandomField, Twin

RANGES = {"pore": (0.05, 0.2), "X.length_um": (1.0, 4.0)}


def table(**options) -> pd.DataFrame:
    laws = {"relative_conductivity.solid_electrolyte.z": lambda p, x: 0.5 - p + 0.01 * x}
    return planted(laws, RANGES, scenarios=16, noise=0.01, **options)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_folder_reads_back_as_it_was_written(tmp_path, ending) -> None:
    frame = table()
    writer = {"csv": frame.to_csv, "parquet": frame.to_parquet}[ending]
    writer(tmp_path / f"results.{ending}", index=False)
    results = read_results(tmp_path, logarithmic=["X.length_um"])
    key = results.key("relative_conductivity.SE.z")
    assert key == "relative_conductivity.solid_electrolyte.z"
    assert results.rows[key].tolist() == frame[key].tolist()  # the same doubles
    assert results.space.names == ("pore", "X.length_um")
    assert results.space.logarithmic == (False, True)


def test_failed_rows_are_left_out_and_counted() -> None:
    frame = table()
    frame.loc[[0, 4], "error"] = "The box is too small."
    frame.loc[[0, 4], "relative_conductivity.solid_electrolyte.z"] = None
    results = results_from(frame)
    assert (results.failed, len(results)) == (2, len(frame) - 2)
    assert results.reservations == ("Realisations that failed and are left out: 2.",)


def test_means_and_scatter_are_those_of_numpy() -> None:
    frame = table()
    key = "relative_conductivity.solid_electrolyte.z"
    frame.loc[1, key] = None
    frame.loc[2, key] = np.inf
    one = samples(results_from(frame), key)
    first, second = frame[key][:1], frame[key][3:6]
    assert one.missing == 2
    assert one.count.tolist() == [1] + [3] * 15
    assert np.isnan(one.deviation[0])
    assert one.mean[:2] == pytest.approx([first.mean(), second.mean()])
    assert one.deviation[1] == pytest.approx(np.std(second, ddof=1))
    others = frame[key].to_numpy()[3:].reshape(15, 3)
    assert one.noise == pytest.approx(np.sqrt(np.mean(np.var(others, axis=1, ddof=1))))
    assert one.errors == pytest.approx(one.noise / np.sqrt(one.count))


def test_scatter_is_unknown_where_every_scenario_has_one_realisation() -> None:
    one = samples(results_from(table(realisations=1)), "relative_conductivity.SE.z")
    assert one.noise is None
    assert one.errors is None


def test_scaled_coordinates_fill_the_ranges_and_come_back() -> None:
    space = results_from(table(), logarithmic=["X.length_um"]).space
    middle = space.unscaled([[0.5, 0.5]])
    low, high = np.array(space.low), np.array(space.high)
    assert middle[0] == pytest.approx([(low[0] + high[0]) / 2, np.sqrt(low[1] * high[1])])
    assert space.scaled([low, middle[0], high]) == pytest.approx(
        np.array([[0, 0], [0.5, 0.5], [1, 1]])
    )


def test_words_are_no_property_and_parameters_that_stay_are_none() -> None:
    frame = table().assign(machine="a", **{"parameter.seedling": 3.0})
    results = results_from(frame)
    assert results.ignored == ("machine",)
    assert results.reservations == ("Columns of words, which are left out: machine.",)
    assert results.space.names == ("pore", "X.length_um")


def test_transport_that_did_not_converge_is_missing() -> None:
    key = "relative_conductivity.solid_electrolyte.z"
    frame = table().assign(**{"ionic_conductivity.z": 2.0, "flux_spread.solid_electrolyte.z": 0.1})
    frame["converged.solid_electrolyte.z"] = 1.0
    frame.loc[[3, 8], "converged.solid_electrolyte.z"] = 0.0
    results = results_from(frame)
    assert results.unsteady == 2
    assert "did not converge, which counts as missing: 2." in results.reservations[0]
    assert results.properties == (key, "ionic_conductivity.z")
    assert np.flatnonzero(results.rows[key].isna()).tolist() == [3, 8]
    assert results.rows["ionic_conductivity.z"].isna().sum() == 2


def test_a_property_may_be_called_as_a_parameter() -> None:
    frame = table().assign(pore=7.0)
    one = samples(results_from(frame), "pore")
    assert set(one.mean) == {7.0}
    assert one.points[:, 0].tolist() == frame["parameter.pore"][::3].tolist()


def _text_among_numbers(frame):
    changed = frame.astype({"parameter.pore": object})
    changed.loc[2, "parameter.pore"] = "much"
    return changed


def _two_values(frame):
    frame.loc[1, "parameter.pore"] += 0.01
    return frame


WRONG = {
    "no column 'scenario'": lambda f: f.drop(columns="scenario"),
    "stands twice; keep one of the rows": lambda f: pd.concat([f, f.tail(1)], ignore_index=True),
    "holds 'much' in row 3": _text_among_numbers,
    "has no number in row 6": lambda f: f.assign(
        **{"parameter.pore": f["parameter.pore"].where(f.index != 5)}
    ),
    "more than one value of pore": _two_values,
    "whole numbers": lambda f: f.assign(scenario=f["scenario"] + 0.5),
    "every realisation failed": lambda f: f.assign(error="x"),
    "nothing was varied": lambda f: f.drop(columns=[c for c in f if c.startswith("parameter")]),
    "one value only": lambda f: f.assign(**{"parameter.pore": 1, "parameter.X.length_um": 1}),
    "column 'seed' stands twice": lambda f: pd.concat([f, f[["seed"]]], axis="columns"),
}


@pytest.mark.parametrize("said", WRONG)
def test_what_is_wrong_is_said_in_a_sentence(said) -> None:
    with pytest.raises(InputError, match=said) as raised:
        results_from(WRONG[said](table()))
    assert "\n" not in str(raised.value)


def test_files_that_are_no_tables_are_refused(tmp_path) -> None:
    with pytest.raises(InputError, match=r"holds neither results\.parquet nor results\.csv"):
        read_results(tmp_path)
    with pytest.raises(InputError, match="does not exist"):
        read_results(tmp_path / "nothing.csv")
    for name, content in (("results.parquet", b"PAR1 is not enough"), ("a.csv", b"\xff\xfe\x00")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match="cannot be read as a table"):
            read_results(tmp_path / name)
    frame = table().assign(**{"parameter.pore": table()["scenario"]})
    with pytest.raises(InputError, match="logarithm does not exist"):
        results_from(frame, logarithmic=["pore"])


CUT = {
    "a row": lambda text: text[: text.rstrip("\n").rfind("\n") + 1],
    "half a row": lambda text: text[:-60],
    "one character": lambda text: text[:-2],
    "all rows": lambda text: text.partition("\n")[0] + "\n",
}


@pytest.mark.parametrize("cut", CUT)
def test_a_table_of_a_sweep_that_was_cut_short_is_refused(tmp_path, cut) -> None:
    """Its record beside it knows; the same sweep writes it anew."""
    field = RandomField(correlation=Correlation(length_um=0.2, smoothness=None))
    plan = Plan(
        twin=Twin(X=field, Y=field, grid=Grid(shape=(32, 32, 32))),
        varied=(Varied(parameter="pore", low=0.1, high=0.3),),
        points=4,
        realisations=1,
        choice=Choice(groups=("composition",), axes=("z",)),
    )
    finished(Sweep(plan, tmp_path).run())
    (tmp_path / "results.parquet").unlink()
    file = tmp_path / "results.csv"
    whole = file.read_text(encoding="utf-8")
    assert len(read_results(tmp_path)) == 4
    file.write_text(CUT[cut](whole), encoding="utf-8")
    for path in (tmp_path, file):
        with pytest.raises(InputError, match=r"is not all of the 4 rows that rows\.jsonl beside"):
            read_results(path)
    finished(Sweep(plan, tmp_path).run())
    assert file.read_text(encoding="utf-8") == whole


def test_of_many_names_those_near_the_unknown_one_are_told() -> None:
    results = results_from(table().assign(**{f"other_{i}": 1.0 * i for i in range(9)}, area=2.0))
    with pytest.raises(InputError, match=r"no property 'aera'; choose from area\.$"):
        results.key("aera")
    with pytest.raises(InputError, match=r"choose from .*other_0, .*other_8"):  # none is near
        results.key("xyz")


def test_an_unknown_name_lists_those_there_are() -> None:
    results = results_from(table())
    with pytest.raises(InputError, match=r"choose from pore, X\.length_um"):
        results.parameter("Y.length_um")
