"""The report in a real browser: it is drawn without a request, and prints on whole pages of A4."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from napari_assb_twin.report.page import write_report

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")
A4_POINTS = (595, 842)


@pytest.fixture
def browser() -> str:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"none of {', '.join(BROWSERS)} is installed")
    return found


def test_it_is_drawn_and_printed(browser: str, fitted) -> None:
    report, _ = write_report(fitted.file, fitted.folder / "report.html")
    picture, printed = fitted.folder / "report.png", fitted.folder / "report.pdf"
    profile = f"--user-data-dir={fitted.folder / 'profile'}"
    for option in (f"--screenshot={picture}", f"--print-to-pdf={printed}"):
        subprocess.run(
            [browser, *OPTIONS, profile, "--window-size=1000,5600", "--no-pdf-header-footer",
             option, report.as_uri()],
            check=True, capture_output=True, timeout=300,
        )  # fmt: skip
    _check_picture(picture)
    sizes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", printed.read_bytes())
    assert 3 <= len(sizes) <= 15
    for width, height in sizes:
        assert float(width) == pytest.approx(A4_POINTS[0], abs=1.5)
        assert float(height) == pytest.approx(A4_POINTS[1], abs=1.5)


def _check_picture(path: Path) -> None:
    """White paper, the ink of the text, the red of the sections, the blue of measured curves."""
    pixels = np.asarray(Image.open(path).convert("RGB")).reshape(-1, 3).astype(int)
    assert (pixels == 255).all(axis=1).mean() > 0.5
    for colour in ((0xD6, 0x27, 0x28), (0x00, 0x72, 0xB2), (0x22, 0x22, 0x22)):
        near = np.abs(pixels - colour).max(axis=1) < 12
        assert near.sum() > 500, colour
