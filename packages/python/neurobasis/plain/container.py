"""Files of many channels (§12): their table, their chunks, and where samples lie in the file that was compressed."""

import struct
import zlib
from dataclasses import dataclass

from .channels import decode_channels
from .description import FLOAT32, FLOAT64, WIDTHS, read_description
from .errors import DamagedChunkError, require
from .reading import Reader, inflated

MOST_CHUNK = 2**22
MOST_TABLE = 2**26
MOST_SURROUNDINGS = 2**30
# Bytes that one byte of a packed string can stand for.
MOST_EXPANSION = 2**16
TRANSFORM, SPATIAL = 2, 3


def is_container(data):
    return data[:5] == b"NBZ\x03\x80"


@dataclass
class Run:
    start: int
    block_bytes: int
    block_samples: int
    samples: int


@dataclass
class Stream:
    """Channels that were sampled together."""

    type: int
    little_endian: bool
    rate: float
    stride: int
    chunk_samples: int
    offsets: list
    names: list
    runs: list
    groups: list  # (description, channels)
    others: list
    first_chunk: int = 0

    @property
    def samples(self):
        return sum(run.samples for run in self.runs)

    @property
    def chunks(self):
        return -(-self.samples // self.chunk_samples)

    def facts(self, channel):
        """Name, unit, gain and offset of a channel."""
        for description, channels in self.groups:
            if channel in channels:
                return self.names[channel], description.unit, description.gain, description.offset
        return self.names[channel], "", 1.0, 0.0


def read_stream(table, file_bytes):
    kind, little, rate = table.byte(), table.byte() == 1, table.number()
    stride, chunk_samples = table.varint(), table.varint()
    require(kind < len(WIDTHS) and 1 <= chunk_samples <= MOST_CHUNK, "its table")
    offsets = []
    for _ in range(table.count()):
        offsets.append(table.signed() + (offsets[-1] if offsets else 0))
    names = [table.text() for _ in offsets]
    runs, start = [], 0
    for _ in range(table.count()):
        start += table.signed()
        run = Run(start, table.varint(), table.varint(), table.varint())
        require(start >= 0 and run.block_samples >= 1 and run.samples <= file_bytes, "its table")
        runs.append(run)
    groups = []
    for _ in range(table.count()):
        description = read_description(table, table.varint() + 1)
        groups.append((description, table.channels()))
    others = table.channels()
    listed = [channel for _, channels in groups for channel in channels] + others
    require(sorted(listed) == list(range(len(offsets))), "channels of its table")
    return Stream(kind, little, rate, stride, chunk_samples, offsets, names, runs, groups, others)


class Container:
    """An opened file."""

    def __init__(self, data):
        self.data = data
        index = self._index()
        if index:
            packed = index.take(index.varint())
            lengths = [index.varint() for _ in range(index.count())]
        else:
            require(len(data) >= 13, "it ends in its header")
            length = struct.unpack_from("<I", data, 5)[0]
            packed = data[9 : 9 + length]
            check = data[9 + length : 13 + length]
            require(len(check) == 4 and zlib.crc32(data[5 : 9 + length]) == struct.unpack("<I", check)[0], "its table")
            lengths = None
        table = Reader(inflated(packed, MOST_TABLE))
        keeps, self.method = table.byte(), table.byte()
        self.most_channels = table.varint() if self.method == SPATIAL else None
        self.file_bytes = table.varint()
        require(keeps < 2 and self.method <= SPATIAL and self.most_channels != 0, "its table")
        self.keeps_file = keeps == 1
        self.streams = [read_stream(table, self.file_bytes) for _ in range(table.count())]
        require(table.position == table.end, "its table")
        wanted = keeps
        for stream in self.streams:
            stream.first_chunk = wanted
            wanted += stream.chunks
        require(wanted <= len(data) // 8, "its table")
        self.starts, at = [], 9 + len(packed) + 4
        for i in range(wanted):
            if at + 8 > len(data) or (lengths is not None and i >= len(lengths)):
                break
            length = lengths[i] if lengths is not None else struct.unpack_from("<I", data, at)[0]
            if at + 8 + length > len(data):
                break
            self.starts.append((at + 4, at + 4 + length))
            at += 8 + length

    def _index(self):
        data = self.data
        if len(data) < 17 or data[-4:] != b"NBZx":
            return None
        length, check = struct.unpack("<II", data[-12:-4])
        start = len(data) - 12 - length
        if start < 5 or zlib.crc32(data[start:-12]) != check:
            return None
        return Reader(data, start, len(data) - 12)

    def payload(self, chunk):
        """The bytes of a chunk. @raises DamagedChunkError"""
        if chunk < len(self.starts):
            start, end = self.starts[chunk]
            if (
                struct.unpack_from("<I", self.data, start - 4)[0] == end - start
                and zlib.crc32(self.data[start - 4 : end]) == struct.unpack_from("<I", self.data, end)[0]
            ):
                return self.data[start:end]
        raise DamagedChunkError(f"Chunk {chunk} of this .nbz file is damaged; stretches that lie in others can be read.")

    def surroundings(self):
        """Length of what surrounds the samples, and Brotli data of it."""
        reader = Reader(self.payload(0))
        length = reader.varint()
        require(length <= min(MOST_SURROUNDINGS, len(reader.data) * MOST_EXPANSION), "what surrounds its samples")
        return length, reader.rest()

    def parts(self, stream, chunk):
        """Coded parts of a chunk of a stream: those of its groups, and those of channels on no grid."""
        reader = Reader(self.payload(stream.first_chunk + chunk))
        count = sum(len(self.coded_together(channels)) for _, channels in stream.groups)
        found = [reader.take(reader.varint()) for _ in range(count + len(stream.others))]
        require(reader.position == reader.end, "a chunk has bytes left over")
        return found[:count], found[count:]

    def coded_together(self, channels):
        """Channels of a grid in the parts that they are coded in."""
        if self.method == TRANSFORM:
            return [[channel] for channel in channels]
        if self.method < TRANSFORM:
            return [channels]
        size, count = len(channels), -(-len(channels) // self.most_channels)
        return [channels[block * size // count : (block + 1) * size // count] for block in range(count)]

    def length_of(self, stream, chunk):
        return min(stream.chunk_samples, stream.samples - chunk * stream.chunk_samples)

    def planes(self, stream, chunk):
        """Of each channel on no grid the bytes of its samples: all first bytes, then all second ones."""
        width, n = WIDTHS[stream.type], self.length_of(stream, chunk)
        found = [inflated(part, max(1, width * n)) for part in self.parts(stream, chunk)[1]]
        require(all(len(planes) == width * n for planes in found), "samples are missing")
        return found

    def decode(self, stream, chunk, transformed):
        """Samples of a chunk, channel after channel.

        transformed: codes of a file of some channels, channel after channel, for files with a codec of a basis
        """
        n = self.length_of(stream, chunk)
        coded, _ = self.parts(stream, chunk)
        coded = iter(coded)
        samples = [None] * len(stream.offsets)
        for description, channels in stream.groups:
            for members in self.coded_together(channels):
                part = next(coded)
                if self.method >= TRANSFORM:
                    found = transformed(part)
                else:
                    found = decode_channels(part, len(members), n, self.method)
                require(len(found) == len(members), "channels are missing")
                for channel, codes in zip(members, found):
                    require(len(codes) == n, "samples are missing")
                    samples[channel] = description.samples(codes)
        width = WIDTHS[stream.type]
        for channel, planes in zip(stream.others, self.planes(stream, chunk)):
            samples[channel] = [
                value_of(bytes(planes[b * n + i] for b in range(width)), stream.type, stream.little_endian)
                for i in range(n)
            ]
        return samples


def value_of(stored, kind, little):
    order = "<" if little else ">"
    if kind in (FLOAT32, FLOAT64):
        return struct.unpack(order + ("f" if kind == FLOAT32 else "d"), stored)[0]
    return int.from_bytes(stored, "little" if little else "big", signed=kind in (0, 2, 4, 5, 7))
