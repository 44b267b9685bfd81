"""The codec: one WebAssembly module without imports, in an instance of its own for each thread."""

import ctypes
import os
import threading

import numpy as np
import wasmtime

from .plain.errors import DamagedChunkError, DamagedFileError, NeurobasisError, UnsupportedFileError


_FAULTS = {
    -1: (DamagedFileError, "This .nbz file is damaged or truncated, or is none: fetch or encode it again."),
    -2: (
        UnsupportedFileError,
        "This .nbz file was made with a basis or version that this package does not have: install a newer one.",
    ),
    -3: (DamagedChunkError, "A chunk of this .nbz file is damaged; stretches that lie in others can be read."),
    -4: (NeurobasisError, "These samples are not in the file, or no file can be made of them."),
    -5: (UnsupportedFileError, "This file holds bytes of a file that is no recording: take it by original()."),
}

_engine = None
_compiled = None
_lock = threading.Lock()
_local = threading.local()


def _shared():
    """The compiled module. Compiling takes a fraction of a second, once in a process."""
    global _engine, _compiled
    with _lock:
        if _compiled is None:
            _engine = wasmtime.Engine()
            path = os.path.join(os.path.dirname(__file__), "codec.wasm")
            _compiled = wasmtime.Module.from_file(_engine, path)
        return _engine, _compiled


class Module:
    """An instance of the codec; one thread uses it at a time."""

    def __init__(self):
        engine, compiled = _shared()
        self._store = wasmtime.Store(engine)
        self._exports = wasmtime.Instance(self._store, compiled, []).exports(self._store)
        self._memory = self._exports["memory"]
        # The file that is open, so that stretches of it are read without opening it again.
        self.opened = None

    def call(self, name, *numbers):
        """Calls a function. @raises MemoryError when the codec has no room"""
        try:
            return self._exports[name](self._store, *numbers)
        except wasmtime.Trap as trap:
            self.opened = None
            raise MemoryError(f"The codec has no room for this recording: work on shorter parts of it. ({trap})")

    def checked(self, name, *numbers):
        """Calls a function that gives a fault or a number. @raises NeurobasisError"""
        found = self.call(name, *numbers)
        if found < 0:
            kind, message = _FAULTS[found]
            raise kind(message)
        return found

    def _view(self, address, count):
        pointer = self._memory.data_ptr(self._store)
        whole = ctypes.cast(pointer, ctypes.c_void_p).value
        return np.ctypeslib.as_array((ctypes.c_uint8 * count).from_address(whole + address))

    def put(self, data):
        """Copies bytes to where a call takes its input."""
        self.opened = None
        source = np.frombuffer(data, dtype=np.uint8) if len(data) > 0 else np.empty(0, np.uint8)
        if source.size >= 2**32:
            raise MemoryError("The codec takes less than 4 GB at a time: work on shorter parts of the recording.")
        address = self.call("reserve", _signed(source.size)) & 0xFFFFFFFF
        if source.size > 0:
            self._view(address, source.size)[:] = source
        return source.size

    def result(self):
        """A copy of what the last call gave, as bytes in an array."""
        count = self.call("resultBytes") & 0xFFFFFFFF
        return self._view(self.call("result") & 0xFFFFFFFF, count).copy() if count > 0 else np.empty(0, np.uint8)

    def text(self, name, stream, channel):
        """A text of the opened file."""
        address = self.call(name, stream, channel) & 0xFFFFFFFF
        count = self.call("resultBytes") & 0xFFFFFFFF
        try:
            return bytes(self._view(address, count)).decode() if count > 0 else ""
        except UnicodeDecodeError as error:
            raise DamagedFileError("A name in this .nbz file is damaged.") from error


def _signed(number):
    """An unsigned integer of 32 bits as WebAssembly takes it."""
    return number - 2**32 if number >= 2**31 else number


def module():
    """The instance of this thread."""
    found = getattr(_local, "module", None)
    if found is None:
        found = _local.module = Module()
    return found
