"""What stands in for GeoDict where a macro is run."""

from __future__ import annotations

from typing import Any


class Recorder:
    """Stands in for GeoDict: it knows the folder of the macro, and keeps what it is told to run."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.calls: list[tuple[str, dict[str, Any], str]] = []

    def getMacroFileFolder(self) -> str:  # noqa: N802, GeoDict's name
        return self.folder

    def runCmd(self, command: str, arguments: dict[str, Any], release: str) -> None:  # noqa: N802
        self.calls.append((command, arguments, release))
