"""Data sets of any classes: reading, fetching, changing and cutting them. What knows digits is in `cnn_core.digits`."""

from cnn_core.datasets.augmentation import AUGMENTATIONS, Augmentation, make_augmentation
from cnn_core.datasets.dataset import NOT_A_CLASS, Dataset, Subset, shuffled_batches, to_bytes, to_float
from cnn_core.datasets.idx import read_idx, write_idx
from cnn_core.datasets.npz import read_npz

__all__ = [
    "AUGMENTATIONS",
    "NOT_A_CLASS",
    "Augmentation",
    "Dataset",
    "Subset",
    "make_augmentation",
    "read_idx",
    "read_npz",
    "shuffled_batches",
    "to_bytes",
    "to_float",
    "write_idx",
]
