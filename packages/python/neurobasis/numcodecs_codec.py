"""The codec `neurobasis` for numcodecs: the compressor of arrays of Zarr 2, of SpikeInterface's among them."""

import numpy as np
from numcodecs.abc import Codec
from numcodecs.compat import ensure_bytes, ndarray_copy

from ._chunk import check_configuration, decode_chunk, encode_chunk


class Neurobasis(Codec):
    """Compresses arrays of integers and floats; their last axis is that of channels.

    preset: "best", or "fast", which is several times as fast for a few percent more bytes
    max_error: largest error of any sample, in the values of the samples; with 0 nothing is lost, and floats need 0
    """

    codec_id = "neurobasis"

    def __init__(self, preset="best", max_error=0):
        check_configuration(preset, max_error)
        self.preset = preset
        self.max_error = max_error

    def encode(self, buf):
        return encode_chunk(np.asarray(buf), self.preset, self.max_error)

    def decode(self, buf, out=None):
        return ndarray_copy(decode_chunk(ensure_bytes(buf)), out)
