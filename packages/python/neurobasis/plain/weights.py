"""Errors that count by frequency, and noise in the place of what was left out (§13)."""

import math

from .bases import basis, is_adaptive
from .coefficients import values_of
from .errors import require
from .range_code import RangeDecoder
from .reading import Reader
from .trigonometry import cosine_of_turn, sine_of_turn

WEIGHTABLE = (1, 2, 5, 6, 9, 10, 11, 12)


def tangent(f):
    turn = f * 2**20
    return sine_of_turn(turn, 2**21) / cosine_of_turn(turn, 2**21)


def spike_weight(low, high, a=0.04829297151624897, b=1.0384494098152677):
    total = 0.0
    for i in range(8):
        t = tangent(low + ((high - low) * (2 * i + 1)) / 16)
        u = (t * t - a * b) / (t * (b - a))
        rho = 1 / (1 + u * u * (u * u))
        total += rho * rho
    return math.sqrt(total / 8)


def octave_of(low, high, most):
    octave = 0
    while octave < most and 0.5 * (low + high) < 2.0 ** (-2 - octave):
        octave += 1
    return octave


def octave_weight(octaves, low, high):
    s = octaves[octave_of(low, high, len(octaves) - 1)]
    return (0.7071067811865476 if s % 2 else 1) / 2 ** (s // 2)


def bands(layout):
    """Lower and upper edge of each subband."""
    hop, subbands = layout
    edges = [0.0]
    for _, _, per_hop in subbands:
        edges.append(edges[-1] + per_hop / (2 * hop))
    return list(zip(edges, edges[1:]))


def noise_levels(reader):
    """The levels of the background; none in a lossless file."""
    side = reader.take(reader.varint())
    bits = Levels(side)
    return [bits.next() for _ in range(6)] if side else []


class Levels:
    """Numbers of seven bits; zeros at the end are left out."""

    def __init__(self, side):
        self.whole = int.from_bytes(side, "little")

    def next(self):
        value = 0
        for _ in range(7):
            value = 2 * value + (self.whole & 1)
            self.whole >>= 1
        return value


def weighted(header, reader, models, levels):
    """The range decoder, layout and synthesis of a weighted basis, and whether it is exact in integers.

    levels: of noise in the place of zeros; none for none
    """
    parameter = header.parameter
    number, family, inner = parameter % 4, (parameter // 4) % 256, parameter // 1024
    require(number > 0 or header.family == 201, "unknown weight")
    if number > 0:
        require(family in WEIGHTABLE and not (family == 5 and inner >> 4), "a basis that has no weights")
    side = bytes(reader.take(reader.varint())) if number > 1 or is_adaptive(family) else None
    octaves, band = [], ()
    if number == 2:
        given = Reader(side)
        octaves = list(given.take(given.byte()))
        require(1 <= len(octaves) <= 12 and max(octaves) < 32, "weights of octaves")
        side = given.rest()
    if number == 3:
        given = Reader(side)
        low, high = given.byte() + 256 * given.byte(), given.byte() + 256 * given.byte()
        require(0 < low < high < 2**15, "edges of the spike band")
        band = tangent(low / 2**16), tangent(high / 2**16)
        side = given.rest()
    adaptive = is_adaptive(family)
    require(adaptive or not side, "side information that no basis has")
    layout, synthesize = basis(family, inner, header.n, side if adaptive else None, models, header.largest)
    edges = bands(layout)

    def weight(edge):
        return octave_weight(octaves, *edge) if number == 2 else spike_weight(*edge, *band)

    def with_weights(values, step):
        if number > 0:
            values = divided(values, layout, [weight(edge) for edge in edges])
        return synthesize(filled(values, layout, edges, levels) if levels else values, step)

    return RangeDecoder(reader), layout, with_weights, number == 0


def divided(values, layout, weights):
    values = list(values)
    for (offset, length, _), weight in zip(layout[1], weights):
        for i in range(offset, offset + length):
            values[i] /= weight
    return values


def filled(values, layout, edges, levels):
    values, r = list(values), noise()
    for (offset, length, _), edge in zip(layout[1], edges):
        octave = octave_of(*edge, 6)
        amplitude = amplitude_of(levels[octave]) if octave < 6 else 0
        for i in range(offset, offset + length):
            if amplitude and values[i] == 0:
                values[i] = next(r) * amplitude
    return values


def noise():
    state, mask = 1, 2**32 - 1
    while True:
        state = (state + 1831565813) & mask
        m = ((state ^ (state >> 15)) * (state | 1)) & mask
        m ^= (m + ((m ^ (m >> 7)) * (m | 61))) & mask
        r = (m ^ (m >> 14)) / 2**32
        yield (r - 0.5) * 3.4641016151377544


def powers(ratio, count):
    table = [1.0]
    while len(table) < count:
        table.append(table[-1] * ratio)
    return table


SIXTEENTHS = powers(1.0442737824274138, 16)


def amplitude_of(level):
    return SIXTEENTHS[(level - 1) % 16] * 2.0 ** ((level - 1) // 16 - 2) if level else 0


