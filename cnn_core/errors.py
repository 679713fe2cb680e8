"""Everything that the library raises on purpose.

Each message is one sentence a user can act on: what was expected, what was received, what to do.
"""


class CnnError(Exception):
    """Base of every error that is the caller's or the input's fault, not a bug."""


class ConfigError(CnnError, ValueError):
    """A setting that makes no sense: a negative rate, an unknown preset, an unknown layer kind."""


class ShapeError(CnnError, ValueError):
    """Arrays or layers whose shapes do not fit together."""


class DataError(CnnError):
    """A data set that is missing, damaged or not what its header says."""


class DataUnavailableError(DataError):
    """A data set that is neither on this machine nor to be had from the network."""


class ModelFileError(CnnError):
    """A model file that cannot be read, or that does not hold what it promises."""


class ImageError(CnnError):
    """A picture that cannot be read or in which there is nothing to read."""


class StoppedError(CnnError):
    """Work that somebody asked to stop, given up before its end."""


class TrainingError(CnnError):
    """A run that cannot go on, for example because the loss is no longer a finite number."""
