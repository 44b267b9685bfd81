"""Numbers that the format takes from tables: learned widths and priors, and the taps of wavelets.

`constants.json` is written when the package is built, from the sources of Neurobasis.
"""

import json
import os

_path = os.path.join(os.path.dirname(__file__), "constants.json")
_known = None


def use(path):
    """Takes the constants from another file."""
    global _path, _known
    _path, _known = path, None


def constants():
    global _known
    if _known is None:
        with open(_path, encoding="utf8") as file:
            _known = json.load(file)
    return _known
