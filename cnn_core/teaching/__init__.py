"""What a person teaches: drawings with their labels are kept, and a network learns them without forgetting."""

from cnn_core.teaching.as_dataset import book_as_dataset
from cnn_core.teaching.drawing_book import NONE, BookEntry, DrawingBook, TaughtDrawing
from cnn_core.teaching.fine_tune import NEW_CLASSES, Taught, TeachingConfig, Tried, teach, try_drawings
from cnn_core.teaching.from_canvas import drawing_from
from cnn_core.teaching.learn import Learnt, classes_for, learn, lessons_for
from cnn_core.teaching.new_classes import with_classes
from cnn_core.teaching.replay import relabelled_for, replay_for

__all__ = [
    "NEW_CLASSES",
    "NONE",
    "BookEntry",
    "DrawingBook",
    "Learnt",
    "Taught",
    "TaughtDrawing",
    "TeachingConfig",
    "Tried",
    "book_as_dataset",
    "classes_for",
    "drawing_from",
    "learn",
    "lessons_for",
    "relabelled_for",
    "replay_for",
    "teach",
    "try_drawings",
    "with_classes",
]
