"""Every basis of the format (§6), by the numbers of its family and parameter."""

from . import atoms, matrices, wavelets
from .autoencoder import convolutional
from .contexts import contexts
from .cosines import frames, inverse_cosine_transform, lapped
from .errors import UnsupportedFileError, require
from .fourier import fourier, haar, walsh
from .layouts import block_by_block, blocks_of, one_subband
from .prediction import predicted
from .shape_gain import shape_and_gain

ADAPTIVE = (2, 3, 11, 12, 16, 19, *range(32, 42), 43, 44)
NLMS = 4


def is_adaptive(family):
    """Whether side information lies before the coefficients."""
    return family in ADAPTIVE


def is_exact(family, parameter):
    """Whether a lossless file at step 1 without trellis has no residual."""
    return family in (0, 3, 4, 8, 18) or (family == 10 and parameter & 127 == wavelets.CDF53)


def basis(family, parameter, n, side=None, models=None, largest=1023):
    """The layout, and the function from coefficients and step to samples.

    Where samples are rounded at the end, sums may be in another order than the library's: they differ by 10⁻¹⁰.

    side: side information of adaptive bases
    models: folder with the models of learned bases
    """
    made = conventional(family, parameter, n, side, largest)
    made = made or learned(family, parameter, n, side, models)
    if made is None:
        raise UnsupportedFileError(
            f"This .nbz file needs basis {family}/{parameter} of the format, which this package does not have: install a "
            "newer one."
        )
    return made


def conventional(family, parameter, n, side, largest):
    if family == 0:
        require(parameter == 0, "unknown identity")
        return one_subband(n), lambda values, step: values
    if family == 1 and 1 <= parameter <= 14:
        return in_blocks(2**parameter, n, inverse_cosine_transform)
    if family in (2, 12):
        return frames(family, parameter, n, side)
    if family in (3, NLMS, 18):
        return one_subband(n), lambda values, step: predicted(family, parameter, values, step, side, largest)
    if family == 5:
        return fourier(parameter, n)
    if family == 6:
        return lapped(2 ** (2 + (parameter & 15)), parameter >> 4, n)
    if family == 7:
        return in_blocks(2 ** (1 + parameter), n, lambda size: walsh)
    if family == 8:
        return haar(1 + parameter, n)
    if family == 9:
        return wavelets.orthogonal(parameter, n)
    if family == 10:
        return wavelets.biorthogonal(parameter, n)
    if family == 11:
        return wavelets.packets(parameter, n, side)
    if family == 13:
        return atoms.cosines_and_atoms(parameter, n)
    if family == 14:
        return atoms.wavelets_and_atoms(parameter, n)
    if family == 15:
        return matrices.polynomials(n, 2 ** (2 + parameter))
    if family == 16:
        return atoms.hermite(parameter, n, side)
    if family == 17:
        return matrices.slepian(parameter, n)
    if family == 19:
        return shape_and_gain(parameter, n, side)
    if family == 36:
        size = 2 ** (3 + parameter)
        return matrices.of_recording(size, n, side) if len(side) else in_blocks(size, n, inverse_cosine_transform)
    return None


def learned(family, parameter, n, side, models):
    if family in (32, 33, 34, 37) or (family == 41 and parameter % 2 == 0):
        return matrices.learned(family, parameter, n, side, models)
    if family == 35:
        return atoms.spikes(parameter, n, side, models)
    if family == 38:
        return matrices.classified(parameter, n, side, models)
    if family == 39:
        return wavelets.learned_orthogonal(parameter, n, side, models)
    if family == 40:
        return wavelets.learned_lifting(parameter, n, side, models)
    if family == 41:
        return convolutional(parameter, n, side, models)
    if family in (43, 44):
        return contexts(family, parameter, n, side, models)
    return None


def in_blocks(size, n, inverse):
    made = []

    def synthesize(values, step):
        if not made:
            made.append(inverse(size))
        return block_by_block(values, size, n, made[0])

    return blocks_of(size, -(-n // size)), synthesize
