"""Files to arrays and back."""

import builtins
import operator
import os
from dataclasses import dataclass

import numpy as np

from ._module import NeurobasisError, module

# Types by their number in the format; integers of 24 bits are given out as 32, those of 64 as doubles.
_TYPES = ["i1", "u1", "i2", "u2", "i4", "i4", "u4", "f8", "f8", "f4", "f8"]
_NUMBERS = {"int8": 0, "uint8": 1, "int16": 2, "uint16": 3, "int32": 5, "uint32": 6}
_PRESETS = {"fast": 0, "best": 1}


@dataclass(frozen=True)
class Channel:
    """What a file says of a channel. The physical value is gain·sample + offset, in `unit`."""

    name: str
    unit: str
    gain: float
    offset: float


class Stream:
    """Channels that were sampled together. Nothing is decoded before it is asked for."""

    def __init__(self, file, number, codec):
        self._file = file
        self._number = number
        count = codec.call("streamChannels", number)
        #: Samples per second; 0 where the file does not say.
        self.sample_rate = codec.call("streamRate", number)
        #: (samples, channels)
        self.shape = (int(codec.call("streamSamples", number)), count)
        self.dtype = np.dtype(_TYPES[codec.call("streamType", number)])
        #: Samples of each channel that decode together.
        self.chunk = codec.call("streamChunk", number)
        self.channels = [
            Channel(
                codec.text("channelName", number, channel),
                codec.text("channelUnit", number, channel),
                codec.call("channelGain", number, channel),
                codec.call("channelOffset", number, channel),
            )
            for channel in range(count)
        ]

    def __len__(self):
        return self.shape[0]

    def read(self, start=0, stop=None):
        """Samples from `start` up to `stop` of all channels: an array (time, channels), in the values of the file.

        Raises IndexError when they are not in the file, DamagedChunkError when a chunk that they lie in is damaged.
        """
        length, count = self.shape
        start = operator.index(start)
        stop = length if stop is None else operator.index(stop)
        if not 0 <= start <= stop <= length:
            raise IndexError(f"Samples {start} up to {stop} are not in this stream: it has {length}.")
        codec = self._file._open()
        codec.checked("readSamples", self._number, float(start), float(stop - start))
        planes = codec.result().view(self.dtype).reshape(count, stop - start)
        return np.ascontiguousarray(planes.T)

    def __array__(self, dtype=None, copy=None):
        samples = self.read()
        return samples if dtype is None else samples.astype(dtype)


class File:
    """An opened .nbz file."""

    def __init__(self, data):
        self._data = bytes(data)
        self._streams = 0
        codec = self._open()
        self.streams = [Stream(self, number, codec) for number in range(self._streams)]

    def _open(self):
        """The codec of this thread with this file in it."""
        codec = module()
        if codec.opened is not self:
            length = codec.put(self._data)
            self._streams = codec.checked("openFile", length if length < 2**31 else length - 2**32)
            codec.opened = self
        return codec


def open(source):
    """Opens a .nbz file: its path, or its bytes."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        return File(source)
    with builtins.open(os.fspath(source), "rb") as file:
        return File(file.read())


def read(source, stream=None):
    """Samples of a .nbz file, its path or its bytes: an array (time, channels).

    Raises NeurobasisError when it has several streams, of different rates mostly, and none is chosen.
    """
    streams = open(source).streams
    if stream is None and len(streams) != 1:
        kinds = ", ".join(f"{i}: {s.shape[1]} at {s.sample_rate:g} Hz" for i, s in enumerate(streams))
        raise NeurobasisError(f"This .nbz file has {len(streams)} streams ({kinds}): choose one, stream=0.")
    return streams[stream or 0].read()


def decode(data):
    """Samples of the bytes of a .nbz file of one stream: an array (time, channels)."""
    return read(bytes(data))


def encode(samples, sample_rate=0.0, preset="best", max_error=0):
    """Samples as the bytes of a .nbz file.

    samples: integers of 8, 16 or 32 bits, (time, channels) or (time,)
    sample_rate: samples per second, or 0
    preset: "best", or "fast", which is several times as fast for a few percent more bytes
    max_error: largest error of any sample, in the values of the samples; with 0 nothing is lost
    """
    array = np.asarray(samples)
    number = _NUMBERS.get(array.dtype.name)
    if number is None:
        raise TypeError(
            f"Samples are {array.dtype.name}, and this codec takes integers of 8, 16 or 32 bits: give the codes of the "
            "digitizer, and keep the gain beside them."
        )
    if preset not in _PRESETS:
        raise ValueError(f'There is no preset "{preset}": write "best" or "fast".')
    if operator.index(max_error) < 0:
        raise ValueError(f"max_error is {max_error}: give an integer from 0, in the values of the samples.")
    if array.ndim not in (1, 2) or array.size == 0:
        raise ValueError(f"Samples of shape {array.shape} are none of a recording: give (time, channels).")
    length, channels = array.shape if array.ndim == 2 else (array.shape[0], 1)
    codec = module()
    codec.put(np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")))
    codec.checked("encode", number, channels, length, _PRESETS[preset], float(sample_rate), float(max_error))
    return codec.result().tobytes()
