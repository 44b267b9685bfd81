"""Reads notebooks and writes each to a folder: python write-with-nbformat.py folder notebook …"""

import sys
from pathlib import Path

import nbformat

folder, *paths = sys.argv[1:]
for path in paths:
    notebook = nbformat.read(path, as_version=4)
    nbformat.write(notebook, Path(folder) / (Path(path).name + ".jupyter"))
