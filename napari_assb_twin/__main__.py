"""``python -m napari_assb_twin``: the same as the command ``assb-twin``."""

import sys

from napari_assb_twin.cli import main

sys.exit(main())
