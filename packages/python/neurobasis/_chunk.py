"""Chunks of Zarr arrays to .nbz files and back: one channel for each index of the last axis."""

import numpy as np

from ._file import encode, open
from ._module import NeurobasisError

# Chunks of few samples a channel have more of headers than of samples.
_MOST_CHANNELS = 65536


def check_configuration(preset, max_error):
    """Raises ValueError for a preset or an error that there is not."""
    if preset not in ("best", "fast"):
        raise ValueError(f'There is no preset "{preset}" of the codec neurobasis: write "best" or "fast".')
    if int(max_error) != max_error or max_error < 0:
        raise ValueError(f"max_error is {max_error}: give an integer from 0, in the values of the samples.")


def encode_chunk(array, preset, max_error):
    """The bytes of an array, in the order in which they lie in memory."""
    if array.ndim < 2 or not array.flags.c_contiguous:
        # Columns first: then neighbors in memory are neighbors in time.
        array = array.ravel(order="K")
    else:
        if array.shape[-1] > _MOST_CHANNELS:
            raise ValueError(
                f"The last axis of a chunk is that of channels, and {array.shape[-1]} are too many: at most "
                f"{_MOST_CHANNELS}."
            )
        array = array.reshape(-1, array.shape[-1])
    return encode(array, preset=preset, max_error=max_error)


def decode_chunk(data):
    """The samples of a chunk, (…, channels), in their order in memory."""
    streams = open(data).streams
    if len(streams) != 1:
        raise NeurobasisError("This .nbz file is no chunk of a Zarr array: it has several streams.")
    samples = streams[0].read()
    return samples.astype(samples.dtype.newbyteorder("<"), copy=False)


def checked_shape(samples, shape, dtype):
    """The samples of a chunk in its shape. Raises NeurobasisError when they are those of another array."""
    if samples.size != int(np.prod(shape)) or samples.dtype.newbyteorder("=") != np.dtype(dtype).newbyteorder("="):
        raise NeurobasisError(
            f"A chunk holds {samples.size} samples of {samples.dtype.name}, and not {tuple(shape)} of "
            f"{np.dtype(dtype).name}: it belongs to another array."
        )
    return samples.reshape(shape)
