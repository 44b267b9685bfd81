"""Where coefficients lie (§5): the hop, and of each subband the offset, the length and the coefficients in a hop."""


def one_subband(n):
    return 1, [(0, n, 1)]


def blocks_of(size, count):
    return size, [(k * count, count, 1) for k in range(size)]


def in_order(hop, subbands):
    """A layout of subbands, given as lengths and coefficients in a hop, one after another."""
    placed, offset = [], 0
    for length, per_hop in subbands:
        placed.append((offset, length, per_hop))
        offset += length
    return hop, placed


def followed_by(layout, hop, subbands):
    """A layout, an empty subband, and those of atoms: the smaller hop grows to the larger one."""
    own_hop, own = layout
    whole = max(own_hop, hop)
    found = [(length, per_hop * (whole // own_hop)) for _, length, per_hop in own]
    atoms = [(length, per_hop * (whole // hop)) for length, per_hop in subbands]
    return in_order(whole, found + [(0, 1)] + atoms)


def block_by_block(values, size, n, inverse):
    count = len(values) // size
    signal = []
    for j in range(count):
        signal += inverse([values[k * count + j] for k in range(size)])
    return signal[:n]


def split(values, layout):
    """The coefficients of each subband."""
    return [values[offset : offset + length] for offset, length, _ in layout[1]]
