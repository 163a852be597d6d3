"""What scanning electron microscopes write of a picture: pixel size, tilt, height without text.

Each maker has a format of its own: FEI and Thermo, Zeiss and Tescan in private tags of the TIFF,
Tescan, JEOL and Hitachi in a text file beside it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from napari_assb_twin.images.units import in_um, parse_length

LARGEST_SIDECAR = 1 << 20
_FEI_TAGS = (34682, 34680)
_ZEISS_TAG, _TESCAN_TAG = 34118, 50431


@dataclass(frozen=True)
class Micrograph:
    """What a microscope says of a picture.

    Attributes
    ----------
    pixel_um
        Edges of a pixel (rows, columns) in micrometres; None where one is not stated.
    source
        Where it stands.
    rows
        Rows of the picture without the bar of text below it; None where not stated.
    tilt_degrees
        Tilt of the stage; None where not stated.
    """

    pixel_um: tuple[float | None, float | None]
    source: str
    rows: int | None = None
    tilt_degrees: float | None = None

    def bar(self, height: int) -> tuple[int, int] | None:
        """Rows (first, end) below the picture in a file of so many rows; None if there are none."""
        return None if self.rows is None or not 0 < self.rows < height else (self.rows, height)


def from_tags(tiff: Any, height: int, width: int) -> Micrograph | None:
    """What the private tags of a TIFF say; None where there are none of a known maker.

    Parameters
    ----------
    tiff
        An open ``tifffile.TiffFile``.
    height, width
        Pixels of the file, bar included.
    """
    tags = tiff.pages[0].tags
    if any(code in tags for code in _FEI_TAGS):
        return _fei(tiff.fei_metadata or {}, tags, width)
    if _ZEISS_TAG in tags and isinstance(tiff.sem_metadata, dict):
        return _zeiss(tiff.sem_metadata, width)
    if _TESCAN_TAG in tags:
        return _tescan(_text(tags[_TESCAN_TAG].value), "Tescan tag 50431 (PixelSizeX)", height)
    return None


def from_text_beside(path: Path, height: int) -> Micrograph | None:
    """What a text file that the microscope wrote beside a picture says; None where there is none.

    Parameters
    ----------
    path
        The picture.  Looked for are ``<stem>-tif.hdr``, ``<stem>.hdr`` and ``<stem>.txt``.
    height
        Rows of the picture, bar included.
    """
    names = (f"{path.stem}-{path.suffix[1:]}.hdr", f"{path.stem}.hdr", f"{path.stem}.txt")
    for beside in (path.with_name(name) for name in names):
        if not beside.is_file() or beside.stat().st_size > LARGEST_SIDECAR:
            continue
        text = _text(beside.read_bytes())
        found = _jeol(text, beside.name) or _hitachi(text, beside.name)
        found = found or _tescan(text, f"{beside.name} (PixelSizeX)", height)
        if found is not None:
            return found
    return None


def _fei(metadata: Mapping[str, Any], tags: Any, width: int) -> Micrograph:
    """Lengths in metres, the tilt in radians; tifffile has parted the sections."""
    scan, stage, image = (_section(metadata, name) for name in ("Scan", "Stage", "Image"))
    code = next(code for code in _FEI_TAGS if code in tags)
    radians = _number(stage.get("StageT"))
    rows = _number(image.get("ResolutionY"))
    same = _number(image.get("ResolutionX")) == width
    return Micrograph(
        (in_um(scan.get("PixelHeight"), "m"), in_um(scan.get("PixelWidth"), "m")),
        f"FEI tag {code} ([Scan] PixelWidth)",
        int(rows) if rows is not None and same else None,
        math.degrees(radians) if radians is not None and abs(radians) <= math.pi / 2 else None,
    )


def _zeiss(metadata: Mapping[str, Any], width: int) -> Micrograph:
    """The pixel of the image; ``ap_pixel_size`` is that of the monitor.

    Without it, the unnamed numbers at the beginning hold the pixel in metres of a picture 1024
    pixels wide.
    """
    edge = None
    source = "Zeiss tag 34118 (Image Pixel Size)"
    value = metadata.get("ap_image_pixel_size")
    if isinstance(value, tuple) and len(value) >= 3:
        edge = in_um(value[1], str(value[2]))
    unnamed = metadata.get("", ())
    if edge is None and len(unnamed) > 3 and (scale := _number(unnamed[3])) is not None:
        edge = in_um(scale * 1024 / width, "m")
        source = "Zeiss tag 34118 (scale of the image)"
    tilt = metadata.get("ap_stage_at_t")
    degrees = _number(tilt[1]) if isinstance(tilt, tuple) and len(tilt) >= 2 else None
    return Micrograph((edge, edge), source, None, degrees)


def _tescan(text: str, source: str, height: int) -> Micrograph | None:
    """Lines ``key=value`` after ``[MAIN]``, lengths in metres, the tilt in degrees."""
    if "[MAIN]" not in text:
        return None
    fields = _fields(text[text.index("[MAIN]") :], "=")
    strip = _number(fields.get("ImageStripSize"))
    return Micrograph(
        (in_um(fields.get("PixelSizeY"), "m"), in_um(fields.get("PixelSizeX"), "m")),
        source,
        height - int(strip) if strip is not None and 0 < strip < height else None,
        _number(fields.get("StageTilt")),
    )


def _jeol(text: str, name: str) -> Micrograph | None:
    """A scale bar of so many pixels and its length; the size of the picture without the text."""
    fields = _fields(text, None)
    pixels = _number(fields.get("$$SM_MICRON_BAR"))
    length = parse_length(fields.get("$$SM_MICRON_MARKER", ""))
    if pixels is None or length is None or pixels <= 0:
        return None
    edge = in_um(length / pixels, "um")
    size = [_number(one) for one in fields.get("$CM_FULL_SIZE", "").split()]
    rows = size[1] if len(size) == 2 else None
    return Micrograph(
        (edge, edge), f"{name} (scale bar of JEOL)", None if rows is None else int(rows)
    )


def _hitachi(text: str, name: str) -> Micrograph | None:
    """``PixelSize`` in nanometres under ``[SemImageFile]``."""
    if "[SemImageFile]" not in text:
        return None
    edge = in_um(_fields(text, "=").get("PixelSize"), "nm")
    return Micrograph((edge, edge), f"{name} (PixelSize of Hitachi)")


def _fields(text: str, separator: str | None) -> dict[str, str]:
    """The first value of each key."""
    fields: dict[str, str] = {}
    for line in text.splitlines():
        pieces = line.split(separator, 1)
        if len(pieces) == 2:
            fields.setdefault(pieces[0].strip(), pieces[1].strip())
    return fields


def _section(metadata: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = metadata.get(name)
    return section if isinstance(section, dict) else {}


def _text(value: Any) -> str:
    """Microscopes write the characters of western Windows, in two bytes or in one."""
    if isinstance(value, bytes):
        if value.startswith((b"\xff\xfe", b"\xfe\xff")):
            return value.decode("utf-16", "replace")
        return value.decode("utf-8" if b"\xc2\xb5" in value else "cp1252", "replace")
    return str(value)


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
