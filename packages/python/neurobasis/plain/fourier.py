"""The real DFT, Walsh's and Haar's functions (§6)."""

import math


def fourier(parameter, n):
    size = 2 ** (2 + (parameter & 15))
    half = size // 2
    windowed = parameter >> 4 == 1
    count = (-(-n // half) + 1 if n > 0 else 0) if windowed else -(-n // size)
    subbands, offset = [], 0
    for k in range(half + 1):
        per_hop = 1 if k in (0, half) else 2
        subbands.append((offset, count * per_hop, per_hop))
        offset += count * per_hop

    def synthesize(values, step):
        signal = [0.0] * (max(n, 0) + 2 * size)
        cosine = [math.cos(2 * math.pi * i / size) for i in range(size)]
        sine = [math.sin(2 * math.pi * i / size) for i in range(size)]
        for j in range(count):
            real = [values[subbands[0][0] + j]]
            imaginary = [0.0]
            for offset, _, _ in subbands[1:-1]:
                real.append(math.sqrt(2) * values[offset + 2 * j])
                imaginary.append(math.sqrt(2) * values[offset + 2 * j + 1])
            last = values[subbands[-1][0] + j]
            for i in range(size):
                x = real[0] + (last if i % 2 == 0 else -last)
                for k in range(1, half):
                    if real[k] != 0 or imaginary[k] != 0:
                        x += real[k] * cosine[k * i % size] - imaginary[k] * sine[k * i % size]
                x /= math.sqrt(size)
                if windowed:
                    x *= math.sin(2 * math.pi * (2 * i + 1) / (4 * size))
                # Shifted by a half, so that values before 0 get an index too.
                signal[j * (half if windowed else size) + i + (0 if windowed else half)] += x
        return signal[half : half + n]

    return (half if windowed else size, subbands), synthesize


def walsh(x):
    size = len(x)
    # Coefficient k has k changes of sign: its row of the Hadamard matrix is the bit reversal of its Gray code.
    bits = size.bit_length() - 1
    y = [0.0] * size
    for k in range(size):
        y[int(format(k ^ (k >> 1), f"0{bits}b")[::-1], 2)] = x[k]
    span = 1
    while span < size:
        for start in range(0, size, 2 * span):
            for i in range(start, start + span):
                y[i], y[i + span] = y[i] + y[i + span], y[i] - y[i + span]
        span *= 2
    return [value * math.sqrt(1 / size) for value in y]


def haar(levels, n):
    count = -(-n // 2**levels)
    subbands, offset = [(0, count, 1)], count
    for k in range(1, levels + 1):
        length = count * 2 ** (k - 1)
        subbands.append((offset, length, 2 ** (k - 1)))
        offset += length

    def synthesize(values, step):
        means = values[:count]
        for offset, length, _ in subbands[1:]:
            finer = []
            for a, d in zip(means, values[offset : offset + length]):
                if step == 1:
                    b = a - math.floor(d / 2)
                    finer += [b + d, b]
                else:
                    finer += [(a + d) * math.sqrt(0.5), (a - d) * math.sqrt(0.5)]
            means = finer
        return means[:n]

    return (2**levels, subbands), synthesize

