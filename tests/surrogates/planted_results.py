"""Tables of results of a known law."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from scipy.stats import qmc

from napari_assb_twin.surrogates.table import Results, results_from

Ranges = Mapping[str, tuple[float, float]]
Law = Callable[..., np.ndarray]


def planted(
    laws: Mapping[str, Law],
    ranges: Ranges,
    *,
    scenarios: int = 64,
    realisations: int = 3,
    noise: float = 0.0,
    seed: int = 0,
    logarithmic: tuple[str, ...] = (),
) -> pd.DataFrame:
    """Scenarios of a Sobol' design; each property is its law of the parameters plus noise."""
    coordinates = qmc.Sobol(len(ranges), rng=seed).random(scenarios)
    random = np.random.default_rng(seed)
    rows = []
    for scenario, place in enumerate(coordinates):
        point = {}
        for (name, (low, high)), share in zip(ranges.items(), place, strict=True):
            ratio = name in logarithmic
            point[name] = low * (high / low) ** share if ratio else low + share * (high - low)
        for realisation in range(realisations):
            row = {"scenario": scenario, "realisation": realisation, "seed": len(rows), "error": ""}
            row |= {f"parameter.{name}": value for name, value in point.items()}
            for name, law in laws.items():
                row[name] = float(law(*point.values())) + noise * random.standard_normal()
            rows.append(row)
    return pd.DataFrame(rows)


def planted_results(*args: object, **options: object) -> Results:
    names = options.get("logarithmic", ())
    return results_from(planted(*args, **options), logarithmic=names)  # type: ignore[arg-type]
