"""Zarr arrays whose chunks never unpack to much more than the metadata state."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import imagecodecs
import zarr
from numcodecs.abc import Codec as Packing  # type: ignore[import-untyped]
from zarr.abc.codec import BytesBytesCodec
from zarr.codecs import ShardingCodec
from zarr.core.array import AsyncArray

WIDEST = 8
"""Filters may make so many bytes of one."""
ROOM = 1 << 16
"""Bytes for checksums and headers."""

_STATED = {"blosc": slice(4, 8), "lz4": slice(0, 4)}
"""Where the unpacked size stands, which the library allocates and does not exceed."""
_STREAMED = frozenset({"gzip", "zlib", "bz2", "lzma"})
PACKINGS = frozenset({*_STATED, *_STREAMED, "zstd"})


def bounded(array: Any) -> Any:
    """The same zarr array; reading a chunk that unpacks to more than it should is a ValueError."""
    metadata = array.metadata
    if metadata.zarr_format == 2:
        most = _most(array.chunks, array.dtype.itemsize)
        filters = metadata.filters and tuple(_packing(one, most) for one in metadata.filters)
        compressor = metadata.compressor and _packing(metadata.compressor, most)
        metadata = replace(metadata, filters=filters, compressor=compressor)
    else:
        metadata = replace(metadata, codecs=tuple(_codec(one) for one in metadata.codecs))
    return zarr.Array(AsyncArray(metadata=metadata, store_path=array.store_path))


def unpacked(name: str, options: Mapping[str, Any], packed: bytes, most: int) -> bytes | None:
    """The bytes of a chunk; None where the library itself makes no more than ``most`` of them.

    Parameters
    ----------
    name, options
        The packing, as the metadata call it.
    packed
        The chunk.
    most
        Bytes that it may unpack to.

    Raises
    ------
    ValueError
        If it unpacks to more.
    """
    if name in _STATED:
        found: int | None = int.from_bytes(packed[_STATED[name]], "little")
        made = None
    elif name == "zstd":
        found, made = _zstd_size(packed), None
        if found is None:
            made = bytes(imagecodecs.zstd_decode(packed, out=bytearray(most)))
    else:
        made = _streamed(name, options, packed, most + 1)
        found = len(made)
    if found is not None and found > most:
        raise ValueError("a chunk that unpacks to more than it should")
    return made


def _streamed(name: str, options: Mapping[str, Any], packed: bytes, most: int) -> bytes:
    """At most so many of the unpacked bytes."""
    file = io.BytesIO(packed)
    if name == "zlib":
        return zlib.decompressobj().decompress(packed, most)
    if name == "gzip":
        return gzip.GzipFile(fileobj=file).read(most)
    if name == "bz2":
        return bz2.BZ2File(file).read(most)
    form = options.get("format", lzma.FORMAT_XZ)
    return lzma.LZMAFile(file, format=form, filters=options.get("filters")).read(most)


def _zstd_size(packed: bytes) -> int | None:
    """What the header of a frame (RFC 8878, 3.1.1.1) states; None where it says nothing."""
    if packed[:4] != b"\x28\xb5\x2f\xfd" or len(packed) < 5:
        raise ValueError("a chunk that is no zstd")
    flags = packed[4]
    kind, single = flags >> 6, bool(flags & 0x20)
    if kind == 0 and not single:
        return None
    first = 5 + (not single) + (0, 1, 2, 4)[flags & 3]
    length = 1 << kind
    size = int.from_bytes(packed[first : first + length], "little")
    return size + 256 if kind == 1 else size


def _most(shape: tuple[int, ...], itemsize: int) -> int:
    return WIDEST * math.prod(shape) * itemsize + ROOM


def _codec(one: Any) -> Any:
    """A codec of version 3, bounded if it packs."""
    if isinstance(one, ShardingCodec):
        return replace(one, codecs=tuple(_codec(inner) for inner in one.codecs))
    if not isinstance(one, BytesBytesCodec):
        return one
    described: Mapping[str, Any] = one.to_dict()
    name = str(described["name"]).removeprefix("numcodecs.")
    if name not in PACKINGS:
        return one
    return _BoundedCodec(one, name, described.get("configuration") or {})


@dataclass(frozen=True)
class _BoundedCodec(BytesBytesCodec):
    """A packing of version 3."""

    codec: BytesBytesCodec
    name: str
    options: Mapping[str, Any]

    is_fixed_size = False

    def to_dict(self) -> Any:
        return self.codec.to_dict()

    def compute_encoded_size(self, input_byte_length: int, chunk_spec: Any) -> int:
        return self.codec.compute_encoded_size(input_byte_length, chunk_spec)

    async def _decode_single(self, chunk_bytes: Any, chunk_spec: Any) -> Any:
        most = _most(chunk_spec.shape, chunk_spec.dtype.to_native_dtype().itemsize)
        made = unpacked(self.name, self.options, chunk_bytes.to_bytes(), most)
        if made is None:
            return await self.codec._decode_single(chunk_bytes, chunk_spec)
        return chunk_spec.prototype.buffer.from_bytes(made)


def _packing(one: Any, most: int) -> Any:
    """A filter or compressor of version 2, bounded if it packs."""
    return _BoundedPacking(one, most) if one.codec_id in PACKINGS else one


class _BoundedPacking(Packing):  # type: ignore[misc]  # numcodecs has no types
    """A packing of version 2."""

    codec_id = "bounded"

    def __init__(self, packing: Any, most: int) -> None:
        self._packing, self._most = packing, most

    def encode(self, buf: Any) -> Any:
        return self._packing.encode(buf)

    def decode(self, buf: Any, out: Any = None) -> Any:
        name, options = self._packing.codec_id, self._packing.get_config()
        made = unpacked(name, options, bytes(buf), self._most)
        return self._packing.decode(buf, out) if made is None else made

    def get_config(self) -> Any:
        return self._packing.get_config()
