"""One file from the network: checked, resumable by trying again, and never in the way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pooch

from cnn_core.errors import DataUnavailableError, StoppedError

Progress = Callable[[str, int, int], None]
"""Called with (what, done, total); total is 0 while it is not known."""

CONNECT_AND_READ_TIMEOUT_S = 10
POLL_S = 0.1


class _Bar:
    """What pooch expects of a progress bar, in terms of a callable."""

    def __init__(self, what: str, report: Progress | None, stopped: Callable[[], bool]) -> None:
        self.total = 0
        self._what, self._report, self._stopped, self._done = what, report, stopped, 0

    def update(self, count: int) -> None:
        if self._stopped():
            raise InterruptedError("stopped")
        self._done += count
        if self._report:
            self._report(self._what, min(self._done, self.total or self._done), self.total)

    def reset(self) -> None:
        self._done = 0

    def close(self) -> None:
        """Nothing to put away."""


def fetch(
    urls: Sequence[str], sha256: str, target: Path, progress: Progress | None, stopped: Callable[[], bool]
) -> Path:
    """Make sure that ``target`` holds the file with this checksum, from the first of ``urls`` that gives it.

    The network is asked on a thread of its own, since a name server or a mirror can keep it waiting for long;
    ``stopped`` is looked at all the while. A file appears under its name only when its checksum is right.
    """
    outcome: list[str] = []
    gave_up, ended = threading.Event(), threading.Event()

    def work() -> None:
        try:
            outcome.append(_try_each(urls, sha256, target, progress, lambda: gave_up.is_set() or stopped()))
        finally:
            ended.set()

    threading.Thread(target=work, name="cnn-download", daemon=True).start()
    while not stopped() and not ended.wait(POLL_S):
        pass
    if stopped():
        gave_up.set()
        raise StoppedError(f"The download of {target.name} was stopped.")
    problem = outcome[0] if outcome else "the download ended without a result"
    if problem:
        raise DataUnavailableError(
            f"Expected to download {target.name}, received: {problem}. Check the network, or put the file into "
            f"{target.parent} by hand; synthetic digits need no download."
        )
    return target


def _try_each(
    urls: Sequence[str], sha256: str, target: Path, progress: Progress | None, stopped: Callable[[], bool]
) -> str:
    """Empty when the file is there, else what the last mirror said."""
    pooch.get_logger().setLevel("ERROR")  # a library does not print
    problem = "no mirror is known"
    for url in urls:
        bar = _Bar(f"downloading {target.name}", progress, stopped)
        downloader = pooch.HTTPDownloader(progressbar=bar, timeout=CONNECT_AND_READ_TIMEOUT_S)  # type: ignore[arg-type]
        try:
            pooch.retrieve(url, f"sha256:{sha256}", target.name, target.parent, downloader=downloader)  # type: ignore[arg-type]
        except Exception as error:  # the network fails in more ways than can be listed; the next mirror is tried
            problem = _brief(error)
        else:
            return ""
        if stopped():
            break
    return problem


def _brief(error: Exception) -> str:
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    if "NameResolution" in text or "ConnectionError" in type(error).__name__:
        return "no connection"
    return text if len(text) < 160 else f"{text[:157]}…"
