"""Compressors of Zarr arrays: bytes and CPU time of each on each array, everything read back.

    python3 compare.py folder        (npm run compare:zarr does)

`folder` holds arrays.json, a list of {name, file, type, channels, rate}, and the files: samples, one time of all channels
after another. Prints results as JSON. Chunks are a second of all channels, as SpikeInterface writes them.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import time

import numcodecs
import numpy as np
import zarr
from flac_numcodecs import Flac
from numcodecs.abc import Codec
from numcodecs.compat import ndarray_copy
from pcodec import ChunkConfig, standalone

from neurobasis.numcodecs_codec import Neurobasis

# As much is measured of each at least, so that times mean something.
LEAST_SECONDS = 0.05


class PCodec(Codec):
    """pcodec, channel after channel: it takes numbers in one order only, and so does best."""

    codec_id = "pcodec-columns"

    def encode(self, buf):
        array = np.asarray(buf)
        front = np.array(array.shape, dtype="<u4").tobytes() + array.dtype.str.encode()
        return front + bytes(standalone.simple_compress(array.ravel(order="F"), ChunkConfig(compression_level=8)))

    def decode(self, buf, out=None):
        data = bytes(buf)
        shape = tuple(np.frombuffer(data[:8], dtype="<u4"))
        return ndarray_copy(np.ascontiguousarray(standalone.simple_decompress(data[11:]).reshape(shape, order="F")), out)


class WavPack(Codec):
    """The program wavpack: its codec for Zarr has no wheels."""

    codec_id = "wavpack-program"

    def encode(self, buf):
        array = np.asarray(buf)
        signed = array if array.dtype.kind == "i" else (array ^ array.dtype.type(32768)).view("i2")
        kind = f"--raw-pcm=30000,16s,{array.shape[1]},le"
        command = ["wavpack", "-q", "-y", "-hh", kind, "-", "-o", "-"]
        front = np.array(array.shape, dtype="<u4").tobytes() + array.dtype.str.encode()
        return front + subprocess.run(command, input=signed.tobytes(), stdout=subprocess.PIPE, check=True).stdout

    def decode(self, buf, out=None):
        data = bytes(buf)
        command = ["wvunpack", "-q", "-y", "--raw", "-", "-o", "-"]
        raw = subprocess.run(command, input=data[11:], stdout=subprocess.PIPE, check=True).stdout
        signed = np.frombuffer(raw, dtype="<i2").reshape(tuple(np.frombuffer(data[:8], dtype="<u4")))
        unsigned = data[8:11] == b"<u2"
        return ndarray_copy(signed.view("u2") ^ np.uint16(32768) if unsigned else signed, out)


numcodecs.register_codec(PCodec)
numcodecs.register_codec(WavPack)

CODECS = {
    "Blosc-zstd 5, bits shuffled": lambda: numcodecs.Blosc("zstd", 5, numcodecs.Blosc.BITSHUFFLE),
    "Blosc-zstd 9, bytes shuffled": lambda: numcodecs.Blosc("zstd", 9, numcodecs.Blosc.SHUFFLE),
    "FLAC 8": lambda: Flac(level=8),
    "WavPack -hh": WavPack,
    "pcodec 8": PCodec,
    "neurobasis fast": lambda: Neurobasis(preset="fast"),
    "neurobasis best": lambda: Neurobasis(preset="best"),
}


def cpu():
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def timed(action):
    """Result of an action, and CPU seconds of one run."""
    start, runs = cpu(), 0
    while True:
        result = action()
        runs += 1
        if cpu() - start >= LEAST_SECONDS:
            return result, (cpu() - start) / runs


def measured(samples, rate, make):
    chunks = (min(len(samples), max(1, round(rate))), samples.shape[1])

    def write():
        store = {}
        array = zarr.create(samples.shape, chunks=chunks, dtype=samples.dtype, compressor=make(), store=store)
        array[:] = samples
        return array, store

    (array, store), encoding = timed(write)
    back, decoding = timed(lambda: array[:])
    assert np.array_equal(back, samples)
    size = sum(len(value) for key, value in store.items() if not key.startswith("."))
    return {"bytes": size, "encodeSeconds": encoding, "decodeSeconds": decoding}


folder = sys.argv[1]
with open(os.path.join(folder, "arrays.json")) as listed:
    arrays = json.load(listed)
results = []
for entry in arrays:
    samples = np.fromfile(os.path.join(folder, entry["file"]), dtype=entry["type"]).reshape(-1, entry["channels"])
    row = {"name": entry["name"], "bytes": samples.nbytes, "codecs": {}}
    for name, make in CODECS.items():
        if name.startswith("WavPack") and shutil.which("wavpack") is None:
            continue
        # Types that a peer does not take are left out.
        try:
            row["codecs"][name] = measured(samples, entry["rate"], make)
        except (AssertionError, ValueError, subprocess.CalledProcessError) as error:
            print(f"{name} on {entry['name']}: {type(error).__name__} {error}", file=sys.stderr)
    results.append(row)
json.dump(results, sys.stdout)
