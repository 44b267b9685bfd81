"""Spikes and band power alone, and layers (§13)."""

import math

from .coefficients import values_of
from .cosines import lapped
from .errors import require
from .range_code import Counts, RangeDecoder, finish
from .trigonometry import cosine_of_turn, sine_of_turn
from .weights import amplitude_of, bands, divided, noise, octave_weight, powers

SPIKE_TIMES, SPIKES, BAND_POWER, LAYERS = 202, 203, 204, 205
FAMILIES = (SPIKE_TIMES, SPIKES, BAND_POWER, LAYERS)
PARTS = powers(1.0108892860517005, 64)


def decode_events(header, reader, view):
    """Codes; view: as in single.decode_codes."""
    n, mean = header.n, header.mean
    require(header.wav != 2 and header.version != 1, "events off the grid")
    said, own = divmod(header.parameter, 16)
    require(own < (4 if header.family == LAYERS else 1), "no such codec of events")
    require(said != 19531 and (said == 0 or 1334 <= said <= 2**20), "no such rate")
    rate = said or 19531
    wide, largest = header.version == 3, header.largest
    if header.family == SPIKE_TIMES:
        signal = [0.0] * n
        size = reader.end - reader.position
        coder = RangeDecoder(reader)
        level = coder.bits(7 if wide else 6)
        for time in times(coder, -(-n // 8), size, lambda: None):
            add_spike(signal, COMMON, gain(level), 8 * time + 7)
        finish(coder)
        return codes(signal, mean, largest)
    if header.family == SPIKES:
        train = spike_train(reader, n, wide)
        signal = [0.0] * n
        add_train(signal, train)
        if view == "background":
            add_noise(signal, train)
        return codes(signal, mean, largest)
    if header.family == BAND_POWER:
        return codes(sine_of(power_series(reader, n, rate), n, rate), mean, largest)
    spikes, power = reader.part(reader.varint()), reader.part(reader.varint())
    require(not header.lossless and header.deviation == 0, "header of layers")
    if view == "power":
        return codes(sine_of(power_series(power, n, rate), n, rate), mean, largest)
    slow = slow_waves(header, 256 * 2**own, rate, reader)
    train = spike_train(spikes, n, wide)
    add_train(slow, train)
    power_series(power, n, rate)
    if view == "background":
        add_noise(slow, train)
    return codes(slow, mean, largest)


def codes(signal, mean, largest):
    return [max(0, min(largest, math.floor(x + mean + 0.5))) for x in signal]


class Adaptive(Counts):
    """Adaptive bits, symbols and integers by their names."""

    def __init__(self, coder):
        super().__init__(1024, 64512)
        self.coder = coder

    def bit(self, *name):
        return self.decision(self.coder, name)

    def symbol(self, width, *name):
        node = 1
        for _ in range(width):
            node = 2 * node + self.bit(*name, node)
        return node - 2**width

    def integer(self, most, *name):
        count = 0
        while count < most and self.bit(*name, min(count, 5)):
            count += 1
        return -count if count and self.coder.bits(1) else count


def plain(coder, width):
    if width <= 15:
        return coder.bits(width)
    upper = coder.bits(width - 15)
    return (upper << 15) | coder.bits(15)


def times(coder, end, size, each):
    width = coder.bits(5)
    count = width if width < 2 else plain(coder, width - 1) + 2 ** (width - 1)
    require(count <= min(end, 512 * (size + 16)), "too many events")
    adaptive = Adaptive(coder)
    found, following = [], 0
    for i in range(count):
        free = end - following - (count - i - 1)
        beta = 0
        while beta < 28 and 3 * 2 ** (beta + 1) * (count - i) <= 2 * free:
            beta += 1
        mu = 0
        while (mu + 1) * 2**beta < free and adaptive.bit("multiple", min(mu, 3)):
            mu += 1
        time = following + mu * 2**beta + plain(coder, beta)
        require(time < following + free, "an event too late")
        found.append(time)
        following = time + 1
        each()
    return found


def gain(level):
    return (1, 1.189207115002721, 1.4142135623730951, 1.681792830507429)[level & 3] * 2.0 ** (level >> 2)


def common_shape():
    shape = []
    for i in range(40):
        u = ((i - 14) * (i - 14)) / 9
        d = 1 + u / 4
        shape.append((u - 1) / (d * d * (d * d)))
    return shape


COMMON = common_shape()


def shape_of(steps):
    shape = []
    for i in range(40):
        total = 0.0
        for k, q in enumerate(steps):
            total += q * 0.25 * (0.22360679774997896 * cosine_of_turn((2 * i + 1) * (k + 1), 160))
        shape.append(total)
    return shape


def add_spike(signal, shape, factor, peak):
    for i, value in enumerate(shape):
        if 0 <= peak - 14 + i < len(signal):
            signal[peak - 14 + i] += factor * value


def spike_train(reader, n, wide):
    size = reader.end - reader.position
    coder = RangeDecoder(reader)
    adaptive = Adaptive(coder)
    level, lowest, count = coder.bits(8 if wide else 7), coder.bits(7 if wide else 6), coder.bits(3)
    shapes = [COMMON]
    for _ in range(count):
        shapes.append(shape_of([adaptive.integer(63, "cosine", k // 5) for k in range(20)]))
    events = []

    def each():
        shape = adaptive.symbol(math.ceil(math.log2(count + 1)), "shape")
        require(shape <= count, "no such shape")
        factor = -1 if adaptive.bit("inverted", shape) else 1
        events.append((shapes[shape], factor * gain(lowest + adaptive.symbol(4, "level"))))

    found = times(coder, n, size, each)
    finish(coder)
    return level, [(time, *event) for time, event in zip(found, events)]


def add_train(signal, train):
    for time, shape, factor in train[1]:
        add_spike(signal, shape, factor, time)


def add_noise(signal, train):
    level, events = train
    r, upcoming = noise(), 0
    for i in range(len(signal)):
        value = amplitude_of(level) * next(r)
        while upcoming < len(events) and events[upcoming][0] + 26 <= i:
            upcoming += 1
        if upcoming == len(events) or i < events[upcoming][0] - 14:
            signal[i] += value


def power_series(reader, n, rate):
    bin_samples = 0.05 * rate
    bins = 0
    while math.floor((bins + 1) * bin_samples + 0.5) <= n:
        bins += 1
    coder = RangeDecoder(reader)
    adaptive = Adaptive(coder)
    step = coder.bits(6)
    require(step > 0, "step 0")
    amplitudes, mean = [], 0
    for b in range(bins):
        if b == 0:
            level = coder.bits(12)
            mean = 16 * level
        else:
            level = (mean + 8) // 16 + adaptive.integer(4096, "change")
            mean += (16 * level - mean) // 4
        require(0 <= level < 4096, "level out of range")
        amplitudes.append(PARTS[level * step % 64] * 2.0 ** (level * step // 64 - 5))
    finish(coder)
    return amplitudes


def sine_of(amplitudes, n, rate):
    signal = [0.0] * n
    for b, amplitude in enumerate(amplitudes):
        start = math.floor(b * (0.05 * rate) + 0.5)
        end = math.floor((b + 1) * (0.05 * rate) + 0.5) if b + 1 < len(amplitudes) else n
        for i in range(start, end):
            signal[i] = 1.4142135623730951 * amplitude * sine_of_turn(600 * (i % rate), rate)
    return signal


def slow_waves(header, size, rate, reader):
    octaves, edge = [], rate / 2
    while edge > 1.4142135623730951 * 305 and len(octaves) < 11:
        octaves.append(31)
        edge /= 2
    layout, synthesize = lapped(size, 0, header.n)
    values = values_of(header, RangeDecoder(reader), layout)
    values = divided(values, layout, [octave_weight((*octaves, 0), *edge) for edge in bands(layout)])
    samples = [math.floor(x + header.mean + 0.5) for x in synthesize(values, header.step)]
    return [max(-(2**20), min(2**20, sample)) - header.mean for sample in samples]
