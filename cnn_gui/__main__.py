"""The command ``cnn-gui``, and ``python -m cnn_gui``."""

import os
import signal
import sys

BAD_USAGE, INTERRUPTED = 2, 130


def main() -> None:
    """Start the program; a system library that Qt misses becomes one line instead of a traceback."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))  # while Python imports there is nothing to lose
    try:
        from cnn_gui.command import main as start
    except ImportError as error:
        if ".so" not in str(error):
            raise
        missing = str(error).partition(":")[0]
        sys.stderr.write(
            f"cnn-gui: expected the system libraries that Qt needs, found no {missing}. "
            "Install it, on Debian and Ubuntu with: sudo apt install libegl1 libgl1 libxkbcommon0 libdbus-1-3\n"
        )
        sys.exit(BAD_USAGE)
    start()


if __name__ == "__main__":
    main()
