"""The grid that samples of floating point lie on, if they do: ADC codes that were scaled, mostly.

lib/recordings/digitizer.ts finds grids in the same way. What is found here is checked to the last bit, so another step than
the library's would cost bytes and change no sample.
"""

from dataclasses import dataclass

import numpy as np

MOST_CODES = 65536
LINEAR, SCALED, LISTED = 0, 1, 3

# How far a float may be from its place on the grid, in steps: further off it is not rounding.
_MOST_OFF_GRID = 0.01
# Samples that are looked at before all are: most that lie on no grid show it there.
_FIRST_LOOK = 2**18


@dataclass
class Grid:
    """kind and first are those of a description (docs/format.md, §12); values are those of the codes, NaN where none occurs."""

    kind: int
    step: float
    first: float
    values: np.ndarray
    distinct: np.ndarray
    places: np.ndarray

    def codes(self, samples):
        return self.places[np.searchsorted(self.distinct, samples)]


def grid_of(samples):
    """The grid of samples of floating point; None where there is none."""
    flat = samples.ravel()
    if flat.size > 2 * _FIRST_LOOK and _distinct(flat[:_FIRST_LOOK]) is None:
        return None
    distinct = _distinct(flat)
    if distinct is None:
        return None
    found = _codes_of(distinct.astype("f8"), np.finfo(flat.dtype).eps)
    if found is None:
        return None
    step, places = found
    for kind, candidate, first in _candidates(distinct, places, step):
        values = _values(kind, candidate, first, np.arange(places[-1] + 1), flat.dtype)
        if np.array_equal(_bits(values[places]), _bits(distinct)):
            return Grid(kind, candidate, first, values, distinct, places.astype("u2"))
    values = np.full(places[-1] + 1, np.nan, flat.dtype)
    values[places] = distinct
    return Grid(LISTED, step, 0.0, values, distinct, places.astype("u2"))


def _bits(values):
    return values.view(f"u{values.dtype.itemsize}")


def _distinct(samples):
    """Values that occur, in order; None where they are too many, not finite, or zeros of both signs."""
    distinct = np.unique(samples)
    if distinct.size > MOST_CODES or not np.isfinite(distinct).all():
        return None
    negative = np.signbit(samples[samples == 0])
    if negative.size > 0:
        if negative.any() != negative.all():
            return None
        distinct[np.searchsorted(distinct, 0)] = -0.0 if negative[0] else 0.0
    return distinct


def _codes_of(values, precision):
    """The step that differences are multiples of, and the multiple of each value; None where there is none."""
    if values.size == 1:
        return 1.0, np.zeros(1, np.int64)
    lowest = values[0]
    tolerance = float(2 * precision * max(abs(lowest), abs(values[-1])))
    with np.errstate(over="ignore"):
        differences = np.unique(np.diff(values))
    common = _common_step(differences.tolist(), tolerance)
    if common is None:
        return None
    # Where few values are far apart, their rounding leaves several steps possible: then a short decimal number is taken.
    for candidate in [common, *_short_numbers(differences[0])]:
        step = _refined(values, candidate)
        if not tolerance < step / 4 or (values[-1] - lowest) / step >= MOST_CODES:
            continue
        exact = (values - lowest) / step
        places = np.rint(exact).astype(np.int64)
        if np.abs(exact - places).max() <= max(_MOST_OFF_GRID, tolerance / step) and (np.diff(places) > 0).all():
            divisor = int(np.gcd.reduce(places))
            return step * divisor, places // divisor
    return None


def _common_step(differences, tolerance):
    """Euclid's algorithm with a tolerance, from the smallest differences to the largest."""
    step = differences[0]
    for difference in differences:
        rest = _remainder(difference, step, tolerance)
        while rest > 0:
            if rest < 4 * tolerance:
                return None
            step, rest = rest, _remainder(step, rest, tolerance)
        # The more steps a difference has, the better it tells one.
        step = difference / max(1, round(difference / step))
    return step


def _remainder(distance, step, tolerance):
    """Remainder of a distance after whole steps; 0 if it is within the rounding of both ends and of the step."""
    if distance / step > 2**53:
        return distance
    steps = round(distance / step)
    rest = abs(distance - steps * step)
    return 0 if rest <= tolerance * (1 + steps) else rest


def _refined(values, step):
    """The step from the farthest values, reached outward from the longest row of neighbors: its multiple is in no doubt."""
    breaks = np.flatnonzero(np.rint(np.diff(values) / step) != 1) + 1
    starts = np.concatenate(([0], breaks))
    anchor = starts[np.argmax(np.diff(np.append(starts, values.size)))]
    for distance in np.unique(np.abs(values - values[anchor])).tolist():
        if distance > 0 and distance / step < 2**53:
            step = distance / max(1, round(distance / step))
    return step


def _short_numbers(step):
    """Gains are short decimal numbers, mostly: those near a step."""
    return [float(f"{step:.{2 + i}e}") for i in range(10)]


def _candidates(distinct, places, step):
    """Grids that floats may have been made with: scaled integers, or steps from the lowest on."""
    values = distinct.astype("f8")
    if values.size == 1:
        return [(LINEAR, 1.0, float(values[0]))]
    first = float(np.rint(values[0] / step))
    farthest = 0 if abs(first) > abs(first + places[-1]) else len(places) - 1
    multiple = first + places[farthest]
    exact = step if multiple == 0 else float(values[farthest] / multiple)
    scales = dict.fromkeys([exact, float(np.float32(exact)), step, *_short_numbers(exact)])
    return [(SCALED, scale, first) for scale in scales if scale > 0] + [(LINEAR, step, float(values[0]))]


def _values(kind, step, first, codes, dtype):
    if kind == LINEAR and codes.size == 1:
        return np.array([first], dtype)
    with np.errstate(over="ignore"):
        return ((first + codes) * step if kind == SCALED else first + codes * step).astype(dtype)
