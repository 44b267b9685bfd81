"""The lossless codec for channels of any digitizer (§11)."""

import math

from .errors import require
from .lossless import dot, gaussian_table, interpolate, solve, table
from .reading import Reader

# Of fast and best: own samples, references, second predictor, learns every, widths every.
PRESETS = [(16, 2, 0, 4, 8), (24, 4, 16, 1, 1)]


def heavy_table():
    density = []
    for k in range(1024):
        u = 1 + k * k / 8192
        density.append(1 / ((u * u) * math.sqrt(u)))
    return table(density)


def place(edges, levels, widths, q, level):
    count = len(widths)
    edges[q] = level - 0.5 * widths[q]
    for k in range(q, count):
        edges[k + 1] = edges[k] + widths[k]
    for k in range(q - 1, -1, -1):
        edges[k] = edges[k + 1] - widths[k]
    for k in range(count):
        levels[k] = 0.5 * (edges[k] + edges[k + 1])
    edges[0], edges[count] = -math.inf, math.inf


def decode_channels(payload, channels, n, preset):
    own, most, second, learns_every, widths_every = PRESETS[preset]
    reader = Reader(payload)
    lowest, count = reader.varint(), reader.varint() + 1
    references = [[]] + [
        [c - reader.varint() for _ in range(reader.byte())] for c in range(1, channels)
    ]
    code = reader.rest()
    position, zeros = 0, 0

    def next_byte():
        nonlocal position, zeros
        if position < len(code):
            position += 1
            return code[position - 1]
        zeros += 1
        require(zeros <= 16, "more than 16 bytes read past the end")
        return 0

    span, offset = 2**48, 0
    for _ in range(6):
        offset = offset * 256 + next_byte()

    gaussian, heavy = gaussian_table(), heavy_table()
    shapes = [gaussian, gaussian, heavy, heavy]
    rates = [1 / 8, 1 / 128, 1 / 4096, 1 / 64]
    size = own + (4 * most if channels > 1 else 0)
    moments = [[0.0] * (i + 1) for i in range(size)]
    products = [0.0] * size
    prior = [1.0] + [0.0] * (size - 1)
    shares, slow = [0.25] * 4, 400.0
    widths = [1.0] * count
    edges, levels = [0.0] * (count + 1), [0.0] * count
    place(edges, levels, widths, 0, 0.0)
    seen, expected = [0.0] * count, [0.0] * count
    class_seen, class_expected = [0.0] * 64, [0.0] * 64
    total, decoded = 0, []
    for c in range(channels):
        variances, beta = [slow] * 4, slow
        moments = [[v * (1 / 16) for v in row] for row in moments]
        products = [v * (1 / 16) for v in products]
        weights = solve(moments, products, [1.0] * size, prior)
        past, residuals, factors = [0.0] * own, [0.0] * second, [0.0] * second
        found = []
        for t in range(n):
            if t > 0:
                f = list(past)
                for r in range((size - own) // 4):
                    y = decoded[references[c][r]] if r < len(references[c]) else None
                    for j in range(4):
                        i = t + 1 - j
                        f.append(float(y[i] - y[0]) if y is not None and 0 <= i < n else 0.0)
                phi, psi = dot(weights, f), dot(factors, residuals)
                p = min(2.0 * count, max(-1.0 * count, base + (phi + psi)))
                gamma = [32 / math.sqrt(v) for v in variances]

            def below(table, k, q):
                return interpolate(table, (edges[q] - p) * gamma[k] + 1536)

            def cumulative(q):
                if q == count:
                    return 2**24
                if t == 0:
                    return q * (2**24 // count)
                s = [shares[k] * below(shapes[k], k, q) for k in range(4)]
                return int(((s[0] + s[2]) + (s[1] + s[3])) * (2**24 - count)) + q

            unit = span // 2**24
            target = offset // unit
            require(target < 2**24, "target")
            q, high = 0, count
            while high - q > 1:
                middle = (q + high) // 2
                if cumulative(middle) <= target:
                    q = middle
                else:
                    high = middle
            offset -= unit * cumulative(q)
            span = unit * (cumulative(q + 1) - cumulative(q))
            while span < 2**40:
                span *= 256
                offset = offset * 256 + next_byte()
            found.append(q)

            if t == 0:
                base = levels[q]
            else:
                joint = [
                    shares[k] * ((below(shapes[k], k, q + 1) - below(shapes[k], k, q)) + 2**-20) for k in range(4)
                ]
                rho = (255 / 256) / ((joint[0] + joint[2]) + (joint[1] + joint[3]))
                shares = [v * rho + 1 / 1024 for v in joint]
                z = levels[q]
                x = z - base
                e = x - phi
                zeta = (4.5 * 32) / gamma[2]
                every = 8 * widths_every if zeta > 64 else widths_every
                if t >= 100 and zeta <= 512 and total % every == 0 and q not in (0, count - 1):
                    k = q
                    while k > max(1, q - 1024) and edges[k] > p - zeta:
                        k -= 1
                    while k < min(count - 1, q + 1024):
                        share = (below(gaussian, 2, k + 1) - below(gaussian, 2, k)) / widths[k]
                        expected[k] += share
                        class_expected[(k + lowest) & 63] += share
                        if edges[k + 1] > p + zeta:
                            break
                        k += 1
                    seen[q] += 1
                    class_seen[(q + lowest) & 63] += 1
                share, square = 1 / (t + 1), (z - p) * (z - p)
                variances = [max(v + (square - v) * max(rates[k], share), 1 / 64) for k, v in enumerate(variances)]
                if t % learns_every == 0:
                    omega = 1 / (beta + 0.3)
                    for i in range(size):
                        if f[i] != 0:
                            weighted = omega * f[i]
                            for j in range(i + 1):
                                moments[i][j] += weighted * f[j]
                    weighted = omega * x
                    for j in range(size):
                        products[j] += weighted * f[j]
                beta = max(beta + (e * e - beta) * max(1 / 16, share), 1 / 64)
                if second > 0:
                    eta = (0.01 * (e - psi)) / (dot(residuals, residuals) + 1)
                    factors = [v + eta * r for v, r in zip(factors, residuals)]
                    residuals = [e] + residuals[:-1]
                past = [x] + past[:-1]
            total += 1
            if (t + 1) % 128 == 0 or t + 1 in (32, 64):
                weights = solve(moments, products, [1.0] * size, prior)
            if (t + 1) % 128 == 0:
                moments = [[v * (127 / 128) for v in row] for row in moments]
                products = [v * (127 / 128) for v in products]
            if total % 4096 == 0:
                of_class = [(a + 300) / (b + 300) for a, b in zip(class_seen, class_expected)]
                scale, level = 0.0, levels[q]
                for v in of_class:
                    scale += v
                scale = 64 / scale
                for k in range(count):
                    given = of_class[(k + lowest) & 63] * scale
                    widths[k] = max((seen[k] + 300 * given) / (expected[k] + 300), 1 / 1024)
                place(edges, levels, widths, q, level)
        slow = variances[2]
        decoded.append(found)
    require(all(byte == 0 for byte in code[position:]), "bytes left over")
    return [[q + lowest for q in channel] for channel in decoded]
