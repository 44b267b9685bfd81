"""The range decoder (§3) and adaptive decisions (§4)."""

import struct
from array import array

from .errors import require


class RangeDecoder:
    def __init__(self, reader):
        self.reader = reader
        self.zeros = 0
        self.range = 2**32 - 1
        self.offset = 0
        for _ in range(4):
            self.offset = 256 * self.offset + self.next_byte()
        require(self.offset < self.range, "invalid code")

    def next_byte(self):
        if self.reader.position < self.reader.end:
            return self.reader.byte()
        self.zeros += 1
        require(self.zeros <= 16, "read past the end")
        return 0

    def normalize(self):
        while self.range < 2**24:
            self.range *= 256
            self.offset = 256 * self.offset + self.next_byte()

    def decision(self, probability):
        bound = (self.range >> 16) * probability
        if self.offset < bound:
            self.range = bound
            bit = 1
        else:
            self.offset -= bound
            self.range -= bound
            bit = 0
        self.normalize()
        return bit

    def bits(self, count):
        if count > 12:
            upper = self.bits(count - 12)
            return (upper << 12) | self.bits(12)
        self.range >>= count
        value = self.offset // self.range
        require(value < 1 << count, "plain bits do not fit")
        self.offset -= value * self.range
        self.normalize()
        return value


class FrequencyDecoder:
    """Symbols by cumulative frequencies in 2^-24 (§7)."""

    def __init__(self, code):
        self.code, self.position, self.zeros = code, 0, 0
        self.range, self.offset = 2**48, 0
        for _ in range(6):
            self.offset = self.offset * 256 + self.next_byte()

    def next_byte(self):
        if self.position < len(self.code):
            self.position += 1
            return self.code[self.position - 1]
        self.zeros += 1
        require(self.zeros <= 16, "more than 16 bytes read past the end")
        return 0

    def target(self):
        """What lies between the cumulative frequencies of the next symbol."""
        return self.offset // (self.range // 2**24)

    def take(self, start, end):
        """The symbol is the one from a cumulative frequency to another."""
        unit = self.range // 2**24
        self.offset -= unit * start
        self.range = unit * (end - start)
        while self.range < 2**40:
            self.range *= 256
            self.offset = self.offset * 256 + self.next_byte()

    def rest(self):
        """Bytes that no symbol took."""
        return self.code[self.position :]


# Adaptive decisions


def single(value):
    return struct.unpack("f", struct.pack("f", value))[0]


def logistic_table():
    table = [0.0] * 2561
    power = 1.0
    for j in range(1281):
        table[1280 + j] = power / (1 + power)
        table[1280 - j] = 1 / (1 + power)
        power *= 1.007843097206448
    return table


def stretch_table(logistic):
    table = []
    j = 0
    for i in range(4096):
        p = (i + 0.5) / 4096
        while j < 2559 and logistic[j + 1] < p:
            j += 1
        table.append((j + (p - logistic[j]) / (logistic[j + 1] - logistic[j]) - 1280) / 128)
    return table


STRETCH = [single(x) for x in stretch_table(logistic_table())]
LOGISTIC = [single(x) for x in logistic_table()]


class Simple:
    def __init__(self, contexts):
        self.p = [0.5] * contexts
        self.count = [0] * contexts

    def decision(self, coder, context):
        p, i = self.p[context], self.count[context]
        bit = coder.decision(min(65000, max(536, int(p * 65536))))
        self.p[context] = p + (bit - p) * (1 / (i + 1.5))
        self.count[context] = min(i + 1, 118)
        return bit


class Mixed:
    def __init__(self):
        def start(level):
            z = level if level < 4 else (4 + (level & 3)) * 2 ** ((level >> 2) - 1)
            mu = (1.1 * z + 0.5) / 4096
            return mu / (1 + mu)

        levels = [start(i) for i in range(64)]
        joint = [levels[4 * j + 2] for j in range(16) for _ in range(16)]
        self.p = array("f", levels * 48 + joint * 24)
        self.count = [0] * len(self.p)
        self.weights = [[0.34] * 3 for _ in range(24)]

    def decision(self, coder, group, contexts):
        w = self.weights[group]
        s = [STRETCH[int(self.p[c] * 4096)] for c in contexts]
        t = min(10.0, max(-10.0, w[0] * s[0] + w[1] * s[1] + w[2] * s[2]))
        p = LOGISTIC[int(t * 128 + 1280 + 0.5)]
        bit = coder.decision(int(p * 65536))
        error = (bit - p) * 0.004
        target = 1 - 1 / 65536 if bit else 1 / 65536
        for j, c in enumerate(contexts):
            w[j] += error * s[j]
            i = self.count[c]
            self.p[c] = self.p[c] + (target - self.p[c]) * (1 / (i + 1.5))
            self.count[c] = min(i + 1, 248)
        return bit



def finish(coder):
    """Only zeros may follow the range code of a payload that was filled up."""
    require(not any(coder.reader.rest()), "bytes left over")


class Counts:
    """Adaptive bits (§6, classes of blocks; §13), whose probability is that of two counts."""

    def __init__(self, least=0, most=65536):
        self.least, self.most, self.counts = least, most, {}

    def decision(self, coder, context):
        ones, count = self.counts.get(context, (0, 0))
        probability = (65536 * (2 * ones + 1)) // (2 * count + 2)
        bit = coder.decision(max(self.least, min(self.most, probability)))
        ones, count = ones + bit, count + 1
        self.counts[context] = (ones // 2, count // 2) if count == 255 else (ones, count)
        return bit
