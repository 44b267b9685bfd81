"""What the codes of a channel stand for (§12)."""

import struct
from dataclasses import dataclass

from .errors import DamagedFileError, require
from .reading import inflated

# Types of samples by their number in the format: bytes that each takes in a file.
WIDTHS = (1, 1, 2, 2, 3, 4, 4, 8, 8, 4, 8)
FLOAT32, FLOAT64 = 9, 10


@dataclass
class Description:
    type: int
    values: list
    rate: float
    gain: float
    offset: float
    unit: str

    def samples(self, codes):
        """The values of codes."""
        try:
            found = [self.values[q] for q in codes]
        except IndexError as error:
            raise DamagedFileError("This .nbz file is damaged: a code is none of its digitizer's.") from error
        require(not any(value != value for value in found), "a code is none of its digitizer's")
        return found


def read_description(reader, count):
    require(1 <= count <= 65536, "number of codes")
    kind_of_sample, kind = reader.byte(), reader.byte()
    require(kind_of_sample < len(WIDTHS) and kind < 4, "samples of an unknown kind")
    if kind == 2:
        bits = reader.byte()
        require(count == 2**bits, "bits of a stretched grid")
        values = [float(int(q * 65535 / (2**bits - 1) - 32768)) for q in range(count)]
    elif kind == 3:
        reader.number()
        unpacked = inflated(reader.take(reader.varint()), 8 * count)
        require(len(unpacked) == 8 * count, "values of a digitizer")
        values = list(struct.unpack(f"<{count}d", unpacked))
    else:
        step, first = reader.number(), reader.number()
        values = [first + step * q if kind == 0 else (first + q) * step for q in range(count)]
        values = [first] if kind == 0 and count == 1 else values
    if kind_of_sample == FLOAT32:
        values = [struct.unpack("f", struct.pack("f", value))[0] for value in values]
    rate, gain, offset = (reader.number() for _ in range(3))
    return Description(kind_of_sample, values, rate, gain, offset, reader.text())
