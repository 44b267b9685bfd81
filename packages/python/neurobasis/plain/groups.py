"""Groups of channels, with a basis across them (§14): codes, channel after channel.

Sums across channels may be in another order than the library's: they differ by 10⁻¹⁰, and samples are rounded.
"""

import math

from .bases import basis, is_adaptive, is_exact
from .channels import decode_channels
from .coefficients import coefficients, values_of
from .errors import require
from .header import read_header
from .layouts import one_subband
from .range_code import RangeDecoder
from .reading import Reader, signed_byte
from .single import rounded

JOINT, CLOSED_LOOP, INTEGERS = 210, 211, 212
GROUPS = (JOINT, CLOSED_LOOP, INTEGERS)
NONE, DCT, HAAR, GRAPH, KLT, MEAN, MEDIAN = range(7)
MOST_CHANNELS = 1024


def decode_group(data, models=None):
    header, reader = read_header(data)
    require(header.version > 1 and header.wav == 0 and header.family in GROUPS, "no group")
    spatial, rest = header.parameter % 64, header.parameter // 64
    require(spatial <= 9, "unknown spatial basis")
    if header.family == JOINT:
        return joint(header, spatial, rest, reader, models)
    if header.family == CLOSED_LOOP:
        return closed_loop(header, spatial, rest, reader, models)
    return integers(header, spatial, rest, reader)


def length_of(header, channels):
    require(channels <= MOST_CHANNELS and (channels == 0 or header.n % channels == 0), "number of channels")
    return header.n // channels if channels else 0


# Joint


def joint(header, spatial, rest, reader, models):
    banded, numbers = rest % 2 == 1, rest // 2
    side = reader.part(reader.varint())
    channels = side.varint()
    n = length_of(header, channels)
    if channels == 0:
        return []
    means = [side.signed() for _ in range(channels)]
    (hop, subbands), synthesize = basis(numbers % 256, numbers // 256, n, None, models, header.largest)
    count = sum(length for _, length, _ in subbands)
    bands = [(0, len(subbands))]
    if banded and len(subbands) <= 16:
        bands = [(k, k + 1) for k in range(len(subbands))]
    elif banded:
        starts = [2**j - 1 for j in range(16) if 2**j - 1 < len(subbands)] + [len(subbands)]
        bands = list(zip(starts, starts[1:]))
    bases = [orthonormal(spatial, side.take(side.varint()), channels) for _ in bands]
    layout = hop, [
        (offset + c * count, length, per_hop) for c in range(channels) for offset, length, per_hop in subbands
    ]
    coder = RangeDecoder(reader)
    values = values_of(header, coder, layout)
    result = [[0.0] * count for _ in range(channels)]
    for (first, last), back in zip(bands, bases):
        for offset, length, _ in subbands[first:last]:
            for i in range(offset, offset + length):
                for c, value in enumerate(back([values[k * count + i] for k in range(channels)])):
                    result[c][i] = value
    signal = []
    for c in range(channels):
        # At any other step than 1, since sums across channels are no integers.
        signal += [x + means[c] for x in synthesize(result[c], 2)]
    samples = rounded(header, signal)
    if header.lossless:
        residual, _ = coefficients(coder, one_subband(header.n), None)
        samples = [a + b for a, b in zip(samples, residual)]
    return [samples[c * n : (c + 1) * n] for c in range(channels)]


def orthonormal(spatial, side, channels):
    """The function from components at one place to channels."""
    reader = Reader(side)
    if spatial == NONE:
        return lambda x: x
    if spatial in (DCT, HAAR):
        order = order_of(reader, channels) if side else list(range(channels))
        rows = cosines(channels) if spatial == DCT else haar(channels)
        return lambda x: placed(order, products(rows, x))
    if spatial == GRAPH:
        rows = graph(reader if side else None, channels)
        return lambda x: products(rows, x)
    if not side:
        return lambda x: x
    start = orthonormal(DCT if reader.byte() else NONE, reader.take(reader.varint()), channels)
    rotations = []
    for _ in range(reader.varint()):
        p = reader.varint()
        q = p + 1 + reader.varint()
        a = signed_byte(reader.byte())
        size = 64 * abs(a) if abs(a) <= 64 else abs(a) - 64
        rotations.append((p, q, (size if a > 0 else -size) * 2 * math.pi / 16384))
    order = order_of(reader, channels) if rotations else list(range(channels))

    def back(x):
        x = placed(order, x)
        for p, q, angle in reversed(rotations):
            c, s = math.cos(angle), math.sin(angle)
            x[p], x[q] = c * x[p] - s * x[q], c * x[q] + s * x[p]
        return start(x)

    return back


def order_of(reader, channels):
    left = list(range(channels))
    return [left.pop(reader.varint()) for _ in range(channels)]


def placed(order, x):
    result = [0.0] * len(x)
    for k, channel in enumerate(order):
        result[channel] = x[k]
    return result


def products(rows, x):
    return [sum(row[c] * value for row, value in zip(rows, x)) for c in range(len(x))]


def cosines(n):
    return [
        [math.sqrt((1 if k == 0 else 2) / n) * math.cos(2 * math.pi * (2 * i + 1) * k / (4 * n)) for i in range(n)]
        for k in range(n)
    ]


def haar(n):
    vectors = [(1, [float(i == j) for i in range(n)]) for j in range(n)]
    details = []
    while len(vectors) > 1:
        means, level = [], []
        for (s, a), (t, b) in zip(vectors[::2], vectors[1::2]):
            u, v = math.sqrt(s / (s + t)), math.sqrt(t / (s + t))
            means.append((s + t, [u * x + v * y for x, y in zip(a, b)]))
            level.append([v * x - u * y for x, y in zip(a, b)])
        if len(vectors) % 2:
            means.append(vectors[-1])
        vectors, details = means, level + details
    return [row for _, row in vectors] + details


def graph(reader, n):
    places = [(0, i) for i in range(n)]
    if reader:
        x = y = 0
        for i in range(n):
            x, y = x + reader.signed(), y + reader.signed()
            places[i] = x, y
    squares = [[(a - c) ** 2 + (b - d) ** 2 for c, d in places] for a, b in places]
    least = min((e for row in squares for e in row if e > 0), default=1)
    matrix = [[0.0 if i == j else 1 / (1 + squares[i][j] / least) if squares[i][j] else 1.0 for j in range(n)] for i in range(n)]
    for i in range(n):
        matrix[i][i] = -sum(matrix[i])
    vectors = [[float(i == j) for j in range(n)] for i in range(n)]
    for _ in range(30):
        for p in range(n):
            for q in range(p + 1, n):
                angle = 0.5 * math.atan2(2 * matrix[p][q], matrix[p][p] - matrix[q][q])
                c, s = math.cos(angle), math.sin(angle)
                for rows in (matrix, vectors):
                    rows[p], rows[q] = (
                        [c * a + s * b for a, b in zip(rows[p], rows[q])],
                        [c * b - s * a for a, b in zip(rows[p], rows[q])],
                    )
                for row in matrix:
                    row[p], row[q] = c * row[p] + s * row[q], c * row[q] - s * row[p]
    result = []
    for k in sorted(range(n), key=lambda k: -matrix[k][k]):
        half = max(abs(x) for x in vectors[k]) / 2
        first = next(x for x in vectors[k] if abs(x) > half)
        result.append([x if first > 0 else -x for x in vectors[k]])
    return result


# Predictions


def predictions(spatial, side, channels):
    """The function from the channels before, at one time, to the prediction of the next."""
    if spatial == NONE:
        return lambda before: 0
    if spatial == MEAN:
        return lambda before: math.floor(sum(before) / len(before) + 0.5) if before else 0
    if spatial == MEDIAN:
        return lambda before: sorted(before)[(len(before) - 1) // 2] if before else 0
    reader = Reader(side)
    sources = [[] for _ in range(channels)]
    if side:
        for c in range(1, channels):
            sources[c] = [(c - reader.varint(), signed_byte(reader.byte())) for _ in range(reader.byte())]

    def predict(before):
        chosen = sources[len(before)]
        return math.floor(sum(w * before[c] for c, w in chosen) / 64 + 0.5) if chosen else 0

    return predict


def restored(predict, components):
    channels = []
    for component in components:
        channels.append([value + predict([one[i] for one in channels]) for i, value in enumerate(component)])
    return channels


def closed_loop(header, spatial, rest, reader, models):
    numbers = rest // 2
    family, parameter = numbers % 256, numbers // 256
    channels = reader.varint()
    n = length_of(header, channels)
    predict = predictions(spatial, reader.take(reader.varint()), channels)
    result = []
    for _ in range(channels):
        mean, offsets = reader.signed(), reader.byte()
        header.one, header.more = (offsets & 15) - 8, (offsets >> 4) - 8
        inner = reader.part(reader.varint())
        side = bytes(inner.take(inner.varint())) if is_adaptive(family) else None
        layout, synthesize = basis(family, parameter, n, side, models, header.largest)
        coder = RangeDecoder(inner)
        signal = synthesize(values_of(header, coder, layout), header.step)
        samples = [math.floor(min(32767, max(-32768, x + mean)) + 0.5) for x in signal]
        if header.lossless and not (is_exact(family, parameter) and header.step == 1 and not header.trellis):
            residual, _ = coefficients(coder, one_subband(n), None)
            samples = [a + b for a, b in zip(samples, residual)]
        expected = [predict([one[i] for one in result]) for i in range(n)]
        if not result and header.largest > 32767:
            expected = [(header.largest + 1) // 2] * n
        result.append([min(header.largest, max(0, a + b)) for a, b in zip(expected, samples)])
    return result


def integers(header, spatial, rest, reader):
    seen, preset = rest % 4, rest // 4
    require(seen < 3 and preset < 2, "unknown coder of integers")
    channels = reader.varint()
    n = length_of(header, channels)
    predict = predictions(spatial, reader.take(reader.varint()), channels)
    components = []
    while len(components) < channels:
        low = reader.signed()
        part = reader.take(reader.varint())
        count, each = (channels, n) if seen == 0 else (1, n) if seen == 1 else (1, header.n)
        for codes in decode_channels(part, count, each, preset):
            shifted = [code + low for code in codes]
            components += [shifted[i : i + n] for i in range(0, max(1, each), max(1, n))]
    return restored(predict, components)
