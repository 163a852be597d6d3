"""Results on stdout, as one JSON object with ``--json``; progress on stderr."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class ProgressBar:
    """Progress objects on stderr."""

    def __enter__(self) -> ProgressBar:
        from tqdm import tqdm

        self._bar = tqdm(
            file=sys.stderr,
            bar_format="{desc} |{bar:20}| {elapsed}",
            leave=False,
            disable=None,  # where stderr is no terminal
        )
        return self

    def __call__(self, progress: Any) -> None:
        self._bar.total = progress.total
        self._bar.n = progress.step
        self._bar.set_description_str(progress.message)

    def __exit__(self, *_: object) -> None:
        self._bar.close()


def tell(options: Namespace, document: Mapping[str, Any], path: Path) -> None:
    if options.json:
        print_json(document)
    else:
        print(path)


def print_json(document: Mapping[str, Any]) -> None:
    json.dump(document, sys.stdout, allow_nan=False)
    sys.stdout.write("\n")
