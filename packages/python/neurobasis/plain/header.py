"""The header of a file of one recording (§1), and what surrounds its samples (§2)."""

import struct
from dataclasses import dataclass

from .coefficients import TRELLISES
from .description import Description, read_description
from .errors import UnsupportedFileError, require
from .reading import Reader, inflated, requires_check, zigzag_of

CANONICAL, STORED, OFF_GRID = 0, 1, 2
NEURALINK_RATE = 19531

MOST_SAMPLES = 2**28
MOST_SURROUNDINGS = 2**26


@dataclass
class Header:
    version: int
    wav: int
    lossless: bool
    trellis: object
    family: int
    parameter: int
    n: int
    mean: int
    step: float
    one: int
    more: int
    deviation: int
    largest: int
    description: Description

    @property
    def lowest(self):
        return -32768 if self.wav == OFF_GRID else 0

    @property
    def highest(self):
        return 32767 if self.wav == OFF_GRID else self.largest


def read_header(data):
    """The header, and a reader at the payload."""
    require(data[:3] == b"NBZ", "it does not start with NBZ")
    if len(data) > 3 and data[3] not in (1, 2, 3):
        raise UnsupportedFileError(
            f"This .nbz file has version {data[3]}, and this package reads versions 1 to 3: install a newer one."
        )
    requires_check(data)
    version = data[3]
    reader = Reader(data, 4, len(data) - 4)
    kind = reader.byte()
    require(kind < (16, 64, 128)[version - 1] and kind & 3 != 3, "unknown kind")
    lossless, has_widths = kind & 4 != 0, kind & 32 != 0
    require(not has_widths or (not lossless and kind & 3 != OFF_GRID), "code widths without a loss, or off the grid")
    require(version < 3 or (kind & 3 == CANONICAL and not has_widths), "unknown kind of version 3")
    trellis = TRELLISES[(kind >> 3) & 3]
    family, parameter, n = reader.byte(), reader.varint(), reader.varint()
    require(n <= MOST_SAMPLES, "too many samples")
    mean = zigzag_of(reader.varint())
    largest = 1023
    if version == 3:
        units = reader.varint()
        require(units <= 2**26, "step too long")
        largest = reader.varint()
        require(largest < 65536, "largest code")
    else:
        units = reader.byte() + 256 * reader.byte()
    require(units > 0, "step 0")
    offsets = reader.byte()
    bias = 0 if version == 1 and not trellis else 8
    deviation = reader.byte() if has_widths else 0
    require(not has_widths or deviation >= 4, "deviation too small")
    description = read_description(reader, largest + 1) if kind & 64 else None
    header = Header(
        *(version, kind & 3, lossless, trellis, family, parameter, n, mean, units / 64),
        *((offsets & 15) - bias, (offsets >> 4) - bias, deviation, largest, description),
    )
    return header, reader


def read_surroundings(header, reader):
    """The bytes of the WAV file before its samples, and those after them."""
    if header.wav == CANONICAL:
        return canonical_front(header.n), b""
    before, after = (inflated(reader.take(reader.varint()), MOST_SURROUNDINGS) for _ in range(2))
    return before, after


def canonical_front(n):
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        *(b"RIFF", 36 + 2 * n, b"WAVE", b"fmt ", 16, 1, 1, NEURALINK_RATE, 2 * NEURALINK_RATE, 2, 16, b"data", 2 * n),
    )


def rate_of_wav(before):
    """The rate in the front of a WAV file, or 0."""
    at = 12
    while at + 24 <= len(before):
        length = struct.unpack_from("<I", before, at + 4)[0]
        if before[at : at + 4] == b"fmt ":
            return struct.unpack_from("<I", before, at + 12)[0]
        at += 8 + length + (length & 1)
    return 0


def least_payload(n):
    return max(0, -(-n // 2**17) - 16)


def check_left(reader, header, payload):
    """What the range code left over: zeros, where a payload was filled up to its least length."""
    left = reader.rest()
    filled = header.version > 1 and payload == least_payload(header.n) and not any(left)
    require(len(left) == 0 or filled, "bytes left over")


def unknown(what):
    return UnsupportedFileError(
        f"This .nbz file was made with {what}, which this package does not have: install a newer one."
    )
