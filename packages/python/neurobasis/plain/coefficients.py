"""Decisions to coefficients, and coefficients to numbers (§2, §5)."""

from .errors import require
from .range_code import Mixed, Simple

# f and g of §5 for each trellis, by its number in the kind.
TRELLISES = (None, (18, 4), (5, 2), (166, 121))


def level(expectation, unit):
    z = int(expectation * unit * 4096)
    if z < 4:
        return z
    o = z.bit_length() - 1
    return min(63, 4 * (o - 1) + ((z >> (o - 2)) & 3))


def sign_of(value):
    return 2 if value > 0 else 1 if value < 0 else 0


class Model:
    def __init__(self, coder, subbands):
        self.coder = coder
        self.mixed_of_set, self.low_bits, self.signs = (Mixed(), Mixed()), Simple(64), Simple(27)
        self.mean = [0.0] * (subbands + 1)
        self.count = [0] * subbands
        self.around = self.expected_around = 0.0

    def coefficient(self, k, before, two_before, in_set):
        mean, i = self.mean, self.count[k]
        own = mean[k] if i > 0 else mean[k - 1] if k > 0 else 0.0
        smooth = 0.5 * own + 0.25 * (mean[k - 1] + mean[k + 1]) if i > 0 and k > 0 else own
        excitation = (2 * abs(before) + abs(two_before) + self.around + 2) / (3 * own + self.expected_around + 2)
        local = min((smooth + 0.002) * excitation, 2.0**30)
        expected = 0.5 * (smooth + local)
        shift = 0 if expected < 3 else min(20, int(expected * 2 / 3).bit_length() - 1)
        unit = 1 / (1 << shift)
        u, v = level(smooth, unit), level(local, unit)
        c = self.with_low_bits(self.counted(k, smooth, local, shift, unit, u, v, in_set), shift)
        require(c < 2**24, "magnitude out of range")
        negative = False
        if c > 0:
            negative = self.signs.decision(self.coder, 9 * min(k, 2) + 3 * sign_of(before) + sign_of(two_before)) == 1
        mean[k] = max(own + (c - own) * (1 / (i + 1.5)), 2.0**-20)
        self.count[k] = min(i + 1, 248)
        self.around = 0.8 * self.around + c
        if self.around < 2.0**-20:
            self.around = 0.0
        self.expected_around = 0.8 * self.expected_around + own
        self.after(k, c, in_set, smooth)
        return -c if negative else c

    def start_frame(self):
        """Before the first coefficient of a hop; learned models have something to do."""

    def after(self, k, c, in_set, smooth):
        """After a magnitude; learned models have something to do."""

    def counted(self, k, smooth, local, shift, unit, u, v, in_set):
        """The part of a magnitude that is counted."""
        coder, mixed, s, c = self.coder, self.mixed_of_set[in_set], 12 if shift > 0 else 0, 0
        while c < 20:
            g = s + min(c, 11)
            if not mixed.decision(coder, g, (64 * g + u, 1536 + 64 * g + v, 3072 + 256 * g + 16 * (u >> 2) + (v >> 2))):
                break
            c += 1
        return c

    def with_low_bits(self, c, shift):
        coder = self.coder
        if c == 20:
            width = 0
            while width < 24 and coder.decision(32768):
                width += 1
            if width > 0:
                c += 2**width + coder.bits(width) - 1
        if shift > 0:
            slope = min(c, 7)
            first = self.low_bits.decision(coder, slope)
            c = 2 * c + first
            if shift > 1:
                c = 2 * c + self.low_bits.decision(coder, 8 + 2 * slope + first)
            if shift > 2:
                c = (c << (shift - 2)) + coder.bits(shift - 2)
        return c


def in_hops(model, layout, active, trellis, quantized):
    """Decodes coefficients in their order: place, coefficient and set of each."""
    hop, subbands = layout
    state = 0
    for h in range(max((-(-length // per_hop) for _, length, per_hop in subbands), default=0)):
        if len(subbands) > 1:
            model.around = model.expected_around = 0.0
        model.start_frame()
        for k in range(active):
            offset, length, per_hop = subbands[k]
            for t in range(h * per_hop, min((h + 1) * per_hop, length)):
                before = quantized[offset + t - 1] if t > 0 else 0
                two_before = quantized[offset + t - 2] if t > 1 else 0
                in_set = state & 1
                q = model.coefficient(k, before, two_before, in_set)
                quantized[offset + t] = q
                if trellis:
                    state = (state >> 1) ^ (trellis[0] if state & 1 else 0) ^ (trellis[1] if q & 1 else 0)
                yield offset + t, q, in_set


def coefficients(coder, layout, trellis):
    """The coefficients, and the set that each belongs to.

    `layout`: the hop, and of each subband the offset, the length and the coefficients in a hop.
    """
    _, subbands = layout
    count = sum(length for _, length, _ in subbands)
    sets, quantized = [0] * count, [0] * count
    active = coder.bits(15)
    require(active <= len(subbands), "too many subbands")
    for place, _, in_set in in_hops(Model(coder, active), layout, active, trellis, quantized):
        sets[place] = in_set
    return quantized, sets


def dequantize(quantized, step, offset_one, offset_more):
    one = (1 - offset_one / 32) * step
    more = (offset_more / 32) * step

    def value(q):
        if q == 0:
            return 0.0
        if abs(q) == 1:
            return one * q
        return q * step - more if q > 0 else q * step + more

    return [value(q) for q in quantized]


def values_of(header, coder, layout):
    """The coefficients of a file, as numbers."""
    quantized, sets = coefficients(coder, layout, header.trellis)
    numbers = header.step, header.one, header.more
    return dequantize_trellis(quantized, sets, *numbers) if header.trellis else dequantize(quantized, *numbers)


def dequantize_trellis(quantized, sets, step, offset_one, offset_more):
    def value(q, in_set):
        if q == 0:
            return 0.0
        offset = offset_one if abs(q) == 1 else offset_more
        size = ((abs(q) - in_set / 2) - offset * (1 / 32)) * step
        return size if q > 0 else -size

    return [value(q, in_set) for q, in_set in zip(quantized, sets)]
