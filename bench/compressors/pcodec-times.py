"""Codes 16-bit integers with pcodec at its highest level. Arguments: the file to read, a file to write the code to.
Prints seconds to encode and to decode, and checks that the decoded integers equal the input."""

import sys
import time

import numpy as np
from pcodec import ChunkConfig, standalone

values = np.fromfile(sys.argv[1], dtype="<i2")
start = time.perf_counter()
code = standalone.simple_compress(values, ChunkConfig(compression_level=12))
encoded = time.perf_counter()
back = standalone.simple_decompress(code)
decoded = time.perf_counter()
assert back is not None and np.array_equal(np.asarray(back), values)
with open(sys.argv[2], "wb") as file:
    file.write(code)
print(encoded - start, decoded - encoded)
