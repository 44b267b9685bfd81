"""Prediction (§6): each coefficient is a residual."""

import math

from .errors import require
from .trigonometry import cosine_of_turn

RATES = (0.0005, 0.001, 0.002, 0.004, 0.008, 0.016)


def predicted(family, parameter, residual, step, side, largest=1023):
    nlms = family == 4
    bound = float(max(1023, largest) + 1)
    if family == 18:
        weights = [[1.0], [2.0, -1.0], [3.0, -3.0, 1.0]][parameter]
    elif nlms:
        order = 4 * (1 + (parameter & 7))
        rate = RATES[parameter >> 3]
        weights = [0.9] + [0.0] * (order - 1)
    else:
        require(len(side) == 1 + parameter and 0 not in side, "reflections")
        weights = []
        for i, b in enumerate(side):
            k = -cosine_of_turn(b, 512)
            weights = [weights[j] - k * weights[i - 1 - j] for j in range(i)] + [k]
    weights += [0.0] * (-len(weights) % 4)
    energy = 0.0
    x = []
    for e in residual:
        past = x[: -len(weights) - 1 : -1]
        past += [0.0] * (len(weights) - len(past))
        sums = [0.0] * 4
        for i, (a, b) in enumerate(zip(weights, past)):
            sums[i % 4] += a * b
        prediction = (sums[0] + sums[1]) + (sums[2] + sums[3])
        if abs(prediction) < 2.0**-20:
            prediction = 0.0
        if nlms:
            prediction = min(bound, max(-bound, prediction))
        sample = (math.floor(prediction + 0.5) if step == 1 else prediction) + e
        if nlms:
            gain = (rate * (sample - prediction)) / ((order * step * step) / 12 + energy)
            weights = [a + gain * b for a, b in zip(weights, past)]
            last = past[order - 1]
            energy = max(0.0, (energy + sample * sample) - last * last)
        x.append(sample)
    return x

