"""The codec `neurobasis` for Zarr 3: the serializer of arrays of integers and floats."""

import asyncio
from dataclasses import dataclass

import numpy as np
from zarr.abc.codec import ArrayBytesCodec

from ._chunk import check_configuration, checked_shape, decode_chunk, encode_chunk
from ._file import NAMES, TAKES, check_error


@dataclass(frozen=True)
class NeurobasisCodec(ArrayBytesCodec):
    """Chunks as .nbz files; the last axis is that of channels.

    preset: "best", or "fast", which is several times as fast for a few percent more bytes
    max_error: largest error of any sample, in the values of the samples; with 0 nothing is lost, and floats need 0
    """

    is_fixed_size = False

    preset: str = "best"
    max_error: int = 0

    def __post_init__(self):
        check_configuration(self.preset, self.max_error)

    @classmethod
    def from_dict(cls, data):
        return cls(**(data.get("configuration") or {}))

    def to_dict(self):
        return {
            "name": "neurobasis",
            "configuration": {"preset": self.preset, "max_error": self.max_error},
        }

    def validate(self, *, shape, dtype, chunk_grid):
        name = dtype.to_native_dtype().name
        if name not in NAMES:
            raise TypeError(
                f"The codec neurobasis is for {TAKES}, not for {name}: store the codes of the digitizer, and keep the gain "
                "beside them."
            )
        check_error(int(self.max_error), name)

    def compute_encoded_size(self, input_byte_length, chunk_spec):
        raise NotImplementedError("Chunks of the codec neurobasis have no size that is known before.")

    async def _encode_single(self, chunk_array, chunk_spec):
        array = np.ascontiguousarray(chunk_array.as_numpy_array())
        data = await asyncio.to_thread(encode_chunk, array, self.preset, self.max_error)
        return chunk_spec.prototype.buffer.from_bytes(data)

    async def _decode_single(self, chunk_bytes, chunk_spec):
        samples = await asyncio.to_thread(decode_chunk, chunk_bytes.to_bytes())
        dtype = chunk_spec.dtype.to_native_dtype()
        array = checked_shape(samples, chunk_spec.shape, dtype).astype(dtype, copy=False)
        return chunk_spec.prototype.nd_buffer.from_numpy_array(array)
