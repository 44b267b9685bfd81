"""The Python package as a user has it, run by python.test.ts in a folder that it prepared.

    python3 check-python.py folder models

Decodes folder/files/*.nbz to *.raw; reads the Zarr array folder/js.zarr to js.raw; writes the samples of samples.raw, int16 of 32
channels, to v3.zarr and v2.zarr; makes folder/floats/*.nbz, with the samples in *.raw, channel after channel; and checks what
concerns Python alone.
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

# Floats come back to the last bit. On a grid they are coded as codes, so that they take the room of those.
def bits(array):
    return np.ascontiguousarray(array).view(f"u{array.dtype.itemsize}")


os.mkdir(at("floats"))
made = 0


def comes_back(given):
    global made
    made += 1
    encoded = neurobasis.encode(given, sample_rate=1000, preset=("best", "fast")[made % 3 == 0])
    # The library reads these; long ones would take it long.
    if given.size < 1000:
        with open(at("floats", f"{made}.nbz"), "wb") as out:
            out.write(encoded)
        with open(at("floats", f"{made}.raw"), "wb") as out:
            out.write(given.astype(given.dtype.newbyteorder("<")).T.tobytes())
    back = neurobasis.decode(encoded)
    assert back.dtype == given.dtype.newbyteorder("<")
    assert np.array_equal(bits(back), bits(given.astype(back.dtype).reshape(back.shape)))
    return encoded


drawn = np.random.default_rng(1)
long = np.cumsum(drawn.integers(-3, 4, (40000, 2)), axis=0).astype("int16")
whole = len(neurobasis.encode(long, sample_rate=1000))
for dtype in ("<f4", "<f8", ">f4"):
    # 0.195 and 1/3 are no binary numbers; with an offset values are no multiples of the step.
    for gain, offset in [(0.195, 0), (1 / 3, 0), (2.34375, 0), (1e-6, 0), (0.195, -31.7), (1, 1e5), (1e-30, 0)]:
        size = len(comes_back((long * gain + offset).astype(dtype)))
        # Where rounding hides how they were made, the values of all codes are in the table, eight bytes each at most.
        listed = 0 if offset == 0 else 8 * (int(long.max()) - int(long.min()) + 1)
        assert size < 1.15 * whole + 200 + listed, (dtype, gain, offset, size, whole)
        comes_back((long[:400] * gain + offset).astype(dtype))
    # Channels of different gains, one of which lies on no grid.
    uneven = (long * [0.195, 0.7]).astype(dtype)
    assert len(comes_back(uneven)) < 1.3 * whole + 200
    uneven[:, 1] += drawn.standard_normal(len(long)).astype(dtype)
    comes_back(uneven)
    comes_back(np.full((7, 3), 2.5, dtype))
    comes_back(np.array([[0.0], [-0.0], [1.0]], dtype))
    comes_back(np.array([-0.0, 1, 2], dtype))
    comes_back(np.array([np.inf, -np.inf, np.finfo(dtype).tiny, np.finfo(dtype).max, 0], dtype))
    for _ in range(20):
        # All bit patterns there are: NaNs with payloads, signaling ones too, infinities, subnormal numbers.
        width = np.dtype(dtype).itemsize
        rows = int(drawn.integers(1, 300))
        comes_back(np.frombuffer(drawn.bytes(width * rows * 2), dtype).reshape(rows, 2))
signaling = np.array([0x7F800001, 0xFFC12345, 0x3F800000, 0x7FBFFFFF], "<u4").view("<f4").reshape(-1, 2)
comes_back(signaling)
stored = zarr.create_array({}, shape=(4, 2), dtype="float32", serializer=NeurobasisCodec(), compressors=None, chunks=(2, 2))
stored[:] = np.vstack([signaling, signaling])
assert np.array_equal(bits(stored[:]), bits(np.vstack([signaling, signaling])))
assert np.array_equal(codec.decode(codec.encode(signaling)).view("u4").ravel(), bits(signaling).ravel())

data = neurobasis.encode(samples, sample_rate=1000.5, preset="fast")
file = neurobasis.open(data)
(stream,) = file.streams
assert stream.shape == samples.shape and stream.sample_rate == 1000.5 and len(stream.channels) == 32
assert stream.channels[31].name == "31" and stream.channels[31].gain == 1
other = neurobasis.open(neurobasis.encode(samples[::-1])).streams[0]
assert np.array_equal(stream.read(10, 20), samples[10:20])
assert np.array_equal(other.read(), samples[::-1])
assert np.array_equal(np.asarray(stream), samples)

refuses(TypeError, lambda: neurobasis.encode(samples.astype("float16")))
refuses(TypeError, lambda: neurobasis.encode(samples.astype("int64")))
refuses(ValueError, lambda: neurobasis.encode(samples / 2, max_error=1))
refuses(ValueError, lambda: neurobasis.encode(samples, sample_rate=-1))
refuses(TypeError, lambda: zarr.create_array({}, shape=(4, 4), dtype="complex64", serializer=NeurobasisCodec()))
refuses(ValueError, lambda: zarr.create_array({}, shape=(4, 4), dtype="float32", serializer=NeurobasisCodec(max_error=1)))
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
