"""The MDCT with learned contexts, and with contexts of a network (§6, families 43 and 44): coefficients lie in the side
information."""

from .coefficients import TRELLISES, Model, in_hops, level
from .cosines import lapped
from .errors import require
from .models import HASH_BYTES, arrays_of
from .range_code import LOGISTIC, STRETCH, RangeDecoder, single
from .reading import Reader

SIZE = 256
GROUP = 1616


class Decisions:
    """Decisions of six contexts, from learned priors and weights."""

    def __init__(self, arrays):
        self.p = [single(v) for v in arrays["priors"]]
        self.count = [30] * len(self.p)
        self.weights = [float(v) for v in arrays["weights"]]

    def decision(self, coder, contexts, first, second):
        w = self.weights
        s = [STRETCH[int(self.p[c] * 4096)] for c in contexts]
        t = 0.0
        for i in range(6):
            t += (w[first + i] + w[second + i]) * s[i]
        t = min(10.0, max(-10.0, t))
        p = LOGISTIC[int(t * 128 + 1280 + 0.5)]
        bit = coder.decision(int(p * 65536))
        error = (bit - p) * 0.0025
        target = 1 - 1 / 65536 if bit else 1 / 65536
        for i, c in enumerate(contexts):
            w[first + i] += error * s[i]
            w[second + i] += error * s[i]
            age = self.count[c]
            self.p[c] = single(self.p[c] + (target - self.p[c]) * (1 / (age + 1.5)))
            self.count[c] = min(age + 1, 248)
        return bit


class Frames:
    """Values of this frame and of those before it; 0 where there are none."""

    def __init__(self, active, kept):
        self.active = active
        self.rows = [[0.0] * active for _ in range(kept)]

    def next(self):
        self.rows = [[0.0] * self.active] + self.rows[:-1]

    def at(self, row, k):
        return self.rows[row][k] if 0 <= k < self.active else 0.0


class LearnedModel(Model):
    """The model of §5 with other contexts for magnitudes."""

    def __init__(self, coder, active, arrays):
        super().__init__(coder, active)
        self.decisions = Decisions(arrays)
        self.arrays = arrays
        self.magnitudes = Frames(active, 3)

    def start_frame(self):
        self.magnitudes.next()

    def near(self, k, smooth, local, in_set):
        c = min(7, (k + 1).bit_length() - 1)
        row = self.arrays["neighbors"][12 * c : 12 * c + 12]
        at = self.magnitudes.at
        values = [at(1, k - 2), at(1, k - 1), at(1, k), at(1, k + 1), at(1, k + 2)]
        values += [at(2, k - 1), at(2, k), at(2, k + 1)]
        values += [at(0, k - 1), at(0, k - 2), at(0, k - 3), smooth]
        total = 0.0
        for weight, value in zip(row, values):
            total += weight * value
        return min(max(0.0, total), 2.0**18)

    def after(self, k, c, in_set, smooth):
        self.magnitudes.rows[0][k] = c

    def counted(self, k, smooth, local, shift, unit, u, v, in_set):
        self.y = y = level(self.near(k, smooth, local, in_set), unit)
        at = self.magnitudes.at
        a = (k + 1).bit_length() - 1
        pi = min(15, 2 * a + ((k + 1) >> max(0, a - 1) & 1))
        frames = ((min(at(1, k), 3) * 4 + min(at(0, k - 1), 3)) * 3 + min(at(0, k - 2), 2)) * 3 + min(at(2, k), 2)
        joint = 128 + 16 * (y >> 2) + (v >> 2)
        places = (u, 64 + v, joint, 384 + y, 448 + 64 * pi + y, 1472 + int(frames))
        c = 0
        while c < 20:
            group = 8 * (1 if shift > 0 else 0) + 16 * in_set + min(c, 7)
            contexts = [GROUP * group + place for place in places]
            second = 6 * (32 + 4 * (y >> 2) + min(c, 3))
            if not self.decisions.decision(self.coder, contexts, 6 * group, second):
                break
            c += 1
        return c


class NetworkModel(LearnedModel):
    """`near` comes from a network of amplitudes nearby."""

    def __init__(self, coder, active, arrays):
        super().__init__(coder, active, arrays)
        self.amplitudes = Frames(active, 4)
        self.faded = [0.0] * active
        self.loudness = 0.5
        self.g = self.h = self.u = self.v = 0.0
        self.hidden = [arrays["hidden"][26 * i : 26 * i + 26] for i in range(16)]
        self.output = arrays["output"]

    def start_frame(self):
        super().start_frame()
        self.amplitudes.next()
        self.loudness = 0.5 if self.v == 0 else self.u / (self.u + self.v)
        self.g = self.h = self.u = self.v = 0.0

    def near(self, k, smooth, local, in_set):
        mu, at = smooth + 0.05, self.amplitudes.at

        def r(a):
            return a / (a + mu)

        x = [r(at(1, k + i)) for i in range(-2, 3)] + [r(at(2, k + i)) for i in range(-2, 3)]
        x += [r(at(3, k + i)) for i in (-1, 0, 1)] + [r(at(0, k - i)) for i in (1, 2, 3, 4)]
        x += [local / (local + mu), smooth / (smooth + 1), (self.g + 0.05) / ((self.g + self.h) + 2 * 0.05)]
        x += [self.loudness, r(self.faded[k]), k / (k + 8), k / (k + 64), float(in_set)]
        v = self.output[16]
        for row, out in zip(self.hidden, self.output):
            u = row[25]
            for weight, value in zip(row, x):
                u += weight * value
            v += out * (u / (1 + abs(u)))
        return min(mu * (1 + v) if v >= 0 else mu * (1 / (1 - v)), 2.0**18)

    def after(self, k, c, in_set, smooth):
        super().after(k, c, in_set, smooth)
        a, mu = (c - in_set / 2 if c > 0 else 0.0), smooth + 0.05
        self.amplitudes.rows[0][k] = a
        self.faded[k] += (a - self.faded[k]) * 0.125
        self.g, self.h = 0.9 * self.g + a, 0.9 * self.h + mu
        self.u, self.v = self.u + a, self.v + mu


def contexts(family, parameter, n, side, models):
    require(parameter == 0, "unknown contexts")
    layout, synthesize_cosines = lapped(SIZE, 0, n)
    arrays = arrays_of(side, models, family, parameter)
    reader = Reader(side, HASH_BYTES)
    offsets = reader.byte()
    coder = RangeDecoder(reader)
    kind = LearnedModel if family == 43 else NetworkModel
    quantized, sets, levels = [0] * sum(l for _, l, _ in layout[1]), {}, {}
    active = coder.bits(15)
    require(active <= len(layout[1]), "too many subbands")
    model = kind(coder, active, arrays)
    for place, _, in_set in in_hops(model, layout, active, TRELLISES[1], quantized):
        sets[place], levels[place] = in_set, model.y
    require(reader.position == reader.end, "bytes after the coefficients")
    centroids = arrays["centroids"]

    def synthesize(values, step):
        found = [0.0] * len(quantized)
        for i, q in enumerate(quantized):
            if q != 0:
                size, in_set = abs(q), sets[i]
                c = centroids[16 * (2 * (1 if size > 1 else 0) + in_set) + (levels[i] >> 2)]
                o = (offsets & 15 if size == 1 else offsets >> 4) - 8
                value = (((size - in_set / 2) - c) - o * (1 / 32)) * step
                found[i] = value if q > 0 else -value
        return synthesize_cosines(found, step)

    return layout, synthesize
