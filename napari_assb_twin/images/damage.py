"""What image libraries do with a damaged file, said as one sentence."""

from __future__ import annotations

import logging
import struct
import tokenize
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from napari_assb_twin.errors import InputError

# What tifffile, imagecodecs, Pillow, numpy, zarr and zlib raise on files with bytes cut off or
# altered: found by cutting and altering files of every format.  None promises a narrower set.
DAMAGE = (
    OSError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    AssertionError,
    RuntimeError,
    SyntaxError,
    EOFError,
    struct.error,
    tokenize.TokenError,
    zlib.error,
)


@contextmanager
def damage_named(path: Path, *further: type[Exception]) -> Iterator[None]:
    """Turn what a library raises on a damaged file into an `InputError` that names the file.

    ``further`` are exceptions of a library's own.
    """
    known: tuple[type[Exception], ...] = (*DAMAGE, *further)
    try:
        yield
    except InputError:
        raise
    except MemoryError as error:
        raise InputError(
            f"{path.name} does not fit into memory, or is damaged; crop it or export it again."
        ) from error
    except known as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:120]
        raise InputError(
            f"{path.name} is damaged, cut short or in a variant that cannot be read ({reason}); "
            "copy or export it again."
        ) from error


@contextmanager
def quiet(name: str) -> Iterator[None]:
    """Keep a library's log lines off stderr: what is wrong is said once, by the error."""
    logger, handler = logging.getLogger(name), logging.NullHandler()
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
