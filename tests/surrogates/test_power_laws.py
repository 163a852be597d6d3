"""Regression on descriptors against a planted law."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from napari_assb_twin.errors import InputError
from napari_assb_twin.surrogates.regression import candidates, regress
from napari_assb_twin.surrogates.table import results_from

KEY = "relative_conductivity.solid_electrolyte.z"
VOLUME, SURFACE = "volume_fraction.solid_electrolyte", "surface_per_um.solid_electrolyte"
TORTUOSITY, CONSTRICTIVITY = (
    f"{name}.solid_electrolyte.z" for name in ("geodesic_tortuosity", "constrictivity")
)


def planted_law(seed: int = 0, scatter: float = 0.05, scenarios: int = 40) -> pd.DataFrame:
    """s = e^1.15 b^0.37 / t^4.39 (Stenzel et al. 2016) with 5 % of scatter; a surface beside it."""
    random = np.random.default_rng(seed)
    rows = []
    for scenario in range(scenarios):
        share, power = random.uniform(0.2, 0.6), random.uniform(0.5, 2.0)
        for realisation in range(3):
            e = share * np.exp(0.02 * random.standard_normal())
            t = 1 + 0.3 * (1 - e) * power * np.exp(0.05 * random.standard_normal())
            b = np.clip(e / power * np.exp(0.1 * random.standard_normal()), 0.02, 1.0)
            s = e**1.15 * b**0.37 / t**4.39 * np.exp(scatter * random.standard_normal())
            rows.append(
                {
                    "scenario": scenario,
                    "realisation": realisation,
                    "parameter.solid_electrolyte": share,
                    "parameter.X.length_um": power,
                    KEY: s,
                    VOLUME: e,
                    TORTUOSITY: t,
                    CONSTRICTIVITY: b,
                    SURFACE: random.uniform(1.0, 2.0),
                    "volume_fraction.pore": 1 - e,
                }
            )
    return pd.DataFrame(rows)


def test_the_planted_law_comes_back() -> None:
    """Exponents within 4 of their standard errors, and these no larger than 0.5."""
    found = regress(results_from(planted_law()), KEY, (VOLUME, TORTUOSITY, CONSTRICTIVITY))
    law = found.laws[0]
    assert law.descriptors == (VOLUME, TORTUOSITY, CONSTRICTIVITY)
    truth = np.array([1.15, -4.39, 0.37])
    assert np.all(np.abs(law.exponents - truth) < 4 * law.errors)
    assert np.all(law.errors < 0.5)
    assert abs(np.log(law.prefactor)) < 4 * law.prefactor_error
    assert law.rms_log == pytest.approx(0.05, rel=0.2)
    assert law.relative_error == pytest.approx(0.05 * np.sqrt(2 / np.pi), rel=0.25)


def test_stated_errors_are_those_over_data_sets() -> None:
    """Of the exponent of the tortuosity over 20 data sets, within a factor of 1.8."""
    fits = [
        next(law for law in found.laws if len(law.descriptors) == 3)
        for found in (
            regress(results_from(planted_law(seed)), KEY, (VOLUME, TORTUOSITY, CONSTRICTIVITY))
            for seed in range(20)
        )
    ]
    scatter = np.std([law.exponents[1] for law in fits], ddof=1)
    stated = np.mean([law.errors[1] for law in fits])
    assert 1 / 1.8 < stated / scatter < 1.8


def test_combinations_are_ranked_by_what_they_predict() -> None:
    found = regress(results_from(planted_law()), KEY)
    assert len(found.laws) == 15  # of four candidates
    assert [law.rms_log for law in found.laws] == sorted(law.rms_log for law in found.laws)
    assert set(found.laws[0].descriptors) >= {VOLUME, TORTUOSITY, CONSTRICTIVITY}
    alone = {law.descriptors[0]: law for law in found.laws if len(law.descriptors) == 1}
    assert found.laws[-1] is alone[SURFACE]
    assert alone[SURFACE].r2 < 0.05
    assert found.laws[0].r2 > 0.95


def test_candidates_are_those_of_the_phase_and_axis() -> None:
    results = results_from(planted_law())
    assert set(candidates(results, KEY)) == {VOLUME, TORTUOSITY, CONSTRICTIVITY, SURFACE}


def test_what_has_no_logarithm_is_left_out_and_counted() -> None:
    frame = planted_law()
    frame.loc[0, KEY] = 0.0  # no path leads through
    frame.loc[0, TORTUOSITY] = None
    frame.loc[1, CONSTRICTIVITY] = 0.0
    found = regress(results_from(frame), KEY)
    assert found.left_out == 2
    assert found.measured.tolist() == frame[KEY].tolist()[2:]


def test_too_little_is_refused() -> None:
    with pytest.raises(InputError, match="a regression on 4 needs 25"):
        regress(results_from(planted_law(scenarios=20)), KEY)
    bare = planted_law().drop(columns=[VOLUME, TORTUOSITY, CONSTRICTIVITY, SURFACE])
    with pytest.raises(InputError, match="no descriptor to explain"):
        regress(results_from(bare), KEY)
