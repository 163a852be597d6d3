"""Fixtures of the report."""

from __future__ import annotations

from pathlib import Path

import pytest
from fitted_twin import Fitted, fitted_in

from napari_assb_twin.report.html import DrawnPicture


@pytest.fixture
def fitted(tmp_path: Path) -> Fitted:
    """See `fitted_in`; in a folder of this test's own."""
    return fitted_in(tmp_path)


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages without their pictures, where only the words matter."""
    monkeypatch.setattr(
        DrawnPicture, "of", classmethod(lambda cls, picture, look: cls(picture, b"", 1.0))
    )
