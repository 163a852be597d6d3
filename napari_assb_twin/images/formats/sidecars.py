"""What a small file beside a RAW file says of it: our own JSON, a MetaImage header, Dragonfly."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from typing import Any

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.damage import damage_named
from napari_assb_twin.images.formats.content import Content, Sizes
from napari_assb_twin.images.formats.metaimage import data_files, read_metaimage
from napari_assb_twin.images.formats.raw import RAW_TYPES, RawLayout, RawType, read_raw
from napari_assb_twin.images.units import in_um

LARGEST = 1 << 20
_DRAGONFLY: dict[str, RawType] = {
    "UCHAR": "uint8",
    "USHORT": "uint16",
    "UINT": "uint32",
    "FLOAT": "float32",
}
_EXPORTED = re.compile(r"(?P<stem>.+)_[0-9]+x[0-9]+x[0-9]+_[0-9.e+-]+um_8bit")
_METRES = {"METER": "m", "MILLIMETER": "mm"}


Reader = Callable[[Path, Path], Content | None]


def from_sidecar(path: Path) -> Content | None:
    """A RAW file as the first sidecar that names it says; None where there is none.

    Raises
    ------
    InputError
        If a sidecar that names the file cannot be understood or does not fit it.
    """
    for sidecar, read in _candidates(path):
        if sidecar.is_file() and sidecar.stat().st_size <= LARGEST:
            with damage_named(sidecar):
                content = read(sidecar, path)
            if content is not None:
                return content
    return None


def _candidates(path: Path) -> list[tuple[Path, Reader]]:
    """Files of the same name, and the JSON of an export, whose RAW file has a longer name."""
    exported = _EXPORTED.fullmatch(path.stem)
    jsons = [path.stem, exported["stem"]] if exported else [path.stem]
    return [
        (path.with_suffix(".mhd"), _metaimage),
        (path.with_suffix(".dat"), _dragonfly),
        (path.with_suffix(".xml"), _dragonfly),
        *((path.with_name(f"{stem}.json"), _own) for stem in jsons),
    ]


def _own(sidecar: Path, path: Path) -> Content | None:
    """The JSON of this program's own export for GeoDict."""
    text = sidecar.read_text(encoding="utf-8")
    if '"assb-twin-geodict"' not in text:
        return None
    facts = json.loads(text)
    if facts.get("raw", {}).get("file") != path.name:
        return None
    shape = tuple(int(facts["voxels"][key]) for key in ("NZ", "NY", "NX"))
    kind = _type(facts["raw"]["type"], sidecar)
    layout = RawLayout(shape, kind, int(facts["raw"]["header_bytes"]))
    edge = in_um(facts["voxel_length_um"], "um")
    return read_raw(path, layout, sizes=(edge,) * 3, size_source=sidecar.name)


def _metaimage(sidecar: Path, path: Path) -> Content | None:
    """A header whose data are this very file."""
    return read_metaimage(sidecar) if data_files(sidecar)[-1].name == path.name else None


def _dragonfly(sidecar: Path, path: Path) -> Content | None:
    """The lines ``field: value`` or the XML that Dragonfly writes beside a RAW file."""
    text = sidecar.read_text(encoding="utf-8", errors="replace")
    fields = _from_xml(text) if text.lstrip().startswith("<") else _from_lines(text)
    if not {"Resolution", "Format"} <= set(fields):
        return None
    name = fields.get("ObjectFileName", path.name).replace("\\", "/").rpartition("/")[2]
    if name != path.name:
        return None
    x, y, z = (int(size) for size in fields["Resolution"].split()[:3])
    kind = _DRAGONFLY.get(fields["Format"].strip().upper())
    if kind is None:
        raise InputError(
            f"{sidecar.name} gives {path.name} the type {fields['Format']}; give it as --raw-type."
        )
    unit = _METRES.get(fields.get("MeasurementUnit", "").strip().upper(), "")
    edges = fields.get("SliceThickness", "").split()
    sizes: Sizes = (None,) * 3
    if len(edges) == 3:
        sizes = tuple(in_um(edge, unit) for edge in edges[::-1])
    return read_raw(path, RawLayout((z, y, x), kind), sizes=sizes, size_source=sidecar.name)


def _from_lines(text: str) -> dict[str, str]:
    parted = (line.partition(":") for line in text.splitlines())
    return {key.strip(): value.strip() for key, colon, value in parted if colon}


def _from_xml(text: str) -> dict[str, str]:
    """The same fields; the unit of ``Spacing`` is not documented, so it is no length."""
    root = ElementTree.fromstring(text)
    fields = {element.tag: (element.text or "").strip() for element in root.iter()}
    resolution = root.find(".//Resolution")
    if resolution is not None and resolution.get("X"):
        fields["Resolution"] = " ".join(resolution.get(axis, "") for axis in "XYZ")
    if "DataFileName" in fields:
        fields["ObjectFileName"] = fields["DataFileName"]
    return fields


def _type(name: Any, sidecar: Path) -> RawType:
    found = next((one for one in RAW_TYPES if one == name), None)
    if found is None:
        raise InputError(f"{sidecar.name} names the type {name!r}; give it as --raw-type.")
    return found
