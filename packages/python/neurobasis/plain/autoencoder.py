"""Convolutional autoencoders (§6, family 41)."""

from .errors import require
from .models import HASH_BYTES, arrays_of


def product(row, matrix, columns):
    found = [0.0] * columns
    for i, x in enumerate(row):
        if x != 0:
            at = i * columns
            for j in range(columns):
                found[j] += x * matrix[at + j]
    return found


def convolutional(parameter, n, side, models):
    require(len(side) == HASH_BYTES, "more than the name of a model")
    size = 2 ** (4 + (parameter >> 1))
    hidden = max(8, 2048 // size)
    arrays = arrays_of(side, models, 41, parameter)
    count = -(-n // size) + 1 if n > 0 else 0

    def synthesize(values, step):
        nothing = [0.0] * size
        rows = [[values[k * count + t] / step for k in range(size)] for t in range(count)]
        rows = [nothing, *rows, nothing]
        waves = []
        for t in range(1, count + 1):
            u = product(rows[t - 1] + rows[t] + rows[t + 1], arrays["synthesisIn"], hidden)
            u = [a + b for a, b in zip(u, arrays["synthesisBias"])]
            u = [a / (1 + abs(a)) for a in u]
            z = [a + b for a, b in zip(rows[t], product(u, arrays["synthesisOut"], size))]
            waves.append(product(z, arrays["synthesis"], 2 * size))
        signal = []
        for left, right in zip(waves, waves[1:]):
            signal += [(left[size + i] + right[i]) * step for i in range(size)]
        return signal[:n]

    return (size, [(k * count, count, 1) for k in range(size)]), synthesize
