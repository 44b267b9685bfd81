"""Bases and atoms: cosines and wavelets at any place, Hermite functions and learned spikes at places (§6)."""

import math

from .cosines import inverse_cosine_transform, lapped, uncut
from .errors import require
from .layouts import block_by_block, blocks_of, followed_by, in_order
from .matrices import rows_of
from .models import HASH_BYTES, arrays_of
from .reading import Bits
from .wavelets import lowered, orthogonal_taps, periodic

SPIKE_SAMPLES = 48
HERMITE_WIDTHS = (1, 1.5, 2, 3, 4, 5, 6, 8)


def basis_and_atoms(n, basis, hop, subbands, synthesize_atoms):
    """A basis, and atoms whose sum is added where one of them is not 0."""
    layout, synthesize = basis
    first = sum(length for _, length, _ in layout[1])

    def both(values, step):
        signal = synthesize(values[:first], step)
        if not any(values[first:]):
            return signal
        return [a + b for a, b in zip(signal, synthesize_atoms(values[first:], step))]

    return followed_by(layout, hop, subbands), both


def cosines_and_atoms(parameter, n):
    size, atom_size = 2 ** (8 + (parameter & 7)), 2 ** (2 + ((parameter >> 3) & 7))
    (hop, subbands), synthesize_atoms = uncut(atom_size, n)
    lengths = [(length, per_hop) for _, length, per_hop in subbands]
    return basis_and_atoms(n, uncut(size, n), hop, lengths, synthesize_atoms)


def wavelets_and_atoms(parameter, n):
    h = orthogonal_taps(parameter & 127)
    taps = len(h)
    levels, shifts = 1 + ((parameter >> 7) & 15), 2 ** (1 + ((parameter >> 11) & 15))
    basis = periodic(h, levels, n)
    levels = lowered(levels, taps, n)
    spacing = [max(1, 2**j // shifts) for j in range(levels + 1)]
    hop = spacing[levels]
    subbands = [(-(-n // spacing[j]), hop // spacing[j]) for j in range(levels, 0, -1)]

    def waveform(j):
        """Samples of an atom of level j, from the one at place 0 minus (T/2 − 1)(2^j − 1) on."""
        length = 2 * taps * 2**j
        (_, placed), synthesize = periodic(h, j, length)
        values = [0.0] * sum(count for _, count, _ in placed)
        values[placed[1][0] + taps] = 1.0
        y = synthesize(values, 2)
        first = -(taps // 2 - 1) * (2**j - 1)
        return first, [y[(taps * 2**j + first + i) % length] for i in range((taps - 1) * (2**j - 1) + 1)]

    def synthesize_atoms(values, step):
        signal, at = [0.0] * n, 0
        for j in range(levels, 0, -1):
            count = -(-n // spacing[j])
            found = [(t, c) for t, c in enumerate(values[at : at + count]) if c != 0]
            at += count
            if found:
                first, shape = waveform(j)
                for t, c in found:
                    for i, v in enumerate(shape):
                        signal[(t * spacing[j] + first + i) % n] += c * v
        return signal

    return basis_and_atoms(n, basis, hop, subbands, synthesize_atoms)


def places(bits, end, more):
    """Places of side information, and what `more` reads after each."""
    if len(bits.side) == 0:
        return []
    width, found = bits.number(4), []
    for start in range(0, end, 2**width):
        while bits.next():
            place = start + bits.number(width)
            require(place < end and (not found or place > found[-1][0]), "places that do not ascend")
            found.append((place, *more(bits)))
    require(found, "no places")
    costs = [len(found) * (1 + r) + (found[-1][0] >> r) for r in range(16)]
    require(costs.index(min(costs)) == width, "places are not written as they should be")
    return found


def hermite(parameter, n, side):
    size, count = 2 ** (8 + (parameter & 7)), 1 + ((parameter >> 3) & 7)
    width = HERMITE_WIDTHS[parameter >> 6]
    reach = math.ceil(width * (math.sqrt(2 * count) + 3))
    bits = Bits(side)
    found = places(bits, n - 2 * reach, lambda _: ())
    bits.finish()
    functions = hermite_functions(count, width, reach)
    (hop, cosines), blocks = blocks_of(size, -(-n // size)), inverse_cosine_transform(size)
    first = sum(length for _, length, _ in cosines)
    lengths = [(length, per_hop) for _, length, per_hop in cosines]
    layout = in_order(hop, lengths + [(0, 1)] + [(len(found), 1)] * count)

    def synthesize(values, step):
        signal = block_by_block(values[:first], size, n, blocks)
        for p, (place,) in enumerate(found):
            for m, function in enumerate(functions):
                c = values[first + m * len(found) + p]
                if c != 0:
                    for i, v in enumerate(function):
                        signal[place + i] += c * v
        return signal

    return layout, synthesize


def hermite_functions(count, width, reach):
    eta, q = 1 / (2 * width * width), 1.0
    for i in range(14, 0, -1):
        q = 1 - (eta / i) * q
    first, p, s = [0.0] * (2 * reach + 1), 1.0, q
    for i in range(reach + 1):
        first[reach + i] = first[reach - i] = p
        p *= s
        s *= q * q
    before, last, found = [0.0] * len(first), first, []
    for m in range(count):
        v = list(last)
        for earlier in found:
            product = 0.0
            for a, b in zip(v, earlier):
                product += a * b
            v = [a - product * b for a, b in zip(v, earlier)]
        energy = 0.0
        for a in v:
            energy += a * a
        root = math.sqrt(energy)
        found.append([a / root for a in v])
        up, down = math.sqrt(2 / (m + 1)), math.sqrt(m / (m + 1))
        before, last = last, [
            (up * ((i - reach) / width)) * a - down * b for i, (a, b) in enumerate(zip(last, before))
        ]
    return found


def spikes(parameter, n, side, models):
    layout, synthesize = lapped(2 ** (6 + (parameter & 7)), 0, n)
    waveforms = rows_of(arrays_of(side, models, 35, parameter)["waveforms"], SPIKE_SAMPLES)
    bits = Bits(side[HASH_BYTES:])
    width = parameter >> 3
    found = places(bits, n - SPIKE_SAMPLES + 1, lambda read: (read.number(width), read.number(5)))
    bits.finish()

    def with_spikes(values, step):
        signal = synthesize(values, step)
        for place, waveform, g in found:
            m = (1, 1.189207115002721, 1.4142135623730951, 1.681792830507429)[g % 4]
            gain = 8 * (m * 2 ** (g // 4))
            for i, v in enumerate(waveforms[waveform]):
                signal[place + i] += gain * v
        return signal

    return layout, with_spikes
