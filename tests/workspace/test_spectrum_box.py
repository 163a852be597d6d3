"""The sliders of a high-parametric field, without a viewer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from qtpy.QtCore import QEvent, QPoint, QPointF, Qt
from qtpy.QtGui import QWheelEvent
from qtpy.QtWidgets import QApplication
from reference import SPHERES

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.spectral_bands import bands
from napari_assb_twin.twin.spectral_handles import HANDLES
from napari_assb_twin.workspace.morphology_panel import MorphologyPanel
from napari_assb_twin.workspace.spectrum_box import STEPS, position_of, share_at, two_digits


@pytest.fixture
def panel(controller, qtbot):
    """The panel on layered grains, field X and its spectrum unfolded; nothing makes volumes."""
    controller.load_preset("layered")
    one = MorphologyPanel(controller)
    one.set_theme({"text": "#ffffff"})
    qtbot.addWidget(one)
    one.resize(409, 700)
    one.show()
    one.folds["X spectrum"].click()
    yield one
    one.pictures.close()
    one.reducer.close()


def shares(twin, direction="in-plane") -> np.ndarray:
    return np.array([band.share for band in bands(twin.X.correlation, direction)])


def shown(panel) -> list[float]:
    return [share_at(one.slider.value()) for one in panel.fields["X"].spectrum.bands]


# --- structure size and anisotropy -------------------------------------------------------------


def test_the_rows_are_called_after_the_handles(panel, controller):
    size, anisotropy = panel.rows["X.length_um"], panel.rows["X.anisotropy"]
    assert size.label.text() == "Structure size  ℓ"
    assert size.slider.accessibleName() == "Structure size of field X, slider"
    assert HANDLES["length_um"].documentation in size.slider.toolTip()
    assert size.entry.shown() == pytest.approx(controller.twin.value("X.length_um"))
    assert "back to 0.997" in anisotropy.slider.toolTip()
    controller.load_preset("pressed")
    assert size.label.text() == "Correlation length  ℓ"
    assert HANDLES["length_um"].documentation not in size.slider.toolTip()
    controller.undo()
    assert size.label.text() == "Structure size  ℓ"


def test_a_drag_of_the_size_is_one_step_that_depends_on_its_end_alone(panel, controller):
    before = controller.twin
    row = panel.rows["X.length_um"]
    row.slider.setSliderDown(True)
    for position in (100, 900, 333):
        row.slider.setValue(position)
    row.slider.setSliderDown(False)
    value = controller.twin.value("X.length_um")
    assert value == pytest.approx(row.entry.shown())
    assert controller.twin.X == before.with_value("X.length_um", row.entry.value()).X
    assert controller.undo_text == "Structure size"
    controller.undo()
    assert controller.twin == before


def test_keys_move_by_a_percent_and_a_double_click_leads_home(panel, controller, qtbot):
    home = controller.twin
    slider = panel.rows["X.anisotropy"].slider
    for _ in range(3):
        qtbot.keyClick(slider, Qt.Key.Key_Left)
    moved = controller.twin.value("X.anisotropy")
    assert moved == pytest.approx(home.value("X.anisotropy") * 1.01**-3, rel=1e-3)
    qtbot.mouseDClick(panel.rows["X.anisotropy"].label, Qt.MouseButton.LeftButton)
    assert controller.twin == home  # not merely but for rounding
    assert panel.preset.value == "layered"


def test_going_home_to_another_kind_of_correlation_is_refused(panel, controller):
    low = preset("pressed")
    controller.propose(low)
    with pytest.raises(InputError, match="another kind of correlation before"):
        controller.reset("X.smoothness")
    controller.revert()
    assert controller.twin.X == preset("layered").X


def test_the_isotropic_form_has_no_anisotropy(panel, controller):
    twin = controller.twin
    controller.adopt(twin.with_field("X", replace(twin.X, correlation=SPHERES)), "spheres")
    box = panel.fields["X"]
    assert not panel.rows["X.anisotropy"].slider.isVisible()
    assert "same in all directions" in box.note.text()
    assert not box.spectrum.direction.native.isVisible()
    assert len(box.spectrum.bands) == 3
    box.spectrum.bands[2].slider.setValue(50)
    assert controller.twin.X.correlation.weights == pytest.approx((0.46875, 0.28125, 0.25))


# --- the equaliser -----------------------------------------------------------------------------


def test_only_a_high_parametric_field_has_a_spectrum(panel, controller):
    assert panel.fields["X"].spectrum.isVisible()
    assert not panel.fields["Y"].spectrum_fold.isVisible()
    assert not panel.rows["X.smoothness"].slider.isVisible()
    controller.load_preset("pressed")
    assert not panel.fields["X"].spectrum_fold.isVisible()
    assert not panel.fields["X"].spectrum.isVisible()
    panel.folds["X advanced"].click()
    assert panel.rows["X.smoothness"].slider.isVisible()
    controller.undo()
    assert panel.fields["X"].spectrum.isVisible()
    assert not panel.rows["X.smoothness"].slider.isVisible()
    assert panel.fields["X"].kind.native.isVisible()


def test_bands_show_their_wavelength_and_share(panel, controller):
    spectrum = panel.fields["X"].spectrum
    assert shown(panel) == pytest.approx(shares(controller.twin), abs=0.01)
    first, last = spectrum.bands[0], spectrum.bands[-1]
    assert (first.wavelength.text(), first.share.text()) == tuple(
        f"<small>{text}</small>" for text in ("longer", "52")
    )
    assert "1.3" in last.wavelength.text()
    assert last.slider.toolTip() == (
        "Wavelength 1.26 µm in the plane, field X: 12.9% of the variance."
    )
    spectrum.direction.value = "through-plane"
    assert len(spectrum.bands) == 5
    assert shown(panel) == pytest.approx(shares(controller.twin, "through-plane"), abs=0.01)
    assert "along z" in spectrum.bands[1].slider.accessibleName()


@pytest.mark.parametrize("direction", ["in-plane", "through-plane"])
def test_a_drag_of_a_band_is_one_step_and_forgets_its_way(panel, controller, direction):
    """To nothing and to all and back: the others keep the ratio that they began with."""
    before = controller.twin
    spectrum = panel.fields["X"].spectrum
    spectrum.direction.value = direction
    slider = spectrum.bands[1].slider
    slider.setSliderDown(True)
    for position in (0, STEPS, 3, 60):
        slider.setValue(position)
        assert shown(panel) == pytest.approx(shares(controller.twin, direction), abs=0.011)
    slider.setSliderDown(False)
    others = np.delete(shares(before, direction), 1)
    expected = others / others.sum() * (1 - 0.36)
    after = shares(controller.twin, direction)
    assert after[1] == pytest.approx(0.36)
    assert np.delete(after, 1) == pytest.approx(expected)
    assert controller.undo_text == "spectrum of field X"
    controller.undo()
    assert controller.twin == before
    assert controller.undo_text != "spectrum of field X"
    controller.redo()
    assert shares(controller.twin, direction) == pytest.approx(after)


def test_keys_are_one_step_and_another_band_is_another(panel, controller, qtbot):
    before = controller.twin
    one, two = (panel.fields["X"].spectrum.bands[n].slider for n in (1, 2))
    one.setFocus()
    for _ in range(4):
        qtbot.keyClick(one, Qt.Key.Key_Up)
    keyed = controller.twin
    assert shares(keyed)[1] == pytest.approx(share_at(position_of(shares(before)[1]) + 4))
    two.setFocus()
    qtbot.keyClick(two, Qt.Key.Key_PageDown)
    controller.undo()
    assert controller.twin == keyed
    controller.undo()
    assert controller.twin == before


def test_a_moved_band_is_no_longer_what_was_fitted(panel, controller):
    fitted = replace(controller.twin, provenance={"method": "coverage"}, uncertainty={"pore": 0.1})
    controller.adopt(fitted, "fit")
    panel.fields["X"].spectrum.bands[0].slider.setValue(10)
    assert controller.twin.provenance is controller.twin.uncertainty is None
    controller.undo()
    assert controller.twin.provenance == {"method": "coverage"}


def test_a_padlock_keeps_the_size_and_the_anisotropy(panel, controller):
    size, anisotropy = (controller.twin.value(p) for p in ("X.length_um", "X.anisotropy"))
    panel.fields["X"].spectrum.bands[0].slider.setValue(30)
    assert controller.twin.value("X.length_um") < 0.95 * size
    controller.undo()
    for path in ("X.length_um", "X.anisotropy"):
        panel.rows[path].padlock.click()
        assert not panel.rows[path].slider.isEnabled()
    panel.fields["X"].spectrum.bands[0].slider.setValue(30)
    assert shares(controller.twin)[0] == pytest.approx(0.09)
    assert controller.twin.value("X.length_um") == pytest.approx(size, rel=1e-12)
    assert controller.twin.value("X.anisotropy") == pytest.approx(anisotropy, rel=1e-12)


def test_another_number_of_bands_and_no_slider_is_left_behind(panel, controller, qtbot):
    spectrum = panel.fields["X"].spectrum
    for direction, count in (("through-plane", 5), ("in-plane", 4), ("through-plane", 5)):
        spectrum.direction.value = direction
        assert len(spectrum.bands) == count
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert len(spectrum.findChildren(type(spectrum.bands[0].slider))) == 5


def test_the_wheel_scrolls_the_panel_past_the_bands(panel, controller):
    before = controller.twin
    slider = panel.fields["X"].spectrum.bands[1].slider
    slider.clearFocus()
    turn = QWheelEvent(
        QPointF(5, 5),
        QPointF(slider.mapToGlobal(QPoint(5, 5))),
        QPoint(0, 0),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(slider, turn)
    assert controller.twin == before


def test_a_low_parametric_field_has_no_share_to_set(controller):
    with pytest.raises(InputError, match="low-parametric and has no spectrum"):
        controller.set_share("Y", "in-plane", 0, 0.5)


def test_positions_are_quadratic_and_reach_both_ends():
    assert (share_at(0), share_at(STEPS)) == (0.0, 1.0)
    assert [position_of(share_at(n)) for n in range(STEPS + 1)] == [*range(STEPS + 1)]
    assert share_at(10) == pytest.approx(0.01)


def test_wavelengths_fit_under_a_slider():
    lengths = (123.4, 27.1, 2.71, 0.995, 0.271, 0.0996, 0.031, 0.004)
    written = [two_digits(length) for length in lengths]
    assert written == ["123", "27", "2.7", ".99", ".27", ".1", ".03", ".004"]
