"""Numbers without simulation: against slopes of the exact curves, and each other."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from reference import REFERENCE, SURFACE_MODELS, reference_twin

from napari_assb_twin.twin.exact import coverage, interfaces
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.twin.presets import PRESETS
from napari_assb_twin.twin.readouts import CONTACTS, INTERFACES, readouts


@pytest.mark.parametrize("name", PRESETS)
def test_chord_times_surface_is_four_times_the_fraction(name: str) -> None:
    twin = PRESETS[name].twin
    numbers, exact = readouts(twin), interfaces(twin)
    assert numbers.reservation == ""
    for phase in PHASES:
        chord, surface = numbers.mean_chord_um[phase], numbers.surface_per_um[phase]
        assert surface == pytest.approx(exact.surface_per_um(phase), rel=1e-15)
        assert chord is not None
        assert surface is not None
        assert chord * surface == pytest.approx(4 * twin.volume_fractions[phase], rel=1e-14)
    assert set(numbers.area_per_um) == set(INTERFACES)


@pytest.mark.parametrize("direction", ["in-plane", "through-plane"])
@pytest.mark.parametrize("name", ["pressed", "sheet-pores", "blobs"])
def test_directed_chords_are_the_slopes_of_the_curves(name: str, direction: Any) -> None:
    """-dC_ii/dh at 0 is one over the chord, times the fraction; extrapolated from two lags."""
    twin = PRESETS[name].twin
    numbers = readouts(twin)
    chords = (
        numbers.chord_in_plane_um if direction == "in-plane" else numbers.chord_through_plane_um
    )
    h = np.array([1e-4, 2e-4])
    curves = coverage(twin, h, direction=direction)
    for phase in PHASES:
        slope = (twin.volume_fractions[phase] - curves[phase, phase]) / h
        expected = twin.volume_fractions[phase] / (2 * slope[0] - slope[1])
        assert chords[phase] == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("name", SURFACE_MODELS)
def test_directed_chords_against_reference_crossings(name: str) -> None:
    model = REFERENCE["surface_and_tpb"]["models"][name]
    twin = reference_twin(model["parameters"])
    numbers = readouts(twin)
    p = twin.volume_fractions.active_material
    x_plane = model["xy"]["crossings_per_length_exact"][0]
    x_along = model["yz"]["crossings_per_length_exact"][1]
    assert numbers.chord_in_plane_um["active_material"] == pytest.approx(2 * p / x_plane, rel=1e-6)
    along = numbers.chord_through_plane_um["active_material"]
    assert along == pytest.approx(2 * p / x_along, rel=1e-6)


def test_isotropic_chords_are_the_same_in_all_directions() -> None:
    numbers = readouts(PRESETS["isotropic"].twin)
    for phase in PHASES:
        chord = numbers.mean_chord_um[phase]
        assert numbers.chord_in_plane_um[phase] == pytest.approx(chord, rel=1e-14)
        assert numbers.chord_through_plane_um[phase] == pytest.approx(chord, rel=1e-14)


def test_a_pressed_phase_has_shorter_chords_along_z() -> None:
    numbers = readouts(PRESETS["pressed"].twin)
    active = "active_material"
    through, mean = numbers.chord_through_plane_um[active], numbers.mean_chord_um[active]
    in_plane = numbers.chord_in_plane_um[active]
    assert through == pytest.approx(0.65 * in_plane, rel=1e-12)  # its anisotropy
    assert through < mean < in_plane


@pytest.mark.parametrize("name", PRESETS)
def test_contact_shares_of_a_phase_sum_to_one(name: str) -> None:
    numbers = readouts(PRESETS[name].twin)
    for i in PHASES:
        assert math.fsum(numbers.contact_share[i, j] for j in PHASES if j != i) == pytest.approx(1)


def test_the_order_pins_the_shares_of_the_first_phase_and_of_no_other() -> None:
    twin = PRESETS["pressed"].twin
    numbers = readouts(twin)
    first = twin.first_phase
    assert numbers.pinned == {(first, j) for j in PHASES if j != first}
    changed = readouts(twin.with_correlation("X", length_um=0.2).with_correlation("Y", length_um=2))
    exact = interfaces(twin)
    for i, j in CONTACTS:
        stays = changed.contact_share[i, j] == pytest.approx(numbers.contact_share[i, j], rel=1e-12)
        assert stays == ((i, j) in numbers.pinned)
        pair = (i, j) if (i, j) in exact.area_per_um else (j, i)
        expected = exact.area_per_um[pair] / exact.surface_per_um(i)
        assert numbers.contact_share[i, j] == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("smoothness", [0.5, 1.0])
@pytest.mark.parametrize("rough", ["X", "Y"])
def test_infinite_boundaries_are_said_and_never_shown(rough: Any, smoothness: float) -> None:
    twin = Twin().with_value(f"{rough}.smoothness", smoothness)
    numbers = readouts(twin)
    assert numbers.reservation == f"infinite: smoothness of field {rough} is 1 or less"
    assert numbers.triple_phase_boundary_per_um2 is None
    assert numbers.surface_per_um["pore"] is None
    assert numbers.mean_chord_um["pore"] is None
    assert numbers.chord_in_plane_um["pore"] is None
    electrolyte, active = "solid_electrolyte", "active_material"
    assert (numbers.area_per_um["pore", active] is None) == (rough == "X")
    assert (numbers.area_per_um["pore", electrolyte] is None) == (rough == "Y")
    phi = twin.volume_fractions
    pinned = phi.pore / (phi.pore + phi.solid_electrolyte)
    assert numbers.contact_share[active, "pore"] == pytest.approx(pinned, rel=1e-12)
    assert numbers.contact_share["pore", active] is None
    json.dumps(numbers.document(), allow_nan=False)


def test_both_fields_rough() -> None:
    twin = Twin().with_value("X.smoothness", 0.5).with_value("Y.smoothness", 0.7)
    assert readouts(twin).reservation == (
        "infinite: smoothness of field X and field Y is 1 or less"
    )


@pytest.mark.parametrize("length", [1e-200, 1e200])
def test_lengths_beyond_all_measure_give_numbers_or_none(length: float) -> None:
    document = readouts(Twin().with_value("X.length_um", length)).document()
    json.dumps(document, allow_nan=False)


def test_the_document() -> None:
    numbers = readouts(PRESETS["pressed"].twin)
    document = json.loads(json.dumps(numbers.document()))
    assert document["area_per_um"]["pore,active_material"] > 0
    assert len(document["contact_share"]) == 6
    assert document["pinned_contact_shares"] == [
        "active_material,pore",
        "active_material,solid_electrolyte",
    ]
    assert document["reservation"] is None
