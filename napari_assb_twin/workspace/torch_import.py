"""PyTorch imported in a thread, while a window goes on."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from importlib.util import find_spec
from pathlib import Path


def import_torch() -> None:
    """Import torch without holding up the other threads for long.

    An import holds the interpreter while the system loads the libraries, and while the many new
    objects make it collect garbage: in a window a few tenths of a second each.  So the libraries
    are loaded before by a foreign call, for which the interpreter is let go (Windows needs none:
    torch itself does so there), and garbage waits until the import is done.
    """
    if "torch" in sys.modules:
        return
    if sys.platform != "win32":
        _load_libraries()
    collecting = gc.isenabled()
    gc.disable()
    try:
        import torch  # noqa: F401
    finally:
        if collecting:
            gc.enable()


def _load_libraries() -> None:
    """Those of torch, in the order in which it loads them; what is not there is left out."""
    found = find_spec("torch")
    if found is None or found.origin is None:
        return
    folder = Path(found.origin).parent / "lib"
    ending = ".dylib" if sys.platform == "darwin" else ".so"
    load = ctypes.CDLL(None).dlopen
    load.argtypes, load.restype = [ctypes.c_char_p, ctypes.c_int], ctypes.c_void_p
    for name, how in (("libtorch_global_deps", os.RTLD_GLOBAL), ("libtorch_python", 0)):
        load(os.fsencode(folder / f"{name}{ending}"), os.RTLD_NOW | how)
