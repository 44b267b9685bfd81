"""A second decoder of the whole format, written from docs/format.md with nothing but the standard library.

It is plain and slow on purpose. The package falls back to it for what its WebAssembly module does not have, and the tests of the
project compare it with the library. Sections in comments are those of docs/format.md.
"""
