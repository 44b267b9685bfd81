"""Cosines and sines that are the same on every machine (§6, DCT-II)."""

PI = 3.141592653589793


def cosine_of_turn(a, b):
    z = 8 * a % (8 * b)
    if z > 4 * b:
        z = 8 * b - z
    if z > 2 * b:
        return -first_quarter(4 * b - z, b)
    return first_quarter(z, b)


def sine_of_turn(a, b):
    return cosine_of_turn(4 * a - b, 4 * b)


def first_quarter(z, b):
    cosine = z <= b
    angle = ((z if cosine else 2 * b - z) * PI) / (4 * b)
    square = angle * angle
    total = 1.0
    for i in range(9, 0, -1):
        total = 1 - (square / (2 * i * (2 * i - 1 if cosine else 2 * i + 1))) * total
    return total if cosine else angle * total

