"""A choice that measures some values and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from reference import ended

from napari_assb_twin.descriptors.bulk import Bulk, parse_bulk
from napari_assb_twin.descriptors.describe import Choice, describe
from napari_assb_twin.descriptors.only import only
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import Volume
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.synthesis import generate

BULK = Bulk(ionic=parse_bulk("ionic", "2mS/cm"), electronic=parse_bulk("electronic", "10S/m"))


@pytest.mark.parametrize(
    "keys",
    [
        ("geodesic_tortuosity.pore.x",),
        ("contact_share.active_material,pore", "electrolyte_connected"),
        ("ionic_conductivity.z",),
    ],
)
def test_what_is_asked_for_is_measured(keys) -> None:
    chosen = only(keys, Choice(bulk=BULK))
    labels = generate(preset("isotropic"), shape=(32, 32, 32))
    _, values = ended(describe(Volume(np.ascontiguousarray(labels), (0.1,) * 3), chosen))
    assert set(keys) <= set(values)


def test_no_more_than_asked_for() -> None:
    chosen = only(["ionic_conductivity.z"], Choice(bulk=BULK, separator="last"))
    assert (chosen.groups, chosen.axes) == (("transport",), ("z",))
    assert chosen.phases == ("solid_electrolyte",)
    assert chosen.bulk == Bulk(ionic=BULK.ionic)
    assert chosen.separator == "last"
    assert only(["volume_fraction.pore"], Choice(bulk=BULK)).bulk == Bulk()


def test_what_is_no_descriptor_is_refused() -> None:
    with pytest.raises(InputError, match="no descriptor 'beauty'"):
        only(["beauty"], Choice())
