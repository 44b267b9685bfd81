"""Samples that were sent while they were recorded (§9): ADC codes."""

import struct
import zlib

from .errors import require
from .lossless import CodeModel

WHOLE, BYTE = 2**48, 2**40
BEHIND = 19
CHECKED = 4096


def is_stream(data):
    return data[:3] == b"NBS"


class SettledRange:
    def __init__(self, data, position):
        self.data, self.position = data, position
        self.low, self.range, self.settled, self.offset = 0, WHOLE, 0, 0
        for _ in range(6):
            self.offset = 256 * self.offset + self.next_byte()

    def next_byte(self):
        require(self.position < len(self.data), "the stream breaks off")
        self.position += 1
        return self.data[self.position - 1]

    def target(self):
        unit = self.range // 2**24
        found = (self.offset - self.low) // unit
        require(0 <= found < 2**24, "an impossible symbol")
        return found

    def narrow(self, start, size):
        unit = self.range // 2**24
        self.low += unit * start
        self.range = unit * size
        self.settle()

    def settle(self):
        while True:
            first, last = self.low // BYTE, (self.low + self.range - 1) // BYTE
            if first == last:
                require(self.offset // BYTE == first, "an impossible byte")
                self.settled += 1
                self.low, self.range = 256 * (self.low % BYTE), 256 * self.range
                self.offset = 256 * (self.offset % BYTE)
                if self.position < len(self.data):
                    self.offset += self.next_byte()
            elif self.range < 2**32:
                self.keep_larger()
            else:
                return

    def keep_larger(self):
        border = BYTE * (self.low // BYTE + 1)
        if border - self.low >= self.low + self.range - border:
            self.range = border - self.low
        else:
            self.range, self.low = self.low + self.range - border, border

    def force(self):
        border = BYTE * (self.low // BYTE + 1)
        if border + BYTE <= self.low + self.range:
            self.low, self.range = border, BYTE
        elif border < self.low + self.range:
            self.keep_larger()
        self.settle()


def decode_stream(data):
    """ADC codes of a whole stream."""
    require(data[:4] == b"NBS\x01", "it does not start with NBS and 1")
    coder, model, found = SettledRange(data, 4), CodeModel(0), []
    settled_at, crc = [], 0

    def checked():
        for byte in (crc & 255, crc >> 8 & 255):
            require(coder.target() // 2**16 == byte, "its check is wrong")
            coder.narrow(2**16 * byte, 2**16)

    while True:
        if coder.target() < 256:
            coder.narrow(0, 256)
            checked()
            break
        coder.narrow(256, 2**24 - 256)
        settled_at.append(coder.settled)
        model.start()
        q = model.code_at(coder.target())
        start = model.cumulative(q)
        coder.narrow(start, model.cumulative(q + 1) - start)
        model.update(q)
        found.append(q)
        crc = zlib.crc32(struct.pack("<H", q), crc)
        t = len(found) - 1
        while t >= BEHIND and coder.settled < settled_at[t - BEHIND] + 6:
            coder.force()
        if len(found) % CHECKED == 0:
            checked()
    last = coder.settled + 6
    while coder.settled < last:
        coder.force()
    require(coder.settled == len(data) - 4, "bytes after its end")
    return found
