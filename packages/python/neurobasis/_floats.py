"""Samples of floating point to the bytes of a file of many channels (docs/format.md, §12), without loss.

The codec takes integers. So channels on a grid are coded as the codes of the grid, by the codec, and of the others the bytes
are kept, packed: NaNs, infinities and zeros of both signs come back as they were. The table says which is which.
"""

import struct
import zlib
from decimal import Decimal

import numpy as np

from ._grid import LISTED, grid_of
from .plain.description import FLOAT32, FLOAT64

_LEAST_CHUNK, _MOST_CHUNK = 32768, 2**22
_FRONT, _END = b"NBZ\x03\x80", b"NBZx"
# What surrounds the samples, none: its length, and Brotli data of no bytes.
_NO_SURROUNDINGS = b"\x00\x3b"


def encode_floats(array, encode_codes, preset, sample_rate):
    """The bytes of a file.

    array: (time, channels), little-endian
    encode_codes: codes, of 16 bits, to the bytes of a file of many channels
    preset: its number in the format
    """
    length, channels = array.shape
    width = array.dtype.itemsize
    chunk = min(_MOST_CHUNK, max(_LEAST_CHUNK, int(np.ceil(sample_rate))))
    common = grid_of(array)
    if common is not None:
        groups = [(common, list(range(channels)))]
        others = []
    else:
        groups, others = _groups_of(array)
    bodies = [[] for _ in range(0, length, chunk)]
    for grid, members in groups:
        codes = np.stack([grid.codes(array[:, channel]) for channel in members], axis=1)
        for body, part in zip(bodies, _chunks_of(encode_codes(codes)), strict=True):
            body.append(part)
    for channel in others:
        for number, body in enumerate(bodies):
            samples = np.ascontiguousarray(array[number * chunk : (number + 1) * chunk, channel])
            packed = _deflated(samples.view("u1").reshape(-1, width).T.tobytes(), 6)
            body.append(_varint(len(packed)) + packed)
    kind = FLOAT32 if width == 4 else FLOAT64
    table = b"".join(
        (
            *(bytes([1, preset]), _varint(array.nbytes), _varint(1), bytes([kind, 1]), _number(sample_rate)),
            *(_varint(width * channels), _varint(chunk), _varint(channels)),
            *(_varint(2 * width if channel > 0 else 0) for channel in range(channels)),
            *(_text(f"{channel}") for channel in range(channels)),
            *(_varint(1), _varint(0), _varint(array.nbytes), _varint(length), _varint(length), _varint(len(groups))),
            *(_description(grid, kind, sample_rate) + _list(members) for grid, members in groups),
            _list(others),
        )
    )
    return _file(_deflated(table, 9), [_NO_SURROUNDINGS, *(b"".join(body) for body in bodies)])


def _groups_of(array):
    """Grids with the channels that lie on them, which are coded together, and the channels on none."""
    groups, others = {}, []
    for channel in range(array.shape[1]):
        grid = grid_of(array[:, channel])
        if grid is None:
            others.append(channel)
        else:
            groups.setdefault(_description(grid, 0, 0.0), (grid, []))[1].append(channel)
    return list(groups.values()), others


def _chunks_of(data):
    """The payloads of the chunks of a file of many channels, behind its table and what surrounds the samples."""
    end, at, parts = len(data) - 12 - struct.unpack_from("<I", data, len(data) - 12)[0], len(_FRONT), []
    while at < end:
        length = struct.unpack_from("<I", data, at)[0]
        parts.append(data[at + 4 : at + 4 + length])
        at += length + 8
    return parts[2:]


def _file(table, chunks):
    index = b"".join((_varint(len(table)), table, _varint(len(chunks)), *(_varint(len(chunk)) for chunk in chunks)))
    footer = struct.pack("<II", len(index), zlib.crc32(index)) + _END
    return b"".join((_FRONT, *map(_part, (table, *chunks)), index, footer))


def _part(payload):
    sealed = struct.pack("<I", len(payload)) + payload
    return sealed + struct.pack("<I", zlib.crc32(sealed))


def _description(grid, kind, sample_rate):
    """The number of codes less one, and what they stand for."""
    front = _varint(len(grid.values) - 1) + bytes([kind, grid.kind]) + _number(grid.step)
    if grid.kind == LISTED:
        packed = _deflated(grid.values.astype("<f8").tobytes(), 9)
        values = _varint(len(packed)) + packed
    else:
        values = _number(grid.first)
    return front + values + _number(sample_rate) + _number(1.0) + _number(0.0) + _text("")


def _deflated(data, level):
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def _varint(number):
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes((*found, number))


def _number(value):
    """Decimal digits where they are few, else the eight bytes of a double."""
    sign, digits, exponent = Decimal(repr(float(value))).normalize().as_tuple()
    coefficient = int("".join(map(str, digits)))
    zigzagged = 2 * coefficient - 1 if sign and coefficient else 2 * coefficient
    if zigzagged < 2**35 and abs(exponent) < 63 and not (sign and coefficient == 0):
        return bytes([exponent + 64]) + _varint(zigzagged)
    return b"\x7f" + struct.pack("<d", value)


def _text(text):
    coded = text.encode()
    return _varint(len(coded)) + coded


def _list(channels):
    steps = [channel - before for channel, before in zip(channels, [0, *channels])]
    return b"".join(map(_varint, (len(channels), *steps)))
