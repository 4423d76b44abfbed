"""The one thread that writes: requests that wait together are committed together.

A request is accepted only once it is committed, so nothing that was accepted is
lost when this process ends, and no queue of accepted requests can grow.
"""

import logging
import queue
import sqlite3
import threading
from concurrent.futures import Future
from pathlib import Path

from otelkit.signals import ExportRequest
from otelkit.viewer.database import open_for_writing
from otelkit.viewer.retention import forget_oldest
from otelkit.viewer.store import Store

_MOST_TOGETHER = 32
_log = logging.getLogger(__name__)
Job = tuple[ExportRequest, "Future[int]"]


class Writer:
    """Owns the writing connection; `write` may be called from any thread."""

    def __init__(self, path: Path, limit_bytes: int) -> None:
        self.path = path
        self._connection = open_for_writing(path)
        self._store = Store(self._connection)
        self._limit_bytes = limit_bytes
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def write(self, request: ExportRequest) -> "Future[int]":
        """Queue one request; the future holds how many spans were rejected, once all is committed.

        It raises sqlite3.Error when the database could not take it (disk full, locked).
        """
        future: Future[int] = Future()
        self._jobs.put((request, future))
        return future

    def close(self, timeout_seconds: float) -> None:
        """Write what is queued, then close the file; idempotent."""
        if self._thread.is_alive():
            self._jobs.put(None)
            self._thread.join(timeout_seconds)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            jobs, ended = self._with_those_that_wait(job)
            self._commit(jobs)
            self._forget()
            if ended:
                break
        try:
            self._store.close()
        except sqlite3.Error as error:
            _log.warning("the last block could not be sealed, searching it takes longer: %s", error)
        self._connection.close()

    def _with_those_that_wait(self, first: Job) -> tuple[list[Job], bool]:
        jobs = [first]
        while len(jobs) < _MOST_TOGETHER and not self._jobs.empty():
            job = self._jobs.get()
            if job is None:
                return jobs, True
            jobs.append(job)
        return jobs, False

    def _commit(self, jobs: list[Job]) -> None:
        self._commit_live([job for job in jobs if job[1].set_running_or_notify_cancel()])

    def _commit_live(self, jobs: list[Job]) -> None:
        try:
            results = self._write_all([request for request, _ in jobs])
        except Exception as error:  # noqa: BLE001 - every sender that waits gets its answer
            self._store.roll_back()
            self._answer_failure(jobs, error)
        else:
            for (_, future), rejected in zip(jobs, results, strict=True):
                future.set_result(rejected)

    def _answer_failure(self, jobs: list[Job], error: Exception) -> None:
        disk_or_lock = isinstance(error, sqlite3.OperationalError)
        if disk_or_lock or len(jobs) == 1:
            for _, future in jobs:
                future.set_exception(error)
            return
        for job in jobs:  # the fault of one request is not answered to the others
            self._commit_live([job])

    def _write_all(self, requests: list[ExportRequest]) -> list[int]:
        self._store.begin()
        results = [self._store.add(request) for request in requests]
        self._store.commit()
        return results

    def _forget(self) -> None:
        try:
            forget_oldest(self._connection, self._limit_bytes)
        except sqlite3.Error as error:
            _log.warning("old traces could not be deleted: %s", error)
