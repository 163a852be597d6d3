"""Movies and pictures: the numbers of a sweep, the turns of a turntable, and the files."""

from __future__ import annotations

import importlib.util
import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.atomic import whole_file
from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.parameters import Parameter

Frame = NDArray[np.uint8]
"""Rows, columns, and red, green, blue (and perhaps an opacity that is dropped)."""

MOST_FRAMES = 360
FASTEST = 50
"""Frames per second; what viewers of GIF still follow."""


def sweep_values(parameter: Parameter, start: float, stop: float, count: int) -> tuple[float, ...]:
    """``count`` numbers from ``start`` to ``stop``, both included.

    Evenly spaced, or in equal ratios where the parameter has a logarithmic slider.

    Raises
    ------
    InputError
        If there are fewer than two numbers or too many, the ends are equal or not finite, or a
        logarithmic parameter is not positive.
    """
    if not 2 <= count <= MOST_FRAMES:
        raise InputError(f"A sweep of {count} frames; choose between 2 and {MOST_FRAMES}.")
    if not (math.isfinite(start) and math.isfinite(stop)) or start == stop:
        raise InputError(f"A sweep from {start:g} to {stop:g}; give two different numbers.")
    if not parameter.logarithmic:
        return tuple(np.linspace(start, stop, count).tolist())
    if min(start, stop) <= 0:
        raise InputError(
            f"A sweep of the {parameter.label.lower()} from {start:g} to {stop:g}; both numbers "
            "must be positive."
        )
    return tuple(np.geomspace(start, stop, count).tolist())


def turned(direction: tuple[float, ...], part: float) -> tuple[float, float, float]:
    """A direction (z, y, x) turned about z by a part of a full turn."""
    z, y, x = direction
    cosine, sine = math.cos(2 * math.pi * part), math.sin(2 * math.pi * part)
    return z, cosine * y - sine * x, sine * y + cosine * x


def check_movie(path: str | os.PathLike[str]) -> None:
    """Refuse a file that is neither GIF nor MP4, or an MP4 that cannot be written here.

    Raises
    ------
    InputError
        One sentence that says what to do instead.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in (".gif", ".mp4"):
        raise InputError(f"{Path(path).name} is no movie; give a name that ends in .gif or .mp4.")
    if suffix == ".mp4" and not can_write_mp4():
        raise InputError(
            "MP4 needs ffmpeg, which is not installed; pip install 'napari-assb-twin[movie]', or "
            "give a name that ends in .gif."
        )


def can_write_mp4() -> bool:
    """Whether ffmpeg is there for imageio."""
    return importlib.util.find_spec("imageio_ffmpeg") is not None


def write_png(path: str | os.PathLike[str], frame: Frame) -> None:
    """Write one picture as PNG.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    from PIL import Image

    with whole_file(path) as aside, Path(aside).open("wb") as file:
        Image.fromarray(frame).save(file, format="PNG")


@contextmanager
def movie_file(
    path: str | os.PathLike[str], *, frames_per_second: float = 12.0, width: int | None = None
) -> Iterator[Callable[[Frame], None]]:
    """Yield a function that adds a frame; the file stands in place when the block ends.

    Parameters
    ----------
    path
        Ends in ``.gif`` (endless loop, 256 colours a frame) or ``.mp4`` (H.264).
    width
        Wider frames are scaled down to so many pixels.  All frames get the size of the first.

    Raises
    ------
    InputError
        If the kind of file or the rate cannot be written, or writing fails; if the block raises,
        nothing is left behind.
    """
    check_movie(path)
    if not 0 < frames_per_second <= FASTEST:
        raise InputError(
            f"{frames_per_second:g} frames per second; choose a number up to {FASTEST}."
        )
    gif = Path(path).suffix.lower() == ".gif"
    with whole_file(path) as aside, _writer(aside, gif, frames_per_second) as write:
        size: tuple[int, int] | None = None

        def append(frame: Frame) -> None:
            nonlocal size
            size = size or _size(frame, width)
            write(_fitted(frame, size))

        yield append
        if size is None:
            raise InputError("A movie needs at least one frame.")


@contextmanager
def _writer(path: Path, gif: bool, rate: float) -> Iterator[Callable[[Frame], Any]]:
    import imageio.v3 as iio

    if gif:  # in hundredths of a second
        options: dict[str, Any] = {"duration": 10 * round(100 / rate), "loop": 0}
        with iio.imopen(path, "w", plugin="pillow") as file:
            yield lambda frame: file.write(frame, **options)
        return
    from imageio.v2 import get_writer

    film: Any = get_writer(path, format="FFMPEG", fps=rate, quality=8, macro_block_size=2)
    with film:
        yield film.append_data


def _size(frame: Frame, width: int | None) -> tuple[int, int]:
    """Columns and rows, even as H.264 wants them."""
    rows, columns = frame.shape[:2]
    scale = 1.0 if width is None else min(1.0, width / columns)
    return max(2, 2 * round(columns * scale / 2)), max(2, 2 * round(rows * scale / 2))


def _fitted(frame: Frame, size: tuple[int, int]) -> Frame:
    from PIL import Image

    picture = Image.fromarray(np.ascontiguousarray(frame[..., :3]))
    if picture.size != size:
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    return np.asarray(picture)
