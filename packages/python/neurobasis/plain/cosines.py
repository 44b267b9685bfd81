"""Cosines: DCT-II, switched and packets of cosines, the MDCT (§6)."""

import math

from .errors import require
from .layouts import blocks_of
from .reading import Bits
from .trigonometry import cosine_of_turn, sine_of_turn


def frames(family, parameter, n, side):
    size = 2 ** (6 + (parameter & 15 if family == 12 else parameter))
    count = -(-n // size)
    bits = Bits(side)
    cuts = []
    if family == 2:
        halvings = 0
        for _ in range(count):
            if bits.next():
                previous, halvings = halvings, bits.number(3)
                require(halvings != previous and halvings <= 4, "block length")
            cuts.append([size >> halvings] * (1 << halvings))
    else:
        least = 2 ** (4 + (parameter >> 4))

        def cut(length):
            if length > least and bits.next():
                return cut(length // 2) + cut(length // 2)
            return [length]

        cuts = [cut(size) for _ in range(count)]
    bits.finish()
    transform = inverse_fourth if family == 12 else lambda x: inverse_cosine_transform(len(x))(x)

    def synthesize(values, step):
        blocks = []
        for t, lengths in enumerate(cuts):
            order = sorted(
                ((2 * kappa + 1) * size // length, b, kappa)
                for b, length in enumerate(lengths)
                for kappa in range(length)
            )
            parts = [[0.0] * length for length in lengths]
            for k, (_, b, kappa) in enumerate(order):
                parts[b][kappa] = values[k * count + t]
            blocks += [transform(part) for part in parts]
        if family == 12:
            unfold(blocks, 0)
        return [x for block in blocks for x in block][:n]

    return blocks_of(size, count), synthesize


def inverse_fourth(x):
    size = len(x)
    scale = math.sqrt(2 / size)
    turn = [math.cos(math.pi * i / (4 * size)) for i in range(8 * size)]
    return [
        scale * sum(x[k] * turn[(2 * i + 1) * (2 * k + 1) % (8 * size)] for k in range(size) if x[k] != 0)
        for i in range(size)
    ]


def rising_half(m, window):
    sine = [math.sin(2 * math.pi * (2 * i + 1) / (8 * m)) for i in range(m)]
    if window == 0:
        return sine
    if window == 2:
        return [math.sin(2 * math.pi * v * v / 4) for v in sine]

    def bessel(x):
        total = term = 1.0
        k = 1
        while term > 1e-17 * total:
            term *= (x / (2 * k)) ** 2
            total += term
            k += 1
        return total

    sums, total = [], 0.0
    for i in range(m + 1):
        total += bessel(math.pi * 4 * math.sqrt(1 - (2 * i / m - 1) ** 2))
        sums.append(total)
    return [math.sqrt(sums[i] / sums[m]) for i in range(m)]


def unfold(blocks, window, sign=-1):
    for left, right in zip(blocks, blocks[1:]):
        m = min(len(left), len(right))
        w = rising_half(m, window)
        for i in range(m // 2):
            c, s = w[m // 2 + i], sign * w[m // 2 - 1 - i]
            after, before = right[i], left[-1 - i]
            right[i], left[-1 - i] = after * c + before * s, before * c - after * s


def uncut(size, n):
    """Cosine packets in frames that are not cut."""
    count = -(-n // size)

    def synthesize(values, step):
        blocks = [inverse_fourth([values[k * count + t] for k in range(size)]) for t in range(count)]
        unfold(blocks, 0)
        return [x for block in blocks for x in block][:n]

    return blocks_of(size, count), synthesize


def lapped(m, window, n):
    count = -(-n // m)

    def synthesize(values, step):
        blocks = [inverse_fourth([-values[k * count + t] for k in range(m)])[::-1] for t in range(count)]
        unfold(blocks, window, 1)
        return [x for block in blocks for x in block][:n]

    return blocks_of(m, count), synthesize



def inverse_cosine_transform(size):
    half = size // 2
    bits = half.bit_length() - 1
    reverse = [int(format(k, f"0{bits}b")[::-1], 2) if bits else 0 for k in range(half)]
    scale = [math.sqrt((1 if k == 0 else 2) / size) for k in range(half + 1)]
    big_c = [cosine_of_turn(k, 4 * size) / scale[k] for k in range(half + 1)]
    big_s = [sine_of_turn(k, 4 * size) / scale[k] for k in range(half + 1)]
    c = [cosine_of_turn(k, size) for k in range(half)]
    s = [-sine_of_turn(k, size) for k in range(half)]

    def inverse(x):
        re, im = [0.0] * (half + 1), [0.0] * (half + 1)
        re[0] = x[0] * big_c[0]
        for k in range(1, half):
            re[k] = x[k] * big_c[k] + x[size - k] * big_s[k]
            im[k] = x[k] * big_s[k] - x[size - k] * big_c[k]
        re[half] = x[half] * big_c[half] + x[half] * big_s[half]
        z_re, z_im = [0.0] * half, [0.0] * half
        for k in range(half):
            mirror = half - k
            e, f = re[k] + re[mirror], im[k] - im[mirror]
            g, h = re[k] - re[mirror], im[k] + im[mirror]
            o = g * c[k] + h * s[k]
            p = h * c[k] - g * s[k]
            z_re[reverse[k]], z_im[reverse[k]] = f + o, e - p
        run = 2
        while run <= half:
            for start in range(0, half, run):
                for k in range(run // 2):
                    upper, lower = start + k, start + k + run // 2
                    wc, ws = c[k * (size // run)], s[k * (size // run)]
                    t_re = z_re[lower] * wc - z_im[lower] * ws
                    t_im = z_re[lower] * ws + z_im[lower] * wc
                    z_re[lower], z_im[lower] = z_re[upper] - t_re, z_im[upper] - t_im
                    z_re[upper], z_im[upper] = z_re[upper] + t_re, z_im[upper] + t_im
            run *= 2
        y = [0.0] * size
        for i in range(half):
            y[2 * i], y[2 * i + 1] = z_im[i] * (1 / size), z_re[i] * (1 / size)
        samples = [0.0] * size
        for i in range(half):
            samples[2 * i], samples[2 * i + 1] = y[i], y[size - 1 - i]
        return samples

    return inverse
