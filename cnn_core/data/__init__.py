"""Data sets: reading, fetching, making, changing and cutting them."""

from cnn_core.data.arrays_file import read_npz
from cnn_core.data.augmentation import AUGMENTATIONS, Augmentation, make_augmentation
from cnn_core.data.catalog import CATALOG, DATASETS, Parts, load_dataset, locate, user_cache
from cnn_core.data.dataset import Dataset, shuffled_batches, to_bytes, to_float
from cnn_core.data.idx import read_idx, write_idx
from cnn_core.data.synthetic import draw_digits, make_synthetic

__all__ = [
    "AUGMENTATIONS",
    "CATALOG",
    "DATASETS",
    "Augmentation",
    "Dataset",
    "Parts",
    "draw_digits",
    "load_dataset",
    "locate",
    "make_augmentation",
    "make_synthetic",
    "read_idx",
    "read_npz",
    "shuffled_batches",
    "to_bytes",
    "to_float",
    "user_cache",
    "write_idx",
]
