"""Blocks of a matrix: learned, of the recording itself, and polynomials and Slepian's sequences (§6)."""

import math

from .errors import require
from .layouts import blocks_of
from .models import HASH_BYTES, arrays_of
from .trigonometry import cosine_of_turn

BANDWIDTHS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96)


def rows_of(array, size):
    return [list(array[i : i + size]) for i in range(0, len(array), size)]


def orthonormalized(rows):
    done = []
    for row in rows:
        for other in done:
            p = sum_in_order(a * b for a, b in zip(row, other))
            row = [a - p * b for a, b in zip(row, other)]
        norm = math.sqrt(sum_in_order(a * a for a in row))
        done.append([a / norm for a in row])
    return done


def sum_in_order(values):
    # Since Python 3.12 sum() of floats is compensated, which gives other sums.
    total = 0.0
    for value in values:
        total += value
    return total


def of_rows(size, n, rows_of_block, count_of_rows):
    """The layout and the synthesis of blocks; `rows_of_block` gives the functions of block j."""
    count = -(-n // size)

    def synthesize(values, step):
        signal = []
        for j in range(count):
            x = [0.0] * size
            for k, row in enumerate(rows_of_block(j)):
                c = values[k * count + j]
                if c != 0:
                    x = [a + c * b for a, b in zip(x, row)]
            signal += x
        return signal[:n]

    return (size, [(k * count, count, 1) for k in range(count_of_rows)]), synthesize


def learned(family, parameter, n, side, models):
    size = 2 ** (4 + (parameter >> 1)) if family == 41 else 2 ** (3 + (parameter & 7))
    require(len(side) == HASH_BYTES, "more than the name of a model")
    arrays = arrays_of(side, models, family, parameter)
    name = {32: "components", 33: "transform", 34: "atoms", 37: "atoms", 41: "synthesis"}[family]
    rows = rows_of(arrays[name], size)
    if name == "atoms":
        rows = [[a / math.sqrt(sum_in_order(b * b for b in row)) for a in row] for row in rows]
    else:
        rows = orthonormalized(rows)
    return of_rows(size, n, lambda j: rows, len(rows))


def of_recording(size, n, side):
    """Family 36, where it has a matrix of its own."""
    require(len(side) == size * size, "size of a matrix")
    given = rows_of([(b - 256 if b > 127 else b) / 127 for b in side], size)
    rows = orthonormalized(given)
    apart = sum_in_order((a - b) ** 2 for x, y in zip(rows, given) for a, b in zip(x, y))
    require(apart < size / 10, "a matrix that is not orthonormal")
    return of_rows(size, n, lambda j: rows, size)


def classified(parameter, n, side, models):
    """Family 38: every block has a class, and each class functions of its own."""
    from .range_code import Counts, RangeDecoder
    from .reading import Reader

    size, bits = 2 ** (3 + (parameter & 7)), (parameter >> 3) & 7
    rows = rows_of(arrays_of(side, models, 38, parameter)["components"], size)
    functions = [orthonormalized(rows[c * size : (c + 1) * size]) for c in range(2**bits)]
    count = -(-n // size)
    classes = [0] * count
    if bits > 0:
        reader = Reader(side, HASH_BYTES)
        coder, counts, before = RangeDecoder(reader), Counts(), 0
        for j in range(count):
            node = 1
            for _ in range(bits):
                node = 2 * node + counts.decision(coder, (before, node))
            before = classes[j] = node - 2**bits
        require(reader.position == reader.end, "bytes after the classes")
    else:
        require(len(side) == HASH_BYTES, "bytes after the name of a model")
    return of_rows(size, n, lambda j: functions[classes[j]], size)


def polynomials(n, size, c=1.0):
    rows = tridiagonal_vectors(size, c)
    return of_rows(size, n, lambda j: rows, size)


def slepian(parameter, n):
    size = 2 ** (2 + (parameter & 7))
    require(parameter >> 3 < len(BANDWIDTHS), "unknown bandwidth")
    bandwidth = BANDWIDTHS[parameter >> 3]
    require(2 * bandwidth < size, "bandwidth of a block")
    return polynomials(n, size, cosine_of_turn(bandwidth, size))


def tridiagonal_vectors(size, c):
    """Eigenvectors of the symmetric tridiagonal matrix that commutes, the largest eigenvalue first."""
    d = [((size - 1 - 2 * i) ** 2 * c) / size**2 for i in range(size)]
    e = [(2 * (i + 1) * (size - 1 - i)) / size**2 for i in range(size - 1)] + [0.0]
    v = [[float(i == j) for j in range(size)] for i in range(size)]
    epsilon = 2.0**-53 * max(abs(a) + abs(b) for a, b in zip(d, e))
    for a in range(size):
        while True:
            z = next(i for i in range(a, size) if abs(e[i]) <= epsilon)
            if z == a:
                break
            sweep(d, e, v, a, z)
    order = sorted(range(size), key=lambda i: -d[i])
    result = []
    for i in order:
        half = max(abs(x) for x in v[i]) / 2
        first = next(x for x in v[i] if abs(x) > half)
        result.append([-x for x in v[i]] if first < 0 else v[i])
    return result


def sweep(d, e, v, a, z):
    rho = (d[a + 1] - d[a]) / (2 * e[a])
    tau = math.sqrt(rho * rho + 1)
    g = d[z] - d[a] + e[a] / (rho - tau if rho < 0 else rho + tau)
    sigma = gamma = 1.0
    pi = 0.0
    for i in range(z - 1, a - 1, -1):
        f, h = sigma * e[i], gamma * e[i]
        r = math.sqrt(f * f + g * g)
        e[i + 1] = r
        if r == 0:
            d[i + 1] -= pi
            e[z] = 0.0
            return
        sigma, gamma = f / r, g / r
        u = d[i + 1] - pi
        t = (d[i] - u) * sigma + 2 * gamma * h
        pi = sigma * t
        d[i + 1] = u + pi
        g = gamma * t - h
        v[i], v[i + 1] = (
            [gamma * x - sigma * y for x, y in zip(v[i], v[i + 1])],
            [sigma * x + gamma * y for x, y in zip(v[i], v[i + 1])],
        )
    d[a] -= pi
    e[a] = g
    e[z] = 0.0
