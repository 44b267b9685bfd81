"""Reads and writes .nbz files: recordings of electrodes without loss, or in the basis in which they are sparse."""

from ._file import Channel, File, Stream, decode, encode, open, read
from ._module import (
    DamagedChunkError,
    DamagedFileError,
    NeurobasisError,
    UnsupportedFileError,
)

__version__ = "0.1.0"

__all__ = [
    "Channel",
    "DamagedChunkError",
    "DamagedFileError",
    "File",
    "NeurobasisError",
    "Stream",
    "UnsupportedFileError",
    "decode",
    "encode",
    "open",
    "read",
]
