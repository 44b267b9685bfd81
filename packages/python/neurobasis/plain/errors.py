"""Why a file cannot be read."""


class NeurobasisError(ValueError):
    """A file cannot be read, or samples cannot be written; the message says why."""


class DamagedFileError(NeurobasisError):
    """The bytes are damaged, truncated, or no .nbz file."""


class DamagedChunkError(DamagedFileError):
    """A chunk of a file of many channels is damaged; other stretches can be read."""


class UnsupportedFileError(NeurobasisError):
    """The file is whole, and was made with a basis or version that this package does not have."""


class MissingModelError(UnsupportedFileError):
    """The file was made with a learned basis, whose model is not where it was looked for."""


def require(condition, problem):
    """Refuses a file. @raises DamagedFileError"""
    if not condition:
        raise DamagedFileError(f"This .nbz file is damaged or truncated: {problem}. Fetch or encode it again.")
