"""Fixtures of the report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fitted_twin import Fitted, fitted_in


@pytest.fixture
def fitted(tmp_path: Path) -> Fitted:
    """See `fitted_in`; in a folder of this test's own."""
    return fitted_in(tmp_path)


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages without their pictures, where only the words matter."""
    nothing = {"source": "data:image/png;base64,", "inches": "1"}

    def stub(picture: Any, look: Any) -> dict[str, Any]:
        words = {"title": picture.title, "words": picture.words, "caption": picture.caption}
        return nothing | words

    monkeypatch.setattr("napari_assb_twin.report.page.embedded", stub)
