"""Wavelets and wavelet packets, chosen and learned (§6)."""

import math

from .constants import constants
from .errors import require
from .layouts import in_order, split
from .models import HASH_BYTES, arrays_of
from .reading import Bits


def orthogonal_taps(w):
    taps = constants()["orthogonal"]
    require(w < len(taps), "unknown wavelet")
    return taps[w]


def highpass(h):
    return [(-h[-1 - t] if t % 2 else h[-1 - t]) for t in range(len(h))]


def lowered(levels, taps, n):
    while levels > 1 and (taps - 1) * 2**levels > n:
        levels -= 1
    return levels


def combined(h, g, a, d, length, shift):
    """Samples from an approximation and a detail."""
    count, taps = len(a), len(h)
    x = []
    for i in range(length):
        total = 0.0
        for t in range((i + shift) % 2, taps, 2):
            c = (i + shift - t) // 2 % count
            total += h[t] * a[c]
            total += g[t] * d[c]
        x.append(total)
    return x


def dyadic(lengths, details):
    """The layout of an approximation and details: `lengths[j]` of the approximation of level j, and of its detail."""
    levels = len(lengths) - 1
    subbands = [(lengths[levels], 1)]
    for k in range(1, levels + 1):
        subbands.append((details[levels + 1 - k], 2 ** (k - 1)))
    return in_order(2**levels, subbands)


def filter_bank(h, g, levels, n, next_length, shift):
    """Layout and synthesis of a filter bank; detail and approximation of a level are equally long."""
    lengths = [n]
    for _ in range(levels):
        lengths.append(next_length(lengths[-1]))
    layout = dyadic(lengths, lengths)

    def synthesize(values, step):
        bands = split(values, layout)
        x = bands[0]
        for k in range(1, levels + 1):
            x = combined(h, g, x, bands[k], lengths[levels - k], shift)
        return x

    return layout, synthesize


def halved(length):
    return -(-length // 2)


def periodic(h, levels, n):
    return filter_bank(h, highpass(h), lowered(levels, len(h), n), n, halved, len(h) // 2 - 1)


def orthogonal(parameter, n):
    h, levels = orthogonal_taps(parameter & 127), 1 + ((parameter >> 7) & 15)
    if parameter >> 11 == 0:
        return periodic(h, levels, n)
    taps = len(h)
    return filter_bank(h, highpass(h), lowered(levels, taps, n), n, lambda l: (l + taps - 1) // 2 if l else 0, taps - 2)


def learned_orthogonal(parameter, n, side, models):
    require(len(side) == HASH_BYTES, "more than the name of a model")
    rotations = arrays_of(side, models, 39, parameter)["rotations"]
    p, q = [], []
    for c, s in zip(rotations[::2], rotations[1::2]):
        norm = math.sqrt(c * c + s * s)
        c, s = c / norm, s / norm
        if not p:
            p, q = [c, s], [-s, c]
            continue
        p, q = p + [0.0, 0.0], [0.0, 0.0] + q
        p, q = [c * a + s * b for a, b in zip(p, q)], [c * b - s * a for a, b in zip(p, q)]
    return periodic(p, 1 + (parameter >> 4), n)


def packets(parameter, n, side):
    h = orthogonal_taps(parameter & 127)
    g = highpass(h)
    levels, choice = lowered(1 + ((parameter >> 7) & 15), len(h), n), parameter >> 11
    bits = Bits(side)
    lengths = [n]
    for _ in range(levels):
        lengths.append(halved(lengths[-1]))

    def taken_apart(level, p):
        """A band that is not taken apart, or its two parts."""
        apart = level < levels and (p == 0 if choice == 0 else True if choice == 1 else bits.next() == 1)
        if not apart:
            return level
        return taken_apart(level + 1, 2 * p), taken_apart(level + 1, 2 * p + 1)

    tree = taken_apart(0, 0)
    bits.finish()

    def leaves(node):
        return [node] if isinstance(node, int) else leaves(node[0]) + leaves(node[1])

    deepest = max(leaves(tree))
    layout = in_order(2**deepest, [(lengths[level], 2 ** (deepest - level)) for level in leaves(tree)])

    def synthesize(values, step):
        bands = iter(split(values, layout))

        def band(node, level, p):
            if isinstance(node, int):
                return next(bands)
            first, second = band(node[0], level + 1, 2 * p), band(node[1], level + 1, 2 * p + 1)
            a, d = (second, first) if p % 2 else (first, second)
            return combined(h, g, a, d, lengths[level], len(h) // 2 - 1)

        return band(tree, 0, 0)

    return layout, synthesize


# Biorthogonal ones

CDF53, CDF97 = 0, 1


def normed(layout_of, levels, longer):
    """Layout and synthesis with coefficients divided by norms, which are those of a signal of `longer` samples.

    layout_of: for n samples the layout, and synthesis without division
    """
    probe_layout, probe = layout_of(longer)
    norms = []
    for offset, length, _ in probe_layout[1]:
        values = [0.0] * sum(l for _, l, _ in probe_layout[1])
        values[offset + length // 2] = 1.0
        energy = 0.0
        for x in probe(values):
            energy += x * x
        norms.append(math.sqrt(energy))

    def of(n):
        layout, synthesize = layout_of(n)

        def divided(values, step):
            values = list(values)
            for (offset, length, _), norm in zip(layout[1], norms):
                for i in range(offset, offset + length):
                    values[i] /= norm
            return synthesize(values)

        return layout, divided

    return of


def lifted(levels, merge):
    """Layout and synthesis of lifting steps: `merge` makes samples of an approximation and a detail."""

    def layout_of(n):
        lengths = [n]
        for _ in range(levels):
            lengths.append(halved(lengths[-1]))
        layout = dyadic(lengths, [0] + [lengths[j - 1] // 2 for j in range(1, levels + 1)])

        def synthesize(values):
            bands = split(values, layout)
            x = bands[0]
            for k in range(1, levels + 1):
                x = merge(x, bands[k]) if lengths[levels - k] != 1 else x
            return x

        return layout, synthesize

    return layout_of


def interleaved(a, d):
    x = [0.0] * (len(a) + len(d))
    x[::2], x[1::2] = a, d
    return x


def lift(x, first, factor):
    """Adds neighbors to every other sample, with the borders mirrored."""
    last = len(x) - 1
    for i in range(first, len(x), 2):
        before, after = x[i - 1 if i > 0 else 1], x[i + 1 if i < last else last - 1]
        x[i] = x[i] + factor * (before + after)


def biorthogonal(parameter, n):
    w, levels = parameter & 127, 1 + (parameter >> 7)
    if w in (CDF53, CDF97):
        scale = math.sqrt(2) if w == CDF53 else 1.149604398860241
        factors = (
            (-1 / 4, 1 / 2)
            if w == CDF53
            else (-0.443506852043971, -0.882911075530934, 0.052980118572961, 1.586134342059924)
        )

        def merge(a, d):
            x = interleaved([v * (1 / scale) for v in a], [v * scale for v in d])
            for i, factor in enumerate(factors):
                lift(x, i % 2, factor)
            return x

        layout_of = lifted(levels, merge)
    else:
        pairs = constants()["biorthogonal"]
        require(w - 2 < 2 * len(pairs), "unknown wavelet")
        p, q = pairs[(w - 2) % len(pairs)]
        taps = len(p)
        if w - 2 < len(pairs):
            h, g = q, [(-v if i % 2 else v) for i, v in enumerate(p)]
        else:
            h, g = p[::-1], [(-v if i % 2 else v) for i, v in enumerate(q[::-1])]

        def layout_of(length):
            layout, bank = filter_bank(h, g, levels, length, lambda l: (l + taps - 1) // 2 if l else 0, taps - 2)
            return layout, lambda values: bank(values, None)

    layout, divided = normed(layout_of, levels, 32 * 2**levels)(n)
    if w != CDF53:
        return layout, divided
    _, exact = lifted(levels, merge_integers)(n)
    return layout, lambda values, step: exact([int(v) for v in values]) if step == 1 else divided(values, step)


def merge_integers(a, d):
    def wrapped(value):
        return (value + 2**31) % 2**32 - 2**31

    x = [0] * (len(a) + len(d))
    x[::2], x[1::2] = a, d
    last = len(x) - 1
    for first in (0, 1):
        for i in range(first, len(x), 2):
            around = x[i - 1 if i > 0 else 1] + x[i + 1 if i < last else last - 1]
            x[i] = wrapped(x[i] - (wrapped(around + 2) >> 2) if first == 0 else x[i] + (wrapped(around) >> 1))
    return x


def learned_lifting(parameter, n, side, models):
    require(len(side) == HASH_BYTES, "more than the name of a model")
    count, each, levels = 2 * (1 + (parameter & 1)), 1 + ((parameter >> 1) & 3), 1 + (parameter >> 3)
    factors = arrays_of(side, models, 40, parameter)["factors"]
    steps = [factors[i * each : (i + 1) * each] for i in range(count)]

    def mirrored(i, last):
        while not 0 <= i <= last:
            i = -i if i < 0 else 2 * last - i
        return i

    def merge(a, d):
        x = interleaved(a, d)
        last = len(x) - 1
        for s in range(count - 1, -1, -1):
            for k, factor in enumerate(steps[s]):
                for i in range(1 if s % 2 == 0 else 0, len(x), 2):
                    around = x[mirrored(i - 1 - 2 * k, last)] + x[mirrored(i + 1 + 2 * k, last)]
                    x[i] = x[i] + (-factor) * around
        return x

    longer = 2 * (count * (2 * each - 1) + 1) * 2**levels
    return normed(lifted(levels, merge), levels, longer)(n)
