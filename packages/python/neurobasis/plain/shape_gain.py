"""Shape and gain (§6, family 19): gains are coefficients, shapes lie in the side information."""

import math

from .cosines import lapped
from .errors import require
from .layouts import blocks_of
from .range_code import RangeDecoder
from .reading import Reader


def shape_and_gain(parameter, n, side):
    size, length = 2 ** (6 + (parameter & 15)), 2 ** (2 + (parameter >> 4))
    groups, count = size // length, -(-n // size)
    _, synthesize_cosines = lapped(size, 0, n)
    p = 1.1 * math.sqrt((2 * length) / math.pi)

    def synthesize(values, step):
        reader = Reader(side)
        coder = RangeDecoder(reader) if len(side) else None
        cosines = [0.0] * (size * count)
        for t in range(count):
            for k in range(groups):
                gain = math.floor(values[k * count + t] / step + 0.5)
                require(gain >= 0, "a negative gain")
                pulses = min(1024, math.floor(gain * p + 0.5))
                if pulses == 0:
                    continue
                require(coder is not None, "shapes are missing")
                shape = shape_of(coder, length, pulses)
                scale = (gain * step) / math.sqrt(sum(v * v for v in shape))
                for i, v in enumerate(shape):
                    cosines[(k * length + i) * count + t] = v * scale
        require(reader.position == reader.end, "bytes after the shapes")
        return synthesize_cosines(cosines, step)

    return (size, blocks_of(groups, count)[1]), synthesize


class Vectors:
    """Numbers of integer vectors of d elements whose magnitudes add up to m, and their sums over m."""

    def __init__(self):
        self.counts, self.sums = [[1.0] + [0.0] * 1024], [[1.0] * 1025]

    def row(self, d):
        while len(self.counts) <= d:
            last, counts = self.counts[-1], [1.0]
            for m in range(1, 1025):
                counts.append((last[m] + last[m - 1]) + counts[m - 1])
            sums = [1.0]
            for m in range(1, 1025):
                sums.append(sums[-1] + counts[m])
            self.counts.append(counts)
            self.sums.append(sums)
        return self.counts[d], self.sums[d]


VECTORS = Vectors()


def probability(x):
    return min(65535, max(1, math.floor(65536 * x)))


def shape_of(coder, length, pulses):
    shape, m = [], pulses
    for i in range(length):
        d = length - i - 1
        if d == 0:
            size = m
        else:
            (counts, sums), (more, _) = VECTORS.row(d), VECTORS.row(d + 1)
            size = 0
            if m > 0 and coder.decision(probability(1 - counts[m] / more[m])):
                size = 1
                while size < m and coder.decision(probability(1 - counts[m - size] / sums[m - size])):
                    size += 1
        shape.append(-size if size > 0 and coder.bits(1) else size)
        m -= size
    return shape
