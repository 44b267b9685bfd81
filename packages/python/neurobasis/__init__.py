"""Reads and writes .nbz files: recordings of electrodes without loss, or in the basis in which they are sparse."""

from ._file import Channel, File, Stream, decode, encode, open, original, read
from .plain.errors import (
    DamagedChunkError,
    DamagedFileError,
    MissingModelError,
    NeurobasisError,
    UnsupportedFileError,
)

__version__ = "0.1.0"

__all__ = [
    "Channel",
    "DamagedChunkError",
    "DamagedFileError",
    "File",
    "MissingModelError",
    "NeurobasisError",
    "Stream",
    "UnsupportedFileError",
    "decode",
    "encode",
    "open",
    "original",
    "read",
]
