"""How often a validation objects to a twin that is right: ``python validation_alarm.py``.

The data are realisations of twins with random parameters (``structures.own_twin``, two Gaussian
fields), so that a twin calibrated on sections of one half differs from the other half by chance
alone.  Printed in Markdown: of how many quantities the difference lies beyond the 95 % range, where
5 % should, and how many volumes have a quantity that is certain, where 5 % at most should.  Paths,
phase sizes and transport are left out.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import replace

import numpy as np
from structures import own_twin
from validation_real import CONTROL

from napari_assb_twin.measure.sections import Volume
from napari_assb_twin.steps import finished
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus
from napari_assb_twin.validation.run import TWINS, validation
from napari_assb_twin.validation.verdict import verdict

SHAPE = (64, 128, 64)


def main() -> None:
    """Validate realisations, count what sounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20)
    count = parser.parse_args().count
    judged, beyond, certain = (Counter[str]() for _ in range(3))
    for seed in range(count):
        random = np.random.default_rng([seed, 0xA1A])
        twin = own_twin(random, gaussian=True)
        labels = WindowSampler(twin, Torus(SHAPE, (1.0,) * 3))(random)
        asked = replace(CONTROL, fields="gaussian", seed=seed)
        rows = finished(validation(Volume(labels, (1.0,) * 3), asked)).rows
        for name in TWINS:
            found = verdict(rows, name)
            judged[name] += found.judged
            beyond[name] += found.beyond
            certain[name] += not found.within
            print(f"{seed} {name}: {found.sentence}", flush=True)
    print(f"\n| twin | beyond 95 %, of quantities | certain, of {count} volumes |")
    print("|---|---|---|")
    for name in TWINS:
        print(f"| {name} | {beyond[name] / judged[name]:.1%} | {certain[name]} |")


if __name__ == "__main__":
    main()
