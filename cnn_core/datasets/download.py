"""One file from the network: checked, bounded in size and time, resumable by trying again, and never in the way."""

from __future__ import annotations

import hashlib
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pooch
import requests

from cnn_core.errors import DataUnavailableError, StoppedError
from cnn_core.files import brief, private_folder, reason, remove_leftovers, size_words

Progress = Callable[[str, int, int], None]
"""Called with (what, done, total); total is 0 while it is not known."""

CONNECT_AND_READ_TIMEOUT_S = 10
POLL_S = 0.1
SLOW_S, LEAST_BYTES = 30.0, 64 << 10
"""A mirror that gives less than this in this time is given up."""
SLACK_BYTES = 64 << 10
"""So much more than the catalogue says is taken before a mirror is given up."""
CHUNK_BYTES = 1 << 20


class _RefusedError(Exception):
    """A mirror that is given up, and why in a few words."""


class _Bar:
    """What pooch expects of a progress bar: here it also counts, and ends what has become too large."""

    def __init__(self, what: str, most: int, report: Progress | None, stopped: Callable[[], bool]) -> None:
        self.total, self.done = 0, 0
        self._what, self._most, self._report, self._stopped = what, most, report, stopped

    def update(self, count: int) -> None:
        if self._stopped():
            raise InterruptedError("stopped")
        self.done += count
        if max(self.done, self.total) > self._most:
            raise _RefusedError(f"more than the {size_words(self._most)} that it should have")
        if self._report:
            self._report(self._what, min(self.done, self.total or self.done), self.total)

    def reset(self) -> None:
        self.done = 0

    def close(self) -> None:
        """Nothing to put away."""


def fetch(
    urls: Sequence[str],
    sha256: str,
    size: int,
    target: Path,
    progress: Progress | None,
    stopped: Callable[[], bool],
) -> Path:
    """Make sure that ``target`` holds the file with this checksum, from the first of ``urls`` that gives it.

    The network is asked on a thread of its own, since a name server or a mirror can keep it waiting for long;
    ``stopped`` is looked at all the while. A mirror that gives more than about ``size`` bytes, or hardly any, is given
    up. A file appears under its name only when its checksum is right.
    """
    if is_whole(target, sha256):
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    remove_leftovers(target.parent)
    problem = "no mirror is known"
    for url in urls:
        problem = _try_one(url, sha256, size, target, progress, stopped)
        if not problem:
            return target
    raise DataUnavailableError(
        f"{target.name} could not be downloaded: {problem}. Check the network, or put the file into "
        f"{brief(target.parent)} by hand; synthetic digits need no download."
    )


def is_whole(path: Path, sha256: str) -> bool:
    """Whether there is a file with this checksum."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while part := file.read(CHUNK_BYTES):
                digest.update(part)
    except OSError:
        return False
    return digest.hexdigest() == sha256


def _try_one(
    url: str, sha256: str, size: int, target: Path, progress: Progress | None, stopped: Callable[[], bool]
) -> str:
    """Empty when the file is there, else what was wrong with this mirror, in a few words."""
    outcome: list[str] = []
    gave_up, ended = threading.Event(), threading.Event()
    most = size + size // 10 + SLACK_BYTES
    bar = _Bar(f"downloading {target.name}", most, progress, lambda: gave_up.is_set() or stopped())

    def work() -> None:
        try:
            outcome.append(_download(url, sha256, target, bar))
        finally:
            ended.set()

    threading.Thread(target=work, name="cnn-download", daemon=True).start()
    seen, since = 0, time.monotonic()
    while not stopped() and not ended.wait(POLL_S):
        if bar.done - seen >= LEAST_BYTES:
            seen, since = bar.done, time.monotonic()
        elif time.monotonic() - since > SLOW_S:
            gave_up.set()
            return "the mirror is too slow"
    if stopped():
        gave_up.set()
        raise StoppedError(f"The download of {target.name} was stopped.")
    return outcome[0] if outcome else "it ended without a result"


def _download(url: str, sha256: str, target: Path, bar: _Bar) -> str:
    pooch.get_logger().setLevel("ERROR")  # a library does not print
    downloader = pooch.HTTPDownloader(progressbar=bar, timeout=CONNECT_AND_READ_TIMEOUT_S)  # type: ignore[arg-type]
    try:
        folder = private_folder(target)  # a process that is killed meanwhile leaves it behind, and the next removes it
        try:
            found = pooch.retrieve(url, f"sha256:{sha256}", target.name, folder, downloader=downloader)  # type: ignore[arg-type]
            Path(found).replace(target)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except Exception as error:  # the network fails in more ways than can be listed; the next mirror is tried
        return _words(error)
    return ""


def _words(error: Exception) -> str:
    """What was wrong, for people."""
    if isinstance(error, _RefusedError):
        return str(error)
    if isinstance(error, requests.exceptions.Timeout):
        return "the mirror does not answer"
    if isinstance(error, requests.exceptions.HTTPError) and error.response is not None:
        return f"the mirror answers {error.response.status_code}"
    if isinstance(error, requests.exceptions.RequestException):
        return "no connection"
    if isinstance(error, ValueError):
        return "the mirror has another file of that name, or a damaged one"
    return reason(error)
