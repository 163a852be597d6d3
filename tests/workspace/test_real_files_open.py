"""Every real image opens in the window with a sensible result or a sensible sentence."""

from __future__ import annotations

import pytest
from reference import DATA

from napari_assb_twin.workspace.data_form import GREY, LABELS

PATIENCE_MS = 60_000
PHASES = ("pore", "active_material", "solid_electrolyte", "pore")
EXPECTED = {
    "imagerep_segstack_100/seg_stack.tiff": LABELS,
    "taufactor_electrode_256/electrode.tiff": LABELS,
    "nrel_nmc111_section/nrel_nmc111_segmented_phases.tif": LABELS,
    "nmc_binary_128/nmc_binary_128.tif": "No label is solid electrolyte",
    "nrel_nmc111_section/nrel_nmc111_grayscale_cropped.tif": "colour",
    "samba_greyscale_sections/sem_electrode_grey_8bit.tif": GREY,
    "samba_greyscale_sections/two_phase_alloy_grey_16bit.tif": GREY,
}


def test_every_real_file_gives_data_or_a_sentence(workspace, qtbot):
    """One window for all of them; no source states a voxel size: 0.1 µm is chosen here."""
    found = {str(path.relative_to(DATA)) for path in DATA.glob("*/*.tif*")}
    if not found:
        pytest.skip("the real images are not beside this checkout")
    panel, told = workspace.data, []
    workspace.controller.refused.connect(told.append)
    for name in sorted(found):
        told.clear()
        meaning = opened_and_used(workspace, DATA / name, told, qtbot)
        if EXPECTED[name] in (LABELS, GREY):
            assert (meaning, told) == (EXPECTED[name], []), name
            assert workspace.controller.data.sources == ((DATA / name).name,)
        else:
            assert len(told) == 1, name
            assert EXPECTED[name] in told[0], name
            assert "\n" not in told[0]
        panel.close_form()


def opened_and_used(workspace, path, told, qtbot):
    """Open a file and take what it holds; what its values were taken for."""
    panel = workspace.data
    workspace.open_files([path])
    qtbot.waitUntil(lambda: panel.form is not None or bool(told), timeout=PATIENCE_MS)
    form = panel.form
    if form is None:
        return None
    for size in form.sizes:
        size.value = 0.1
    for part, phase in zip(form.parts.values(), PHASES, strict=False):
        part.value = phase
    if form.grey is not None:
        qtbot.waitUntil(lambda: not form.grey.busy, timeout=PATIENCE_MS)
    meaning = form.values.value  # the form may be gone once its data are there
    form.use.click()
    qtbot.waitUntil(lambda: panel.form is None or bool(told), timeout=PATIENCE_MS)
    return meaning
