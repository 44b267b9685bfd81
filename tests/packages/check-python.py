"""The Python package as a user has it, run by python.test.ts in a folder that it prepared.

    python3 check-python.py folder models

Decodes folder/files/*.nbz to *.raw; reads the Zarr array folder/js.zarr to js.raw; writes the samples of samples.raw, int16 of 32
channels, to v3.zarr and v2.zarr; and checks what concerns Python alone.
"""

import glob
import os
import re
import sys
import threading

import numcodecs
import numpy as np
import zarr

import neurobasis
from neurobasis.numcodecs_codec import Neurobasis
from neurobasis.zarr_codec import NeurobasisCodec

folder = sys.argv[1]


def at(*names):
    return os.path.join(folder, *names)


def refuses(kind, action):
    try:
        action()
    except kind:
        return
    raise AssertionError(f"{kind.__name__} was expected.")


for path in glob.glob(at("files", "*.nbz")):
    with open(path[: -len("nbz")] + "raw", "wb") as out:
        for stream in neurobasis.open(path, models=sys.argv[2]).streams:
            out.write(stream.read().T.tobytes())

# A learned basis without its model is named, with the hash by which the file asks for it.
with open(at("files", "klt-16-step-10.nbz"), "rb") as file:
    learned = file.read()
for models in (None, at("files")):
    try:
        neurobasis.read(learned, models=models)
    except neurobasis.MissingModelError as error:
        assert re.search(r"klt-16 .*klt-16\.\*\.[0-9a-f]{6}\*\.model", str(error)), error
    else:
        raise AssertionError("MissingModelError was expected.")

samples = np.fromfile(at("samples.raw"), dtype="<i2").reshape(-1, 32)

with open(at("js.raw"), "wb") as out:
    out.write(zarr.open_array(at("js.zarr"), mode="r")[:].tobytes())

array = zarr.create_array(
    at("v3.zarr"),
    shape=samples.shape,
    chunks=(300, 32),
    dtype="int16",
    serializer=NeurobasisCodec(preset="fast"),
    compressors=None,
)
array[:] = samples
assert np.array_equal(zarr.open_array(at("v3.zarr"), mode="r")[:], samples)
array = zarr.create_array(
    at("v2.zarr"),
    shape=samples.shape,
    chunks=(300, 32),
    dtype="int16",
    zarr_format=2,
    compressors=numcodecs.get_codec({"id": "neurobasis", "preset": "best"}),
)
array[:] = samples
assert np.array_equal(zarr.open_array(at("v2.zarr"), mode="r")[:], samples)

# Arrays of every order and number of axes come back as bytes of memory.
codec = Neurobasis()
for given in [samples, samples[:, 0], np.asfortranarray(samples[:50]), samples[:60].reshape(3, 20, 32), samples[:40, ::2]]:
    decoded = codec.decode(codec.encode(given)).view(given.dtype)
    assert np.array_equal(decoded.ravel(), given.ravel(order="K")), given.shape
into = np.empty_like(samples)
codec.decode(codec.encode(samples), out=into)
assert np.array_equal(into, samples)
assert codec.get_config() == {"id": "neurobasis", "preset": "best", "max_error": 0}
near = numcodecs.get_codec({"id": "neurobasis", "max_error": 3})
moved = near.decode(near.encode(samples)).view("int16").reshape(samples.shape)
assert 0 < np.abs(moved.astype(int) - samples).max() <= 3
assert len(near.encode(samples)) < len(codec.encode(samples))

for dtype in ("int8", "uint8", "int16", "uint16", "int32", "uint32", ">i2"):
    given = (samples % 100).astype(dtype)
    assert np.array_equal(neurobasis.decode(neurobasis.encode(given)), given), dtype

data = neurobasis.encode(samples, sample_rate=1000.5, preset="fast")
file = neurobasis.open(data)
(stream,) = file.streams
assert stream.shape == samples.shape and stream.sample_rate == 1000.5 and len(stream.channels) == 32
assert stream.channels[31].name == "31" and stream.channels[31].gain == 1
other = neurobasis.open(neurobasis.encode(samples[::-1])).streams[0]
assert np.array_equal(stream.read(10, 20), samples[10:20])
assert np.array_equal(other.read(), samples[::-1])
assert np.array_equal(np.asarray(stream), samples)

refuses(TypeError, lambda: neurobasis.encode(samples / 2))
refuses(TypeError, lambda: zarr.create_array({}, shape=(4, 4), dtype="float32", serializer=NeurobasisCodec()))
refuses(ValueError, lambda: neurobasis.encode(samples, preset="better"))
refuses(ValueError, lambda: neurobasis.encode(samples[:0]))
refuses(ValueError, lambda: Neurobasis(max_error=-1))
refuses(IndexError, lambda: stream.read(0, len(samples) + 1))
refuses(neurobasis.DamagedFileError, lambda: neurobasis.decode(b""))
refuses(neurobasis.DamagedFileError, lambda: neurobasis.decode(data[:100]))
damaged = bytearray(data)
damaged[len(data) // 2] ^= 1
refuses(neurobasis.DamagedChunkError, lambda: neurobasis.decode(damaged))

# Threads, as Zarr has them, each with an instance of its own.
failed = []


def work(seed):
    given = np.roll(samples, seed)
    for _ in range(5):
        if not np.array_equal(codec.decode(codec.encode(given)).view("int16").reshape(given.shape), given):
            failed.append(seed)


threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not failed
print("ok")
