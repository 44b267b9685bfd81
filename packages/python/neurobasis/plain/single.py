"""The codes of a file of one channel, of whatever codec (§2)."""

import math

from . import events
from .bases import basis, is_adaptive, is_exact
from .channels import decode_channels
from .coefficients import coefficients, values_of
from .constants import constants
from .errors import require
from .header import OFF_GRID, check_left, least_payload
from .layouts import one_subband
from .lossless import decode_adc_codes
from .range_code import RangeDecoder
from .weights import noise_levels, weighted

LOSSLESS, WIDE_LOSSLESS = 128, 129
WEIGHTED, FILLED = 200, 201


def decode_codes(header, reader, models=None, view="decoded"):
    """Codes of a file; off the grid, samples.

    reader: at what follows the surroundings
    view: "background" has noise where coefficients are 0, and "power" the power of the spike band, where a file has them
    """
    n, family = header.n, header.family
    if family == LOSSLESS:
        return decode_adc_codes(header, reader.rest())
    if family == WIDE_LOSSLESS:
        require(header.version == 3 and header.lossless and header.parameter < 2, "header of the lossless codec")
        (codes,) = decode_channels(reader.rest(), 1, n, header.parameter)
        require(all(code <= header.largest for code in codes), "a code out of range")
        return codes
    if family in events.FAMILIES:
        return events.decode_events(header, reader, view)
    levels = noise_levels(reader) if family == FILLED else []
    payload = reader.end - reader.position
    require(payload >= least_payload(n) or header.version == 1, "more samples than the payload may have")
    if family in (WEIGHTED, FILLED):
        made = weighted(header, reader, models, levels if view == "background" else [])
        coder, layout, synthesize, exact = made
    else:
        side = bytes(reader.take(reader.varint())) if is_adaptive(family) else None
        layout, synthesize = basis(family, header.parameter, n, side, models, header.largest)
        coder, exact = RangeDecoder(reader), is_exact(family, header.parameter)
    values = values_of(header, coder, layout)
    signal = synthesize(values, header.step)
    samples = rounded(header, signal)
    if header.lossless and not (exact and header.step == 1 and not header.trellis):
        residual, _ = coefficients(coder, one_subband(n), None)
        samples = [a + b for a, b in zip(samples, residual)]
        require(all(header.lowest <= q <= header.highest for q in samples), "sample out of range")
    check_left(coder.reader, header, payload)
    return samples


def rounded(header, signal):
    """Signal to codes: clipped, and rounded."""
    lowest, highest = header.lowest, header.highest
    signal = [min(highest, max(lowest, x + header.mean)) for x in signal]
    if header.deviation:
        require(header.wav != OFF_GRID, "code widths off the grid")
        signal = expected_codes(signal, header.deviation)
    return [math.floor(y + 0.5) for y in signal]


def expected_codes(signal, deviation):
    widths = [4096] + constants()["widths"][1:-1] + [4096]
    sigma = deviation / 32
    eta = 1 / ((128 * sigma) * sigma)
    rho = 1.0
    for i in range(14, 0, -1):
        rho = 1 - (eta / i) * rho
    reach = deviation // 8 + 2
    weights, factor, square = [1.0], rho, rho * rho
    for _ in range(8 * reach + 7):
        weights.append(weights[-1] * factor)
        factor *= square
    known = {}

    def mean_at(e):
        if e not in known:
            c, total, moment = e // 8, 0.0, 0.0
            for k in range(max(0, c - reach), min(1023, c + reach) + 1):
                g = widths[k] * weights[abs(8 * k - e)]
                total += g
                moment += g * k
            known[e] = moment / total
        return known[e]

    def expected(y):
        z = 8 * y
        e = min(8182, int(z))
        return mean_at(e) + (z - e) * (mean_at(e + 1) - mean_at(e))

    return [expected(y) for y in signal]

