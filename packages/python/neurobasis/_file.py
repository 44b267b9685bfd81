"""Files to arrays and back."""

import builtins
import operator
import os
from dataclasses import dataclass

import numpy as np

from ._floats import encode_floats
from ._module import module
from ._original import original as whole_original
from .plain.errors import NeurobasisError, UnsupportedFileError
from .plain.file import Facts, PlainFile
from .plain.stream import is_stream

# Types by their number in the format; integers of 24 bits are given out as 32, those of 64 as doubles.
_TYPES = ["i1", "u1", "i2", "u2", "i4", "i4", "u4", "f8", "f8", "f4", "f8"]
_NUMBERS = {"int8": 0, "uint8": 1, "int16": 2, "uint16": 3, "int32": 5, "uint32": 6}
_PRESETS = {"fast": 0, "best": 1}

#: Types of samples that are encoded, by their names in NumPy, and in words.
NAMES = (*_NUMBERS, "float32", "float64")
TAKES = "integers of 8, 16 or 32 bits and floats of 32 or 64"


@dataclass(frozen=True)
class Channel:
    """What a file says of a channel. The physical value is gain·sample + offset, in `unit`."""

    name: str
    unit: str
    gain: float
    offset: float


class Stream:
    """Channels that were sampled together. Nothing is decoded before it is asked for."""

    def __init__(self, file, number, facts):
        self._file = file
        self._number = number
        #: Samples per second; 0 where the file does not say.
        self.sample_rate = facts.rate
        #: (samples, channels)
        self.shape = (facts.samples, len(facts.channels))
        self.dtype = np.dtype(_TYPES[facts.type])
        #: Samples of each channel that decode together.
        self.chunk = facts.chunk
        self.channels = [Channel(*channel) for channel in facts.channels]

    def __len__(self):
        return self.shape[0]

    def read(self, start=0, stop=None):
        """Samples from `start` up to `stop` of all channels: an array (time, channels), in the values of the file.

        Raises IndexError when they are not in the file, DamagedChunkError when a chunk that they lie in is damaged, and
        MissingModelError when they need the model of a learned basis.
        """
        length = self.shape[0]
        start = operator.index(start)
        stop = length if stop is None else operator.index(stop)
        if not 0 <= start <= stop <= length:
            raise IndexError(f"Samples {start} up to {stop} are not in this stream: it has {length}.")
        return np.ascontiguousarray(self._file._planes(self._number, start, stop, self.shape[1], self.dtype).T)

    def __array__(self, dtype=None, copy=None):
        samples = self.read()
        return samples if dtype is None else samples.astype(dtype)


class File:
    """An opened .nbz file.

    WebAssembly decodes what it can, and the plain decoder the rest.
    """

    def __init__(self, data, models=None):
        self._data = bytes(data)
        self._models = models
        self._plain = None
        try:
            facts = self._plainly().facts if is_stream(self._data) else fast_facts(self._codec())
        except UnsupportedFileError:
            facts = self._plainly().facts
        self.streams = [Stream(self, number, of_stream) for number, of_stream in enumerate(facts)]

    def _codec(self):
        """The codec of this thread with this file in it."""
        codec = module()
        if codec.opened is not self:
            length = codec.put(self._data)
            codec.streams = codec.checked("openFile", length if length < 2**31 else length - 2**32)
            codec.opened = self
        return codec

    def _plainly(self):
        if self._plain is None:
            self._plain = PlainFile(self._data, self._models)
        return self._plain

    def _planes(self, stream, start, stop, channels, dtype):
        if self._plain is None:
            try:
                codec = self._codec()
                codec.checked("readSamples", stream, float(start), float(stop - start))
                return codec.result().view(dtype).reshape(channels, stop - start)
            except UnsupportedFileError:
                pass
        plain = self._plainly()
        found = np.array(plain.read(stream, start, stop), dtype=dtype).reshape(channels, stop - start)
        # Among Python's floats, which are doubles, signaling NaNs of single precision become quiet ones.
        for channel, stored in plain.kept_floats(stream, start, stop):
            found[channel] = np.frombuffer(stored, dtype)
        return found


def fast_facts(codec):
    """What the codec says of the streams of the file that is open."""
    return [
        Facts(
            rate=codec.call("streamRate", number),
            samples=int(codec.call("streamSamples", number)),
            type=codec.call("streamType", number),
            chunk=codec.call("streamChunk", number),
            channels=[
                (
                    codec.text("channelName", number, channel),
                    codec.text("channelUnit", number, channel),
                    codec.call("channelGain", number, channel),
                    codec.call("channelOffset", number, channel),
                )
                for channel in range(codec.call("streamChannels", number))
            ],
        )
        for number in range(codec.streams)
    ]


def bytes_of(source):
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source)
    with builtins.open(os.fspath(source), "rb") as file:
        return file.read()


def open(source, models=None):
    """Opens a .nbz file: its path, or its bytes.

    models: folder with the models of learned bases, which files name by their hash
    """
    return File(bytes_of(source), models)


def read(source, stream=None, models=None):
    """Samples of a .nbz file, its path or its bytes: an array (time, channels).

    Raises NeurobasisError when it has several streams, of different rates mostly, and none is chosen.
    """
    streams = open(source, models).streams
    if stream is None and len(streams) != 1:
        kinds = ", ".join(f"{i}: {s.shape[1]} at {s.sample_rate:g} Hz" for i, s in enumerate(streams))
        raise NeurobasisError(f"This .nbz file has {len(streams)} streams ({kinds}): choose one, stream=0.")
    return streams[stream or 0].read()


def original(source, models=None):
    """The file of which a .nbz file, its path or its bytes, was made: all its bytes.

    Of a codec with losses samples are those that it gives back, and all else is as it was. Raises NeurobasisError when samples
    alone were kept.
    """
    data = bytes_of(source)
    opened = []

    def samples(stream, start, stop):
        if not opened:
            opened.append(File(data, models))
        return opened[0].streams[stream].read(start, stop)

    return whole_original(data, samples)


def decode(data):
    """Samples of the bytes of a .nbz file of one stream: an array (time, channels)."""
    return read(bytes(data))


def encode(samples, sample_rate=0.0, preset="best", max_error=0):
    """Samples as the bytes of a .nbz file.

    samples: integers of 8, 16 or 32 bits, or floats of 32 or 64, (time, channels) or (time,); floats come back to the last
        bit, and take as much room as the codes of the digitizer where they are those, scaled
    sample_rate: samples per second, or 0
    preset: "best", or "fast", which is several times as fast for a few percent more bytes
    max_error: largest error of any sample, in the values of the samples, for integers; with 0 nothing is lost
    """
    array = np.asarray(samples)
    kind = array.dtype.name
    if kind not in NAMES:
        raise TypeError(f"Samples are {kind}, and this codec takes {TAKES}: {_advice(kind)}.")
    if preset not in _PRESETS:
        raise ValueError(f'There is no preset "{preset}": write "best" or "fast".')
    check_error(max_error, kind)
    if array.ndim not in (1, 2) or array.size == 0:
        raise ValueError(f"Samples of shape {array.shape} are none of a recording: give (time, channels).")
    if not 0 <= sample_rate < float("inf"):
        raise ValueError(f"sample_rate is {sample_rate}: give samples per second, or 0.")
    given = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    given = given.reshape(len(given), -1)

    def encoded(integers, error=0):
        length, channels = integers.shape
        codec = module()
        codec.put(integers)
        number = _NUMBERS[integers.dtype.name]
        codec.checked("encode", number, channels, length, _PRESETS[preset], float(sample_rate), float(error))
        return codec.result().tobytes()

    if kind in _NUMBERS:
        return encoded(given, max_error)
    return encode_floats(given, encoded, _PRESETS[preset], float(sample_rate))


def check_error(max_error, kind):
    """Raises ValueError for an error that cannot be promised for samples of this kind."""
    if operator.index(max_error) < 0:
        raise ValueError(f"max_error is {max_error}: give an integer from 0, in the values of the samples.")
    if max_error > 0 and kind not in _NUMBERS:
        raise ValueError(f"max_error is for integers, and samples are {kind}: give the codes of the digitizer, or no error.")


def _advice(kind):
    if kind in ("int64", "uint64"):
        return "convert them to int32, where their values fit"
    return "give the codes of the digitizer, and keep the gain beside them"
