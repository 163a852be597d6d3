"""What was learnt as tidy tables, pandas DataFrames with one fact a row."""

from __future__ import annotations

from typing import Any

from napari_assb_twin.surrogates.findings import Findings


def tables(findings: Findings) -> dict[str, Any]:
    """Tables by name: surrogates, means; sensitivity and laws where there are any."""
    found = {
        "surrogates": surrogate_table(findings),
        "means": mean_table(findings),
    }
    if findings.sensitivities:
        found["sensitivity"] = sensitivity_table(findings)
    if findings.regressions:
        found["laws"] = law_table(findings)
    return found


def surrogate_table(findings: Findings) -> Any:
    """Errors on scenarios that the surrogate had not seen, a row a property."""
    import pandas as pd

    return pd.DataFrame(
        {
            "property": one.samples.name,
            "surrogate": one.surrogate.kind,
            "scenarios": one.samples.mean.size,
            "realisations": int(one.samples.count.sum()),
            "missing": one.samples.missing,
            "standard_deviation": float(one.samples.mean.std()),
            "rms_error": one.validation.rms,
            "rms_of_realisations": one.validation.floor,
            "q2": one.validation.q2,
            "inside_95_percent": one.validation.inside,
            "fitted": one.surrogate.words,
        }
        for one in findings.learned
    )


def sensitivity_table(findings: Findings) -> Any:
    """Sobol' indices, a row for each property and parameter."""
    import pandas as pd

    return pd.DataFrame(
        {
            "property": one.name,
            "parameter": parameter,
            "first_order": one.first[place],
            "first_order_error": one.first_error[place],
            "total": one.total[place],
            "total_error": one.total_error[place],
        }
        for one in findings.sensitivities
        for place, parameter in enumerate(one.parameters)
    )


def law_table(findings: Findings) -> Any:
    """Laws in their rank, a row for each exponent."""
    import pandas as pd

    rows = []
    for regression in findings.regressions:
        for rank, law in enumerate(regression.laws, start=1):
            about = {
                "property": regression.name,
                "rank": rank,
                "volumes": regression.measured.size,
                "left_out": regression.left_out,
                "relative_error": law.relative_error,
                "rms_log": law.rms_log,
                "r2": law.r2,
                "prefactor": law.prefactor,
                "prefactor_relative_error": law.prefactor_error,
            }
            exponents = zip(law.descriptors, law.exponents, law.errors, strict=True)
            rows += [
                about | {"descriptor": name, "exponent": value, "exponent_error": error}
                for name, value, error in exponents
            ]
    return pd.DataFrame(rows)


def mean_table(findings: Findings) -> Any:
    """Mean and scatter of the realisations, a row for each scenario and property."""
    import pandas as pd

    frames = []
    for one in findings.learned:
        own = one.samples
        frames.append(
            pd.DataFrame(
                {
                    "scenario": own.scenarios,
                    "property": own.name,
                    "mean": own.mean,
                    "standard_deviation": own.deviation,
                    "realisations": own.count,
                    "predicted_without_it": one.validation.predicted,
                    "predicted_deviation": one.validation.deviation,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)
