"""Files that come back from .nbz files, run by original.test.ts.

    python3 check-original.py folder

For each folder/*.nbz there is *.original, the file that must come back; or *.samples, where samples alone were kept.
"""

import glob
import os
import sys

import neurobasis

returned = 0
for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.nbz"))):
    if os.path.exists(path[: -len("nbz")] + "samples"):
        try:
            neurobasis.original(path)
        except neurobasis.NeurobasisError as error:
            assert "only samples were kept" in str(error), error
        else:
            raise AssertionError(f"{path}: an error was expected.")
    else:
        with open(path[: -len("nbz")] + "original", "rb") as file:
            expected = file.read()
        found = neurobasis.original(path)
        assert found == expected, path
        with open(path, "rb") as file:
            assert neurobasis.original(file.read()) == expected, path
    returned += 1

# Damaged bytes are refused, and never another file.
small = sorted(glob.glob(os.path.join(sys.argv[1], "*.nbz")), key=os.path.getsize)[:10]
for path in small:
    with open(path, "rb") as file:
        data = file.read()
    for at in range(0, len(data), max(1, len(data) // 12)):
        damaged = bytearray(data)
        damaged[at] ^= 1 << at % 8
        try:
            found = neurobasis.original(bytes(damaged))
        except neurobasis.NeurobasisError:
            continue
        if os.path.exists(path[: -len("nbz")] + "original"):
            # The index is there twice: a damaged one is made up for.
            with open(path[: -len("nbz")] + "original", "rb") as file:
                assert found == file.read(), (path, at)
print(returned)
