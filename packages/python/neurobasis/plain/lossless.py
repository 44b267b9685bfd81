"""The lossless codec of Neuralink's recordings (§7)."""

import math

from .constants import constants
from .errors import require
from .range_code import FrequencyDecoder


def table(density):
    sums = [0.0]
    for k in range(511):
        sums.append(sums[k] + (density[2 * k] + 4 * density[2 * k + 1] + density[2 * k + 2]))
    entries = [0.0] * 1024
    for k in range(512):
        upper = math.floor((0.5 + (0.5 * sums[k]) / sums[511]) * 2**32 + 0.5) / 2**32
        entries[512 + k] = upper
        entries[512 - k] = 1 - upper
    return entries


def gaussian_table():
    density, value, ratio = [], 1.0, 0.9998779371377774
    for _ in range(1024):
        density.append(value)
        value *= ratio
        ratio *= 0.9997558891748972
    return table(density)


def student_table():
    density = []
    for k in range(1024):
        u = 1 + k * k / 24576
        density.append(1 / ((u * u) * (u * u) * math.sqrt(u)))
    return table(density)


def interpolate(entries, z):
    if z <= 1025:
        return 0.0
    if z >= 2047:
        return 1.0
    i = int(z)
    return entries[i - 1024] + (z - i) * (entries[i - 1023] - entries[i - 1024])


def dot(a, b):
    p = [0.0] * 8
    for j, (x, y) in enumerate(zip(a, b)):
        p[j % 8] += x * y
    return ((p[0] + p[2]) + (p[4] + p[6])) + ((p[1] + p[3]) + (p[5] + p[7]))


def place(widths):
    edges = [0.0] * 1025
    for k in range(526, 1024):
        edges[k + 1] = edges[k] + widths[k]
    for k in range(525, -1, -1):
        edges[k] = edges[k + 1] - widths[k]
    levels = [0.5 * (edges[k] + edges[k + 1]) for k in range(1024)]
    edges[0], edges[1024] = -math.inf, math.inf
    return edges, levels


def excess(c, threshold):
    return c - threshold if c - threshold > 0 else c + threshold if c + threshold < 0 else 0.0


class CodeModel:
    """What is expected of each sample, before it is known; parameter: 0 fast, 1 best."""

    def __init__(self, parameter):
        known = constants()
        prior = known["priors"][["fast", "best"][parameter]]
        self.best = parameter == 1
        self.kinds = [(8, 2, 4, 0), (16, 8, 8, 8)][parameter]
        self.fixed = known["fixed"]
        self.given = [w / 4096 for w in known["widths"]]
        self.given[0] = self.given[1023] = 1.0
        self.widths = list(self.given)
        self.edges, self.levels = place(self.widths)
        gaussian = gaussian_table()
        self.shapes = [gaussian, gaussian, gaussian, student_table()]
        self.prior = list(prior["weights"])
        self.weights = list(self.prior)
        self.precisions = prior["precisions"]
        size = len(self.weights)
        self.moments = [[0.0] * (i + 1) for i in range(size)]
        self.products = [0.0] * size
        self.x, self.e = [0.0] * 33, [0.0] * 33
        self.means = [0.0] * self.kinds[2]
        self.alpha = self.beta = 36.0
        self.variances, self.shares = [36.0] * 4, [0.25] * 4
        self.seen, self.expected = [0.0] * 1024, [0.0] * 1024
        self.before, self.t = None, 0

    def start(self):
        """Before a sample."""
        innovations, bursts, _, rises = self.kinds
        x, e = self.x, self.e
        self.phi = dot(self.fixed, x[:32])
        sigma = math.sqrt(self.alpha)
        f = e[:innovations]
        f = f + [min(v + 2 * sigma, 0.0) for v in e[:bursts]] + [max(v - 2 * sigma, 0.0) for v in e[:bursts]]
        f = f + [x[0] - a for a in self.means]
        halves = [0.5 * (x[0] - x[i]) for i in range(1, rises + 1)]
        self.f = f + [excess(c, sigma) for c in halves] + [excess(c, 3 * sigma) for c in halves]
        self.p = min(1024.0, max(-1024.0, self.phi + dot(self.weights, self.f)))
        self.gamma = [32 / math.sqrt(v) for v in self.variances]

    def below(self, k, q):
        return interpolate(self.shapes[k], (self.edges[q] - self.p) * self.gamma[k] + 1536)

    def cumulative(self, q):
        if q == 1024:
            return 2**24
        s = [self.shares[k] * self.below(k, q) for k in range(4)]
        return int(((s[0] + s[2]) + (s[1] + s[3])) * 16776192) + q

    def code_at(self, target):
        """The code whose share of 2**24 the target lies in."""
        require(target < 2**24, "an impossible code")
        low, high = 0, 1024
        while high - low > 1:
            middle = (low + high) // 2
            if self.cumulative(middle) <= target:
                low = middle
            else:
                high = middle
        return low

    def update(self, q):
        """After a sample."""
        below, shares, t = self.below, self.shares, self.t
        joint = [shares[k] * ((below(k, q + 1) - below(k, q)) + 2**-20) for k in range(4)]
        rho = (255 / 256) / ((joint[0] + joint[2]) + (joint[1] + joint[3]))
        if self.best:
            self.observe(q)
        self.shares = [v * rho + 1 / 1024 for v in joint]
        level = self.levels[q]
        square = (level - self.p) * (level - self.p)
        rates = (1 / 32, 1 / 256, 1 / 4096, 1 / 4096)
        self.variances = [max(v + (square - v) * rate, 0.01) for v, rate in zip(self.variances, rates)]
        innovation = level - self.phi
        omega = 1 / (self.beta + 0.3)
        if self.best or t % 2 == 0:
            grow(self.moments, self.products, self.f, omega, innovation)
        square = innovation * innovation
        self.beta = max(self.beta + (square - self.beta) / 256, 0.01)
        self.alpha = max(self.alpha + (square - self.alpha) / 1024, 0.01)
        self.x, self.e = [level] + self.x[:32], [innovation] + self.e[:32]
        for i in range(len(self.means)):
            self.means[i] += max(1 / (t + 2), 4.0 ** (-i - 1)) * (level - self.means[i])
        self.t = t + 1
        if self.t % 128 == 0:
            self.weights = solve(self.moments, self.products, self.precisions, self.prior)
            self.moments = [[v * (511 / 512) for v in row] for row in self.moments]
            self.products = [v * (511 / 512) for v in self.products]
        if self.best and self.t % 4096 == 0:
            for k in range(1, 1023):
                self.widths[k] = max((self.seen[k] + 300 * self.given[k]) / (self.expected[k] + 300), 1 / 1024)
            self.edges, self.levels = place(self.widths)

    def observe(self, q):
        """Counts for the widths of codes."""
        if self.t >= 200 and q not in (0, 1023) and self.before not in (0, 1023):
            edges, below = self.edges, self.below
            zeta = (4.5 * 32) / self.gamma[2]
            k = max([k for k in range(1, 1023) if edges[k] <= self.p - zeta], default=1)
            while True:
                self.expected[k] += (below(2, k + 1) - below(2, k)) * (1 / self.widths[k])
                if edges[k + 1] > self.p + zeta or k == 1022:
                    break
                k += 1
            self.seen[q] += 1
        self.before = q


def grow(moments, products, f, omega, innovation):
    for i, row in enumerate(moments):
        if f[i] != 0:
            weighted = omega * f[i]
            for j in range(i + 1):
                row[j] += weighted * f[j]
    weighted = omega * innovation
    for j in range(len(products)):
        products[j] += weighted * f[j]


def decode_code(parameter, n, code):
    model = CodeModel(parameter)
    decoder = FrequencyDecoder(code)
    found = []
    for _ in range(n):
        model.start()
        q = model.code_at(decoder.target())
        decoder.take(model.cumulative(q), model.cumulative(q + 1))
        found.append(q)
        model.update(q)
    require(not decoder.rest(), "bytes left over")
    return found


def solve(moments, products, precisions, prior):
    size = len(products)
    w = [list(row) for row in moments]
    y = list(products)
    for i in range(size):
        w[i][i] += precisions[i]
        y[i] += precisions[i] * prior[i]
    for k in range(size):
        kappa = 1 / max(w[k][k], 0.5 * precisions[k])
        c = [w[i][k] if i > k else 0.0 for i in range(size)]
        for i in range(k + 1, size):
            w[i][k] *= kappa
            for j in range(k + 1, i + 1):
                w[i][j] -= w[i][k] * c[j]
        y[k] *= kappa
        for j in range(k + 1, size):
            y[j] -= y[k] * c[j]
    h = [0.0] * size
    for i in range(size - 1, -1, -1):
        h[i] = y[i]
        for k in range(i):
            y[k] -= h[i] * w[i][k]
    return h


def unpacked(n, payload):
    require(len(payload) == (10 * n + 7) // 8, "length of packed samples")
    whole = int.from_bytes(payload, "big")
    spare = 8 * len(payload) - 10 * n
    require(whole & ((1 << spare) - 1) == 0, "bits after the last sample")
    whole >>= spare
    return [(whole >> (10 * (n - 1 - i))) & 1023 for i in range(n)]


def decode_adc_codes(header, payload):
    """ADC codes of a file of family 128."""
    plain = header.lossless and not header.trellis and header.mean == 0 and header.step == 1
    require(plain and header.version == 1 and header.one == 0 and header.more == 0, "header of the lossless codec")
    require(header.parameter <= 2 and header.wav != 2, "unknown preset")
    if header.parameter == 2:
        return unpacked(header.n, payload)
    return decode_code(header.parameter, header.n, payload)
