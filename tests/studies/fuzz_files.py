"""Damaged files of every format; ``python tests/studies/fuzz_files.py --files 2000``: a table.

Sound files are cut short, have bits flipped, bytes inserted, removed or overwritten by huge
numbers, the numbers in their headers changed, and directories of TIFF that lead back to
themselves.  Each is read in a process of its own kind, whose memory and time are limited.  What
happens is one of: read; refused with one sentence; crashed; hung; another exception.  One of the
last three makes the exit code 1 and is named with the seed that makes the file again.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import select
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from fuzz_seeds import SEEDS, fresh

SECONDS = 10.0
"""More than this for a file is a hang; sound ones take some hundredths of a second."""
MEMORY = 6 << 30
"""Bytes of address space; the libraries alone map some two."""
LONGEST = 500
"""Characters of a sentence."""

Random = np.random.Generator
Damage = Callable[[bytes, Random], bytes]
OUTCOMES = ("read", "refused", "crash", "hang", "other")


def cut(content: bytes, random: Random) -> bytes:
    """The beginning of a file."""
    return content[: int(random.integers(0, max(1, len(content))))]


def flip(content: bytes, random: Random) -> bytes:
    """Up to 16 bits changed, most of them at the beginning, where the headers are."""
    changed = bytearray(content)
    for _ in range(int(random.integers(1, 17))):
        at = _place(changed, random)
        changed[at] ^= 1 << int(random.integers(0, 8))
    return bytes(changed)


def shift(content: bytes, random: Random) -> bytes:
    """Bytes put in, or taken out."""
    at, count = _place(content, random), int(random.integers(1, 64))
    if random.integers(0, 2):
        return content[:at] + random.bytes(count) + content[at:]
    return content[:at] + content[at + count :]


def huge(content: bytes, random: Random) -> bytes:
    """Numbers overwritten by the largest, or by ones that overflow when they are multiplied."""
    changed = bytearray(content)
    for _ in range(int(random.integers(1, 4))):
        at = _place(changed, random)
        code = ("<H", "<I", "<Q", ">I")[int(random.integers(0, 4))]
        size = struct.calcsize(code)
        largest = (1 << 8 * size) - 1
        values = (largest, largest >> 1, (largest >> 1) + 1, 0, 1 << (4 * size), 65537)
        value = struct.pack(code, values[int(random.integers(0, len(values)))] & largest)
        changed[at : at + size] = value
    return bytes(changed)


def renumber(content: bytes, random: Random) -> bytes:
    """Other numbers in the text of a header."""
    numbers = list(re.finditer(rb"[0-9]+", content[:4096]))
    if not numbers:
        return flip(content, random)
    one = numbers[int(random.integers(0, len(numbers)))]
    others = (b"0", b"-1", b"99999999999999999999", b"1e400", b"nan", b"", b"1000000", b"7")
    other = others[int(random.integers(0, len(others)))]
    return content[: one.start()] + other + content[one.end() :]


def circle(content: bytes, random: Random) -> bytes:
    """The directories of a TIFF lead back to the first one, or to themselves."""
    if content[:4] not in (b"II*\0", b"MM\0*"):
        return huge(content, random)
    order = "<" if content[:2] == b"II" else ">"
    changed, offset = bytearray(content), struct.unpack(f"{order}I", content[4:8])[0]
    first = offset
    for _ in range(int(random.integers(1, 7))):
        (tags,) = struct.unpack(f"{order}H", changed[offset : offset + 2])
        end = offset + 2 + 12 * tags
        (further,) = struct.unpack(f"{order}I", changed[end : end + 4])
        if not further:
            break
        offset = further
    target = (first, offset, offset + 1, 8)[int(random.integers(0, 4))]
    changed[end : end + 4] = struct.pack(f"{order}I", target)
    return bytes(changed)


DAMAGES: tuple[Damage, ...] = (cut, flip, shift, huge, renumber, circle)


def _place(content: bytes | bytearray, random: Random) -> int:
    end = len(content) if random.integers(0, 4) == 0 else min(len(content), 512)
    return int(random.integers(0, max(1, end)))


def damaged(folder: Path, seed: int) -> tuple[str, Path]:
    """The damaged file of a number, and the name of its format."""
    random = np.random.default_rng(seed)
    name = list(SEEDS)[seed % len(SEEDS)]
    opened = fresh(folder, name)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    # headers as often as all that belongs to them
    whole = opened if opened.is_file() and random.integers(0, 2) else None
    target = whole or files[int(random.integers(0, len(files)))]
    damage = DAMAGES[int(random.integers(0, len(DAMAGES)))]
    content = target.read_bytes()
    if content:
        target.write_bytes(damage(content, random))
    return name, opened


class Worker:
    """A process that reads files; it is started anew when it dies or hangs."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._start()

    def _start(self) -> None:
        command = [sys.executable, __file__, "--worker"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True
        )
        assert self._answer(60.0) == "ready"

    def _answer(self, seconds: float) -> str | None:
        stream = self._process.stdout
        assert stream is not None
        ready, _, _ = select.select([stream], [], [], seconds)
        return stream.readline().strip() if ready else None

    def read(self, path: Path) -> tuple[str, str]:
        """What happens, and what is said of it."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        answer = self._answer(self._seconds)
        if answer:
            outcome, words = json.loads(answer)
            return outcome, words
        self.close()
        code = self._process.wait()
        self._start()
        if answer is None:
            return "hang", f"more than {self._seconds:g} s"
        return "crash", f"exit code {code}"

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()


def work() -> None:
    """Answer a line with the name of a file by a line of what happened to it."""
    from napari_assb_twin.errors import InputError
    from napari_assb_twin.images.reading import read_image, sha256_of

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        path = Path(line.rstrip("\n"))
        answer: tuple[str, str]
        try:
            image = read_image(path)
            np.add.reduce(image.array, axis=None)  # all of it, also of a mapped one
            sha256_of(path)
            answer = "read", f"{image.array.shape} {image.array.dtype}"
        except InputError as error:
            sentence = str(error)
            fine = "\n" not in sentence and len(sentence) <= LONGEST
            answer = ("refused" if fine else "other"), sentence
        except BaseException as error:
            answer = "other", f"{type(error).__module__}.{type(error).__name__}: {error}"
        print(json.dumps(answer), file=answers, flush=True)


def run(
    seeds: range, *, workers: int = 2, seconds: float = SECONDS
) -> list[tuple[int, str, str, str]]:
    """Seed, format, outcome and words of every file."""

    def some(number: int) -> list[tuple[int, str, str, str]]:
        found = []
        worker = Worker(seconds)
        with tempfile.TemporaryDirectory() as folder:
            for seed in seeds[number::workers]:
                name, path = damaged(Path(folder) / "one", seed)
                found.append((seed, name, *worker.read(path)))
        worker.close()
        return found

    with ThreadPoolExecutor(workers) as pool:
        return sorted(one for many in pool.map(some, range(workers)) for one in many)


def table(found: list[tuple[int, str, str, str]]) -> str:
    """Counts per format in Markdown."""
    counts = {name: Counter[str]() for name in SEEDS}
    for _, name, outcome, _ in found:
        counts[name][outcome] += 1
    total = sum(counts.values(), Counter[str]())
    lines = ["| format | read | refused | crash | hang | other |", "|---|---|---|---|---|---|"]
    for name, one in [*counts.items(), ("all", total)]:
        lines.append(f"| {name} | {' | '.join(str(one[outcome]) for outcome in OUTCOMES)} |")
    return "\n".join(lines)


def main() -> int:
    """Run the study, or one of its processes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0, help="number of the first file")
    parser.add_argument("--show", action="store_true", help="every file with what was said")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options: Any = parser.parse_args()
    if options.worker:
        work()
        return 0
    started = time.perf_counter()
    found = run(range(options.first, options.first + options.files))
    print(table(found))
    bad = [one for one in found if one[2] in OUTCOMES[2:]]
    for one in found if options.show else bad:
        print(*one, sep="  ", file=sys.stderr)
    print(f"{len(found)} files in {time.perf_counter() - started:.0f} s", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
