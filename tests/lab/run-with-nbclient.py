"""Runs a notebook through the Jupyter protocol and prints it: python run-with-nbclient.py notebook [--allow-errors]"""

import sys

import nbclient
import nbformat

path, *flags = sys.argv[1:]
notebook = nbformat.read(path, as_version=4)
client = nbclient.NotebookClient(
    notebook,
    kernel_name="neurobasis",
    timeout=60,
    coalesce_streams=True,
    record_timing=False,
    allow_errors="--allow-errors" in flags,
)
try:
    client.execute()
except nbclient.exceptions.CellExecutionError as error:
    print(f"{error.ename}: {error.evalue}", file=sys.stderr)
    print(error.traceback, file=sys.stderr)
    sys.exit(3)
nbformat.write(notebook, sys.stdout)
