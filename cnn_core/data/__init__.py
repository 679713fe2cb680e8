"""Data sets: reading, fetching, making, changing and cutting them."""

from cnn_core.data.arrays_file import read_npz
from cnn_core.data.augmentation import AUGMENTATIONS, Augmentation, make_augmentation
from cnn_core.data.catalog import (
    CATALOG,
    DATASETS,
    Parts,
    about,
    load_dataset,
    locate,
    pen_digits,
    sample_images,
    title_of,
    user_cache,
)
from cnn_core.data.company import company_for
from cnn_core.data.dataset import Dataset, shuffled_batches, to_bytes, to_float
from cnn_core.data.idx import read_idx, write_idx
from cnn_core.data.mixed import by_writer
from cnn_core.data.non_digits import make_non_digits
from cnn_core.data.synthetic import draw_digits, make_synthetic
from cnn_core.data.unipen import PenDigit, read_unipen

__all__ = [
    "AUGMENTATIONS",
    "CATALOG",
    "DATASETS",
    "Augmentation",
    "Dataset",
    "Parts",
    "PenDigit",
    "about",
    "by_writer",
    "company_for",
    "draw_digits",
    "load_dataset",
    "locate",
    "make_augmentation",
    "make_non_digits",
    "make_synthetic",
    "pen_digits",
    "read_idx",
    "read_npz",
    "read_unipen",
    "sample_images",
    "shuffled_batches",
    "title_of",
    "to_bytes",
    "to_float",
    "user_cache",
    "write_idx",
]
