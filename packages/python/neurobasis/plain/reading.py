"""Bytes to numbers, texts and bits (§1, §6, §12)."""

import struct
import zlib

from .errors import DamagedFileError, require


def zigzag_of(number):
    return number // 2 if number % 2 == 0 else -(number + 1) // 2


def signed_byte(byte):
    return byte - 256 if byte > 127 else byte


class Reader:
    """Reads bytes from a position to an end, one after another."""

    def __init__(self, data, position=0, end=None):
        self.data, self.position = data, position
        self.end = len(data) if end is None else end

    def byte(self):
        require(self.position < self.end, "a header ends early")
        self.position += 1
        return self.data[self.position - 1]

    def varint(self):
        value = 0
        for shift in range(0, 35, 7):
            byte = self.byte()
            value |= (byte & 127) << shift
            if byte < 128:
                require(byte > 0 or shift == 0, "superfluous byte in a number")
                return value
        raise DamagedFileError("This .nbz file is damaged: a number in it is too long.")

    def signed(self):
        return zigzag_of(self.varint())

    def take(self, count):
        require(count <= self.end - self.position, "a header ends early")
        self.position += count
        return self.data[self.position - count : self.position]

    def part(self, count):
        """A reader of the next bytes alone."""
        self.take(count)
        return Reader(self.data, self.position - count, self.position)

    def number(self):
        x = self.byte()
        if x == 127:
            return struct.unpack("<d", self.take(8))[0]
        require(x < 127, "a number is none")
        return float(f"{self.signed()}e{x - 64}")

    def text(self):
        try:
            return bytes(self.take(self.varint())).decode()
        except UnicodeDecodeError as error:
            raise DamagedFileError("A name in this .nbz file is damaged.") from error

    def channels(self):
        found = []
        for _ in range(self.count()):
            found.append(self.varint() + (found[-1] if found else 0))
        return found

    def count(self):
        """A number of things that each take a byte or more."""
        found = self.varint()
        require(found <= len(self.data), "a number of things is too large")
        return found

    def rest(self):
        return self.data[self.position : self.end]


class Bits:
    """Bits of side information: the lowest of each byte first; beyond the end bits are 0."""

    def __init__(self, side):
        require(len(side) == 0 or side[-1] != 0, "superfluous byte of side information")
        self.side, self.position = side, 0

    def next(self):
        byte, bit = divmod(self.position, 8)
        self.position += 1
        return (self.side[byte] >> bit) & 1 if byte < len(self.side) else 0

    def number(self, count):
        value = 0
        for _ in range(count):
            value = 2 * value + self.next()
        return value

    def finish(self):
        left = range(self.position, 8 * len(self.side))
        require(not any((self.side[i // 8] >> (i % 8)) & 1 for i in left), "bits left over")


def inflated(packed, most):
    """Raw deflate data (RFC 1951), unpacked."""
    unpacker = zlib.decompressobj(-15)
    try:
        unpacked = unpacker.decompress(packed, most)
    except zlib.error as error:
        raise DamagedFileError("What is packed in this .nbz file cannot be unpacked.") from error
    require(unpacker.eof, "what is packed cannot be unpacked")
    return unpacked


def requires_check(data):
    """CRC-32 of a whole file."""
    require(len(data) >= 8, "it is too short")
    require(zlib.crc32(data[:-4]) == struct.unpack("<I", data[-4:])[0], "its check is wrong")
