"""Any file of the format to samples."""

from dataclasses import dataclass

from .container import SPATIAL, Container, is_container
from .description import FLOAT32, FLOAT64, WIDTHS
from .errors import UnsupportedFileError, require
from .groups import GROUPS, decode_group
from .header import NEURALINK_RATE, OFF_GRID, STORED, rate_of_wav, read_header, read_surroundings
from .single import decode_codes
from .stream import decode_stream, is_stream

INT16, UINT16 = 2, 3


@dataclass
class Facts:
    """What a file says of a stream; channels are names, units, gains and offsets."""

    rate: float
    samples: int
    type: int
    chunk: int
    channels: list


def stretched(codes):
    """ADC codes as the 16-bit samples of Neuralink's WAV files (§2)."""
    return [int(q * 65535 / 1023 - 32768) for q in codes]


class PlainFile:
    """An opened file. Of one channel all samples are decoded at once, when some are asked for."""

    def __init__(self, data, models=None):
        self.data, self.models = data, models
        self.container, self.known = None, {}
        if data[:3] == b"NBV":
            raise UnsupportedFileError("This file holds bytes of a file that is no recording: take it by original().")
        if is_container(data):
            self.container = Container(data)
            self.facts = [
                Facts(
                    *(stream.rate, stream.samples, stream.type, stream.chunk_samples),
                    [stream.facts(channel) for channel in range(len(stream.offsets))],
                )
                for stream in self.container.streams
            ]
        elif is_stream(data):
            self.known[0, 0] = [stretched(decode_stream(data))]
            self.facts = [self.of_one(NEURALINK_RATE, len(self.known[0, 0][0]), INT16, 1)]
        else:
            self.facts = [self.facts_of_header()]

    def of_one(self, rate, samples, kind, channels, description=None):
        facts = ("", 1.0, 0.0) if description is None else (description.unit, description.gain, description.offset)
        return Facts(rate, samples, kind, max(1, samples), [("", *facts) for _ in range(channels)])

    def facts_of_header(self):
        header, reader = read_header(self.data)
        if header.family in GROUPS:
            # How many channels there are is in what follows.
            self.known[0, 0] = decode_group(self.data, self.models)
            channels = self.known[0, 0]
            return self.of_one(0.0, len(channels[0]) if channels else 0, UINT16, len(channels))
        described = header.description
        if header.version == 3:
            kind = UINT16 if described is None else described.type
            return self.of_one(described.rate if described else 0.0, header.n, kind, 1, described)
        rate = NEURALINK_RATE
        if header.wav in (STORED, OFF_GRID):
            rate = rate_of_wav(read_surroundings(header, reader)[0])
        return self.of_one(float(rate), header.n, INT16, 1)

    def read(self, stream, start, stop):
        """Samples of all channels of a stream, channel after channel."""
        if self.container is None:
            return [channel[start:stop] for channel in self.chunk_of(0, 0)]
        facts = self.container.streams[stream]
        found = [[] for _ in facts.offsets]
        size = facts.chunk_samples
        for chunk in range(start // size, -(-stop // size) if stop > start else 0):
            for whole, samples in zip(found, self.chunk_of(stream, chunk)):
                whole += samples[max(0, start - chunk * size) : stop - chunk * size]
        return found

    def kept_floats(self, stream, start, stop):
        """Channels on no grid, of floating point, with the bytes of their samples, little-endian."""
        facts = self.container and self.container.streams[stream]
        if not facts or facts.type not in (FLOAT32, FLOAT64) or stop <= start:
            return []
        width, size = WIDTHS[facts.type], facts.chunk_samples
        found = [bytearray() for _ in facts.others]
        for chunk in range(start // size, -(-stop // size)):
            n = self.container.length_of(facts, chunk)
            for whole, planes in zip(found, self.container.planes(facts, chunk)):
                rows = [planes[b * n : (b + 1) * n] for b in range(width)]
                samples = bytes(byte for sample in zip(*(rows if facts.little_endian else rows[::-1])) for byte in sample)
                whole += samples[width * max(0, start - chunk * size) : width * (stop - chunk * size)]
        return list(zip(facts.others, found))

    def chunk_of(self, stream, chunk):
        """Samples of a chunk; those of the last one stay at hand."""
        if (stream, chunk) not in self.known:
            if self.container is None:
                found = [self.single()]
            else:
                streams = self.container.streams
                found = self.container.decode(streams[stream], chunk, self.transformed)
            self.known = {(stream, chunk): found}
        return self.known[stream, chunk]

    def transformed(self, part):
        if self.container.method == SPATIAL:
            return decode_group(part, self.models)
        header, reader = read_header(part)
        require(header.version > 1 and header.family != 129, "a chunk is of another codec")
        return [decode_codes(header, reader, self.models)]

    def single(self):
        header, reader = read_header(self.data)
        if header.wav != 0:
            read_surroundings(header, reader)
        codes = decode_codes(header, reader, self.models)
        if header.description:
            return header.description.samples(codes)
        return codes if header.version == 3 or header.wav == OFF_GRID else stretched(codes)
