"""The twin file comes back as it was, and a wrong one is refused by the name of the culprit."""

from __future__ import annotations

import copy
import json
import math
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.high_parametric import (
    CylindricalSpectrum,
    IsotropicSpectrum,
    frequency_grid,
)
from napari_assb_twin.twin.parameters import (
    Correlation,
    Grid,
    RandomField,
    Twin,
    VolumeFractions,
)
from napari_assb_twin.twin.presets import PRESETS
from napari_assb_twin.twin.twin_file import load_twin, save_twin, twin_to_document

EXAMPLE = """{
  "format": "assb-twin", "version": 1,
  "symmetry": "cylindrical",
  "volume_fractions": {"pore": 0.11, "active_material": 0.45, "solid_electrolyte": 0.44},
  "first_phase": "active_material", "second_phase": "pore",
  "fields": {
    "X": {"kind": "gaussian",
          "correlation": {"family": "low-parametric", "length_um": 0.7, "smoothness": 2.5,
                          "oscillation_per_um": 2.5, "anisotropy": 0.65}},
    "Y": {"kind": "chi-square", "degrees_of_freedom": 1, "tail": "lower",
          "correlation": {"family": "low-parametric", "length_um": 0.9, "smoothness": null,
                          "oscillation_per_um": 0.0, "anisotropy": 0.65}}
  },
  "grid": {"shape": [128, 128, 128], "voxel_size_um": 0.1, "window": "periodic"},
  "seed": 0
}
"""

MEANT = Twin(
    symmetry="cylindrical",
    volume_fractions=VolumeFractions(pore=0.11, active_material=0.45, solid_electrolyte=0.44),
    first_phase="active_material",
    second_phase="pore",
    X=RandomField(
        degrees_of_freedom=0,
        tail="upper",
        correlation=Correlation(
            length_um=0.7, smoothness=2.5, oscillation_per_um=2.5, anisotropy=0.65
        ),
    ),
    Y=RandomField(
        degrees_of_freedom=1,
        tail="lower",
        correlation=Correlation(
            length_um=0.9, smoothness=None, oscillation_per_um=0.0, anisotropy=0.65
        ),
    ),
    grid=Grid(shape=(128, 128, 128), voxel_size_um=0.1, window="periodic"),
    seed=0,
)


def written(path: Path, document: object) -> Path:
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_the_example_of_the_format_means_what_it_says(tmp_path: Path) -> None:
    (tmp_path / "a.twin.json").write_text(EXAMPLE, encoding="utf-8")
    assert load_twin(tmp_path / "a.twin.json") == MEANT


def test_a_written_twin_holds_the_documented_keys(tmp_path: Path) -> None:
    document = json.loads(save_twin(MEANT, tmp_path / "a.twin.json").read_text(encoding="utf-8"))
    expected = json.loads(EXAMPLE)
    expected["fields"]["X"]["tail"] = "upper"
    assert document == expected


@pytest.mark.parametrize("name", PRESETS)
def test_presets_come_back(tmp_path: Path, name: str) -> None:
    twin = PRESETS[name].twin
    assert load_twin(save_twin(twin, tmp_path / "a.twin.json")) == twin


def test_odd_values_come_back_to_the_last_digit(tmp_path: Path) -> None:
    twin = Twin(
        volume_fractions=VolumeFractions(
            pore=1 / 3, active_material=1 / 3, solid_electrolyte=1 - 2 / 3
        ),
        X=RandomField(
            degrees_of_freedom=17,
            tail="lower",
            correlation=Correlation(
                length_um=math.pi, smoothness=0.5, oscillation_per_um=1e-9, anisotropy=1 / 7
            ),
        ),
        Y=RandomField(tail="lower", correlation=Correlation(smoothness=None, length_um=1e-3)),
        symmetry="cylindrical",
        first_phase="pore",
        second_phase="solid_electrolyte",
        grid=Grid(shape=(1, 33, 2), voxel_size_um=0.1 + 0.2, window="open"),
        seed=2**70 + 1,
        provenance={"sources": ["Schliff µ.tif"], "misfit": {"rms": 0.002}, "list": [1, None]},
        uncertainty={"pore": 0.001, "X.length_um": 1e-9},
    )
    back = load_twin(save_twin(twin, tmp_path / "a.twin.json"))
    assert back == twin
    assert back.provenance == twin.provenance
    assert back.uncertainty == twin.uncertainty
    assert "Schliff µ.tif" in (tmp_path / "a.twin.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("seed", range(8))
def test_any_twin_comes_back(tmp_path: Path, seed: int) -> None:
    random = np.random.default_rng(seed)

    def field() -> RandomField:
        return RandomField(
            degrees_of_freedom=int(random.integers(0, 9)),
            tail=("upper", "lower")[int(random.integers(2))],  # type: ignore[arg-type]
            correlation=Correlation(
                length_um=float(random.lognormal()),
                smoothness=None if random.random() < 0.3 else float(0.5 + random.exponential(3)),
                oscillation_per_um=float(random.exponential()),
                anisotropy=float(random.lognormal(sigma=0.3)),
            ),
        )

    pore, active, _ = random.dirichlet([1, 3, 3]).tolist()
    twin = Twin(
        volume_fractions=VolumeFractions(
            pore=pore, active_material=active, solid_electrolyte=1 - pore - active
        ),
        X=field(),
        Y=field(),
        seed=int(random.integers(2**63)),
    )
    assert load_twin(save_twin(twin, tmp_path / "a.twin.json")) == twin


def test_missing_optional_keys_take_their_defaults(tmp_path: Path) -> None:
    fractions = {"pore": 0.2, "active_material": 0.5, "solid_electrolyte": 0.3}
    document = {
        "format": "assb-twin",
        "version": 1,
        "volume_fractions": fractions,
        "fields": {"X": {}, "Y": {"kind": "chi-square", "correlation": {"length_um": 2}}},
    }
    twin = load_twin(written(tmp_path / "a.json", document))
    assert twin == Twin(
        volume_fractions=VolumeFractions(**fractions),
        Y=RandomField(degrees_of_freedom=1, correlation=Correlation(length_um=2)),
    )
    assert twin.Y.tail == "upper"
    document["grid"] = {"window": "open"}
    opened = load_twin(written(tmp_path / "a.json", document))
    assert opened.grid == Grid(window="open")


HIGH = """{
  "format": "assb-twin", "version": 1,
  "volume_fractions": {"pore": 0.11, "active_material": 0.45, "solid_electrolyte": 0.44},
  "fields": {
    "X": {"kind": "gaussian",
          "correlation": {"family": "high-parametric",
                          "frequencies_per_um": [0, 3, 5], "widths_per_um": [0.6, 0.9, 1.2],
                          "frequencies_z_per_um": [0, 2.5], "widths_z_per_um": [0.7, 1.1],
                          "weights": [[0.1, 0.4], [0.2, 0.05], [0, 0.25]]}},
    "Y": {"kind": "chi-square", "degrees_of_freedom": 2,
          "correlation": {"family": "high-parametric",
                          "frequencies_per_um": [0, 4], "widths_per_um": [1, 1.5],
                          "weights": [0.3, 0.7]}}
  }
}
"""

HIGH_MEANT = Twin(
    volume_fractions=MEANT.volume_fractions,
    X=RandomField(
        correlation=CylindricalSpectrum(
            frequencies_per_um=(0.0, 3.0, 5.0),
            widths_per_um=(0.6, 0.9, 1.2),
            frequencies_z_per_um=(0.0, 2.5),
            widths_z_per_um=(0.7, 1.1),
            weights=((0.1, 0.4), (0.2, 0.05), (0.0, 0.25)),
        )
    ),
    Y=RandomField(
        degrees_of_freedom=2,
        correlation=IsotropicSpectrum(
            frequencies_per_um=(0.0, 4.0), widths_per_um=(1.0, 1.5), weights=(0.3, 0.7)
        ),
    ),
)


def test_a_high_parametric_file_means_what_it_says(tmp_path: Path) -> None:
    (tmp_path / "a.twin.json").write_text(HIGH, encoding="utf-8")
    assert load_twin(tmp_path / "a.twin.json") == HIGH_MEANT
    document = json.loads(save_twin(HIGH_MEANT, tmp_path / "b.twin.json").read_text("utf-8"))
    assert document == twin_to_document(HIGH_MEANT)
    for name, field in json.loads(HIGH)["fields"].items():
        assert document["fields"][name]["correlation"] == field["correlation"]


def test_weights_come_back_to_the_last_digit(tmp_path: Path) -> None:
    frequencies, widths = frequency_grid(pixel_um=0.07, longest_um=math.pi)
    weights = np.random.default_rng(0).dirichlet(np.full(196, 0.3)).reshape(14, 14)
    correlation = CylindricalSpectrum(
        frequencies_per_um=frequencies,
        widths_per_um=widths,
        frequencies_z_per_um=frequencies,
        widths_z_per_um=widths,
        weights=weights,  # type: ignore[arg-type]
    )
    twin = replace(HIGH_MEANT, X=RandomField(correlation=correlation))
    assert load_twin(save_twin(twin, tmp_path / "a.twin.json")) == twin


@pytest.mark.parametrize(
    ("path", "value", "culprit"),
    [
        ("symmetry", "isotropic", "field X has a high-parametric"),
        ("fields.X.correlation.family", "low-parametric", "'frequencies_per_um'"),
        ("fields.X.correlation.family", ..., "'frequencies_per_um'"),
        ("fields.X.correlation.family", ["high-parametric"], "field X: family"),
        ("fields.X.correlation.length_um", 0.5, "'length_um'"),
        ("fields.Y.correlation.wieghts", [0.3, 0.7], "'wieghts'"),
        ("fields.Y.correlation.weights", ..., "'weights'"),
        ("fields.X.correlation.widths_z_per_um", ..., "'widths_z_per_um'"),
        ("fields.X.correlation.frequencies_z_per_um", ..., "'frequencies_z_per_um'"),
        ("fields.Y.correlation.widths_z_per_um", [1], "'frequencies_z_per_um'"),
        ("fields.X.correlation.weights", [0.1, 0.4, 0.5], "field X: weights"),
        ("fields.X.correlation.weights", [[0.5, 0.5]], "frequencies_per_um has 3"),
        ("fields.X.correlation.weights", 1, "field X: weights"),
        ("fields.Y.correlation.weights", [0.3, 0.6], "sum to 0.9"),
        ("fields.Y.correlation.weights", [1.3, -0.3], "field Y: weights"),
        ("fields.Y.correlation.weights", [[0.3], [0.7]], "field Y: weights"),
        ("fields.Y.correlation.weights", {"0": 0.3, "1": 0.7}, "field Y: weights"),
        ("fields.Y.correlation.widths_per_um", [1, 0], "field Y: widths_per_um"),
        ("fields.Y.correlation.widths_per_um", [1], "field Y: widths_per_um"),
        ("fields.Y.correlation.frequencies_per_um", [], "field Y: frequencies_per_um"),
        ("fields.Y.correlation.frequencies_per_um", [0, 10**400], "field Y: frequencies_per_um"),
        ("fields.Y.correlation.frequencies_per_um", None, "field Y: frequencies_per_um"),
    ],
)
def test_a_wrong_high_parametric_file_is_refused_by_the_name_of_the_culprit(
    tmp_path: Path, path: str, value: Any, culprit: str
) -> None:
    file = written(tmp_path / "wrong.twin.json", change(path, value, HIGH))
    with pytest.raises(InputError) as caught:
        load_twin(file)
    sentence = str(caught.value)
    assert culprit in sentence
    assert sentence.startswith("wrong.twin.json: ")
    assert "\n" not in sentence
    assert len(sentence) < 600


def change(path: str, value: Any, example: str = EXAMPLE) -> Any:
    """The example with the value at a dotted path replaced, or removed where it is ``...``."""
    document = json.loads(example)
    *parents, last = path.split(".")
    place = document
    for key in parents:
        place = place[key]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "culprit"),
    [
        ("format", ..., "format"),
        ("format", "assb", "format"),
        ("version", ..., "version"),
        ("version", 2, "version"),
        ("version", "1", "version"),
        ("version", True, "version"),
        ("volume_fractions", ..., "volume_fractions"),
        ("fields", ..., "fields"),
        ("fields.Y", ..., "'Y'"),
        ("fields.Z", {}, "'Z'"),
        ("volume_fractions.pore", ..., "'pore'"),
        ("volume_fractions.pore", 0.2, "sum to 1.09"),
        ("volume_fractions.pore", 0, "pore"),
        ("volume_fractions.pore", -0.11, "pore"),
        ("volume_fractions.pore", "0.11", "pore"),
        ("volume_fractions.pore", None, "pore"),
        ("volume_fractions.binder", 0.1, "'binder'"),
        ("volume_fractions", [0.11, 0.45, 0.44], "volume_fractions"),
        ("symetry", "isotropic", "'symetry'"),
        ("symmetry", "isotropic", "anisotropy"),
        ("symmetry", "cubic", "cubic"),
        ("symmetry", None, "symmetry"),
        ("first_phase", "pore", "pore"),
        ("first_phase", "binder", "binder"),
        ("second_phase", 1, "second_phase"),
        ("seed", -1, "seed"),
        ("seed", 0.5, "seed"),
        ("seed", "0", "seed"),
        ("seed", None, "seed"),
        ("grid.shape", [128, 128], "shape"),
        ("grid.shape", [128, 128, 0], "shape"),
        ("grid.shape", [128, 128, 1.5], "shape"),
        ("grid.shape", "128", "shape"),
        ("grid.voxel_size_um", 0, "voxel_size_um"),
        ("grid.voxel_size_um", [0.1, 0.1, 0.1], "voxel_size_um"),
        ("grid.window", "closed", "window"),
        ("grid.voxel_um", 0.1, "'voxel_um'"),
        ("grid", None, "grid"),
        ("fields.X", "gaussian", "field X"),
        ("fields.X.kind", "gamma", "gamma"),
        ("fields.X.kind", ["gaussian"], "kind"),
        ("fields.X.degrees_of_freedom", 2, "degrees_of_freedom"),
        ("fields.X.tails", "upper", "'tails'"),
        ("fields.X.tail", "both", "field X"),
        ("fields.Y.degrees_of_freedom", 0, "degrees_of_freedom"),
        ("fields.Y.degrees_of_freedom", 1.5, "degrees_of_freedom"),
        ("fields.Y.degrees_of_freedom", -1, "degrees_of_freedom"),
        ("fields.Y.degrees_of_freedom", None, "degrees_of_freedom"),
        ("fields.X.correlation.length_um", 0, "field X: length_um"),
        ("fields.X.correlation.length_um", -0.7, "field X: length_um"),
        ("fields.X.correlation.length_um", 10**400, "field X: length_um"),
        ("fields.Y.correlation.smoothness", 0.4, "field Y: smoothness"),
        ("fields.Y.correlation.oscillation_per_um", -1, "field Y: oscillation_per_um"),
        ("fields.Y.correlation.anisotropy", 0, "field Y: anisotropy"),
        ("fields.Y.correlation.anisotrpy", 1, "'anisotrpy'"),
        ("fields.Y.correlation.family", "spline", "spline"),
        ("fields.Y.correlation", [], "field Y: its correlation"),
        ("provenance", "me", "provenance"),
        ("uncertainty", {"pore": "small"}, "pore"),
        ("uncertainty", [], "uncertainty"),
    ],
)
def test_a_wrong_file_is_refused_by_the_name_of_the_culprit(
    tmp_path: Path, path: str, value: Any, culprit: str
) -> None:
    file = written(tmp_path / "wrong.twin.json", change(path, value))
    with pytest.raises(InputError) as caught:
        load_twin(file)
    sentence = str(caught.value)
    assert culprit in sentence
    assert sentence.startswith("wrong.twin.json: ")
    assert "\n" not in sentence
    assert len(sentence) < 600


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "JSON"),
        (b"{", "line 1"),
        (EXAMPLE.encode()[:300], "line"),
        (b"[]", "braces"),
        (b"3", "braces"),
        (b"\xff\xfe\x00", "UTF-8"),
        (EXAMPLE.replace("0.65", "NaN").encode(), "NaN"),
        (EXAMPLE.replace("0.65", "-Infinity").encode(), "-Infinity"),
        (EXAMPLE.replace("0.7,", "1e999,").encode(), "wrong.twin.json"),
        (EXAMPLE.replace('"seed": 0', '"seed": 0, "seed": 1').encode(), "'seed'"),
        (EXAMPLE.replace('"seed": 0', '"seed": ' + "9" * 5000).encode(), "wrong.twin.json"),
        (b"[" * 100_000, "nested"),
    ],
)
def test_what_is_no_twin_at_all(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "wrong.twin.json").write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_twin(tmp_path / "wrong.twin.json")
    assert "wrong.twin.json" in str(caught.value)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_or_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file"):
        load_twin(tmp_path / "none.twin.json")
    with pytest.raises(InputError, match="cannot be read"):
        load_twin(tmp_path)


def test_what_was_read_can_be_written(tmp_path: Path) -> None:
    """A number too large for a float would be read as infinity, which JSON cannot hold."""
    for key in ("uncertainty", "provenance"):
        document = change(key, {"pore": 0.5})
        text = json.dumps(document).replace("0.5}", "1e999}")
        (tmp_path / "a.twin.json").write_text(text, encoding="utf-8")
        try:
            twin = load_twin(tmp_path / "a.twin.json")
        except InputError:
            continue
        save_twin(twin, tmp_path / "b.twin.json")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        save_twin(MEANT, tmp_path / "no" / "a.twin.json")
    assert not list(tmp_path.iterdir())


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save_twin(MEANT, tmp_path / "a.twin.json")
    before = path.read_bytes()

    def full(self: Path, text: str, **_: Any) -> int:
        with self.open("w", encoding="utf-8") as file:
            file.write(text[:100])
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(InputError, match="cannot be written"):
        save_twin(replace(MEANT, seed=1), path)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.twin.json"]


def test_a_twin_that_cannot_be_written_leaves_the_old_file(tmp_path: Path) -> None:
    path = save_twin(MEANT, tmp_path / "a.twin.json")
    before = path.read_bytes()
    with pytest.raises((InputError, TypeError, ValueError)):
        save_twin(replace(MEANT, provenance={"x": object()}), path)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.twin.json"]


def test_the_document_is_a_copy() -> None:
    twin = replace(MEANT, provenance={"sources": ["a"]})
    kept = copy.deepcopy(twin.provenance)
    twin_to_document(twin)["provenance"]["sources"] = []
    assert twin.provenance == kept
