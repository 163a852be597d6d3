"""Independent realisations in an open window, of sections as well as volumes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.twin.cpu_backend import CpuBackend
from napari_assb_twin.twin.cutting import cutting_rule
from napari_assb_twin.twin.parameters import FIELD_NAMES, FieldName, Twin
from napari_assb_twin.twin.torus import Torus, amplitude, open_torus


class WindowSampler:
    """Draws independent realisations of a twin in one window, with noise from a generator.

    Unlike `Synthesizer` it takes voxels of unequal edges, and boxes with a single voxel along an
    axis: then the field is simulated in the plane alone, with the correlation restricted to it.
    """

    def __init__(self, twin: Twin, box: Torus) -> None:
        self._twin = twin
        self._box = box
        self._backend = CpuBackend()
        self._rule = cutting_rule(twin)
        self._filters = {}
        for name in FIELD_NAMES:
            correlation = twin.field(name).correlation
            torus = open_torus(correlation, box)
            self._filters[name] = torus, amplitude(correlation, torus)[0]

    def __call__(self, random: np.random.Generator) -> NDArray[np.uint8]:
        """One realisation, uint8 of the window's shape."""
        fields = [self._field(name, random) for name in FIELD_NAMES]
        return self._backend.label(fields[0], fields[1], self._rule)[0]

    def _field(self, name: FieldName, random: np.random.Generator) -> NDArray[np.float32]:
        torus, octant = self._filters[name]
        random_field = self._twin.field(name)
        total: Any = None
        for _ in range(random_field.components):
            noise = random.standard_normal(torus.shape, dtype=np.float32)
            spectrum = self._backend.spectrum(noise)
            values = self._backend.filtered(spectrum, octant, torus.shape, torus.shape)
            if random_field.degrees_of_freedom == 0:
                total = values
            else:
                total = self._backend.sum_of_squares(total, values)
        return self._backend.crop(total, self._box.shape)
