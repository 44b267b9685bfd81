"""A recording that SpikeInterface generates, saved with the codec and loaded again: the lines of the README. Its samples
are left beside it as saved.bin, those of one time after those of another.

    python3 check-spikeinterface.py README.md folder
"""

import os
import re
import sys

with open(sys.argv[1]) as readme:
    examples = re.findall(r"```python\n(.*?)```", readme.read(), re.DOTALL)
(example,) = [text for text in examples if "spikeinterface" in text]
assert len(example.strip().splitlines()) <= 10
os.chdir(sys.argv[2])
exec(example)
recording.get_traces().tofile("saved.bin")  # noqa: F821, the example defines it
print("ok")
