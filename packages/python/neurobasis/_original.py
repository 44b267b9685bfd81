"""Back to the file that was compressed, byte for byte."""

import zlib

import numpy as np

from .plain.container import Container, is_container
from .plain.description import WIDTHS
from .plain.errors import DamagedFileError, NeurobasisError, require
from .plain.header import read_header, read_surroundings

# Types of samples by their number in the format, as a file has them; those of 24 bits are stored as the low bytes of 32.
_STORED = ("i1", "u1", "i2", "u2", "i4", "i4", "u4", "i8", "u8", "f4", "f8")
_MOST_VERBATIM = 2**28
_STEP = 2**16


def verbatim(data):
    """What a verbatim file holds (docs/format.md, §10)."""
    require(len(data) >= 8, "it ends in its header")
    require(zlib.crc32(data[:-4]) == int.from_bytes(data[-4:], "little"), "its check is wrong")
    method, kept = data[3], data[4:-4]
    require(method < 2, "its method is unknown")
    return kept if method == 0 else unbrotlied(kept, _MOST_VERBATIM)


def unbrotlied(packed, most):
    """Brotli data (RFC 7932), unpacked, of at most so many bytes: a damaged length must not take all memory."""
    import brotli

    unpacker, found, length = brotli.Decompressor(), [], 0
    try:
        part = unpacker.process(packed, output_buffer_limit=_STEP)
        while True:
            found.append(part)
            length += len(part)
            require(length <= most, "what is packed is too long")
            if unpacker.is_finished():
                return b"".join(found)
            part = unpacker.process(b"", output_buffer_limit=_STEP)
            require(part, "what is packed breaks off")
    except brotli.error as error:
        raise DamagedFileError("What is packed in this .nbz file cannot be unpacked.") from error


def original(data, read):
    """The file of which an .nbz file was made.

    data: the bytes of the .nbz file
    read: gives the samples of a stream from one to another, (time, channels)
    """
    if data[:3] == b"NBV":
        return verbatim(data)
    if is_container(data):
        container = Container(data)
        if container.keeps_file:
            return _whole_file(container, read)
    elif data[:3] == b"NBZ":
        header, reader = read_header(data)
        if header.version < 3 and header.family < 210:
            before, after = read_surroundings(header, reader)
            samples = read(0, 0, header.n)[:, 0].astype("<i2", copy=False)
            return b"".join((before, samples.tobytes(), after))
    elif data[:3] != b"NBS":
        raise DamagedFileError("This is no .nbz file: it does not start with NBZ.")
    raise NeurobasisError(
        "Of this recording only samples were kept, so the file that they were in does not come back: take them by read()."
    )


def _whole_file(container, read):
    length, packed = container.surroundings()
    rest = np.frombuffer(unbrotlied(packed, length), np.uint8)
    require(len(rest) == length, "what surrounds its samples")
    streams = container.streams
    kept = sum(stream.samples * len(stream.offsets) * WIDTHS[stream.type] for stream in streams)
    require(length + kept == container.file_bytes, "bytes of the file are missing")
    # Every chunk is decoded before room is made for the file: a damaged length must not take all memory.
    decoded = [list(_chunks(container, number, stream, read)) for number, stream in enumerate(streams)]
    file = np.zeros(container.file_bytes, np.uint8)
    covered = np.zeros(container.file_bytes, bool)
    for stream, chunks in zip(streams, decoded):
        width = WIDTHS[stream.type]
        for start, stored in chunks:
            places = _places(stream, start, stored.shape[1])
            for channel, offset in enumerate(stream.offsets):
                at = places + offset
                require(at.min() >= 0 and at.max() + width <= len(file), "a sample lies outside of the file")
                for b in range(width):
                    file[at + b] = stored[channel, :, b]
                    covered[at + b] = True
    around = ~covered
    require(int(around.sum()) == length, "samples lie on one another")
    file[around] = rest
    return file.tobytes()


def _chunks(container, number, stream, read):
    """The first sample of each chunk, and the bytes of its samples: (channels, time, bytes of a sample)."""
    width = WIDTHS[stream.type]
    order = "<" if stream.little_endian else ">"
    for chunk in range(stream.chunks):
        start, count = chunk * stream.chunk_samples, container.length_of(stream, chunk)
        stored = np.empty((len(stream.offsets), count, width), np.uint8)
        if stream.groups:
            samples = read(number, start, start + count).T
            given = np.ascontiguousarray(samples).astype(np.dtype(_STORED[stream.type]).newbyteorder(order))
            whole = given.view(np.uint8).reshape(len(stream.offsets), count, -1)
            stored[:] = whole[:, :, :width] if stream.little_endian else whole[:, :, -width:]
        # A float that is not a number has more than its value tells.
        for channel, planes in zip(stream.others, container.planes(stream, chunk)):
            stored[channel] = np.frombuffer(planes, np.uint8).reshape(width, count).T
        yield start, stored


def _places(stream, start, count):
    """Positions of samples in a block, block after block."""
    found, first = [], 0
    for run in stream.runs:
        i = np.arange(max(start - first, 0), min(start + count - first, run.samples), dtype=np.int64)
        if len(i) > 0:
            block, inside = np.divmod(i, run.block_samples)
            found.append(run.start + block * run.block_bytes + inside * stream.stride)
        first += run.samples
    return np.concatenate(found)
