"""Models of learned bases: files that are named by their hash (§6)."""

import hashlib
import json
import os
import struct

from .errors import MissingModelError, require

HASH_BYTES = 3


def name_of(family, parameter):
    """A learned basis as its model is called."""
    p = parameter
    if family in (43, 44):
        return {43: "contexts-256", 44: "network-256"}[family]
    return {
        32: lambda: f"klt-{2 ** (3 + p)}",
        33: lambda: f"sparsifying-{2 ** (3 + (p & 7))}-{('count', 'rate')[p >> 3]}",
        34: lambda: f"ica-{2 ** (3 + (p & 7))}-{('symmetric', 'deflation')[p >> 3]}",
        35: lambda: f"spikes-{2 ** (6 + (p & 7))}-{2 ** (p >> 3)}",
        37: lambda: f"dictionary-{2 ** (3 + (p & 7))}-{2 ** ((p >> 3) & 3)}-{('ksvd', 'online')[p >> 5]}",
        38: lambda: f"classified-{2 ** (3 + (p & 7))}-{2 ** ((p >> 3) & 7)}-{('kmeans', 'mixture')[p >> 6]}",
        39: lambda: f"lattice-{2 * (1 + (p & 15))}-{1 + (p >> 4)}",
        40: lambda: f"learnedlifting-{2 * (1 + (p & 1))}-{1 + ((p >> 1) & 3)}-{1 + (p >> 3)}",
        41: lambda: f"autoencoder-{('linear', 'convolutional')[p & 1]}-{2 ** (4 + (p >> 1))}",
    }[family]()


def arrays_of(side, models, family, parameter):
    """The arrays of the model that side information names.

    models: a folder, in which it is looked for by its hash
    """
    require(len(side) >= HASH_BYTES, "no name of a model")
    wanted = bytes(side[:HASH_BYTES])
    data = find(wanted, models)
    if data is None:
        name, digits = name_of(family, parameter), wanted.hex()
        asked = f"there is none in {models}" if models else "no folder with models was given"
        raise MissingModelError(
            f"This .nbz file was made with the learned basis {name} and needs its model {name}.*.{digits}*.model, the file "
            f"whose SHA-256 begins with {digits}, and {asked}: take it from the folder models of the Neurobasis that made "
            'the file, and give its folder, models="models".'
        )
    end = data.index(b"\n")
    arrays, position = {}, end + 1
    for name, length in json.loads(data[:end])["arrays"]:
        arrays[name] = struct.unpack_from(f"<{length}f", data, position)
        position += 4 * length
    return arrays


def find(wanted, models):
    """The bytes of the model file whose SHA-256 begins with these bytes."""
    if models is None:
        return None
    for folder, _, names in os.walk(models):
        for name in sorted(names):
            if name.endswith(".model") and f".{wanted.hex()}" in name:
                with open(os.path.join(folder, name), "rb") as file:
                    data = file.read()
                if hashlib.sha256(data).digest()[:HASH_BYTES] == wanted:
                    return data
    return None
