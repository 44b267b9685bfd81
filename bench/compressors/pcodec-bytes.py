"""Codes channels of 16-bit integers with pcodec at its highest level, each by itself. Arguments: a file with all samples
of the first channel, then of the second and so on, and the number of channels. Prints the bytes of all codes, and checks
that the decoded integers equal the input."""

import sys

import numpy as np
from pcodec import ChunkConfig, standalone

total = 0
for channel in np.fromfile(sys.argv[1], dtype="<i2").reshape(int(sys.argv[2]), -1):
    values = np.ascontiguousarray(channel)
    code = standalone.simple_compress(values, ChunkConfig(compression_level=12))
    back = standalone.simple_decompress(code)
    assert back is not None and np.array_equal(np.asarray(back), values)
    total += len(code)
print(total)
