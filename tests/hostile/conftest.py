"""What every hostile file must meet: one plain sentence, soon, in little memory, and nothing else."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable

import pytest

from cnn_core.errors import CnnError

MOST_SECONDS, MOST_MEMORY, MOST_LETTERS = 1.0, 500 << 20, 300


@pytest.fixture
def refused() -> Callable[..., str]:
    """Call a reader and return the one sentence with which it refuses."""

    def call(read: Callable[..., object], *arguments: object) -> str:
        tracemalloc.start()
        started = time.thread_time()
        try:
            with pytest.raises(CnnError) as caught:
                read(*arguments)
            seconds, (_, peak) = time.thread_time() - started, tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        said = str(caught.value)
        assert len(said) <= MOST_LETTERS, said
        assert "\n" not in said
        assert "Error" not in said, "no word of Python's"
        assert seconds < MOST_SECONDS
        assert peak < MOST_MEMORY
        return said

    return call
