"""The command ``cnn-core``, and ``python -m cnn_core``."""

import os
import signal

INTERRUPTED = 130


def main() -> None:
    """Run the command line; Ctrl+C while Python still imports it ends without a word of Python's."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))  # nothing has begun, nothing can be lost
    from cnn_core.cli import main as run

    signal.signal(signal.SIGINT, signal.default_int_handler)
    run()


if __name__ == "__main__":
    main()
