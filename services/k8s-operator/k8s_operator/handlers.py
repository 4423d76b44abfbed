"""Handlers: which events lead to a reconcile, and what kopf is to do when it fails.

A change of an app is kopf's to repeat: it keeps count in the app, over restarts. Events of children are not
repeated by kopf, so drift is corrected until it is corrected, within the child's own queue.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
import kopf

from k8s_operator.cache import Cache, kept_of
from k8s_operator.cleanup import Cleanup
from k8s_operator.failures import Backoff, pause_after
from k8s_operator.names import API_VERSION, KIND
from k8s_operator.reconciler import Reconciler, RefusedError
from k8s_operator.turns import Turns

Index = dict[tuple[str, str], dict[str, Any]]


@dataclass(frozen=True)
class Handlers:
    """Handlers of one operator."""

    reconciler: Reconciler
    cleanup: Cleanup
    turns: Turns
    backoff: Backoff

    @staticmethod
    def index(body: kopf.Body, namespace: str, name: str, **_: Any) -> Index:
        """Keep what a watch shows."""
        return {(namespace, name): kept_of(body)}

    async def change(self, body: kopf.Body, uid: str, retry: int, reason: str, **more: Any) -> None:
        """Answer a change of an app, or its first sight after a start."""
        try:
            async with self.turns.turn(uid):
                written = await self.reconciler.reconcile(body, Cache(more))
        except RefusedError as error:
            kopf.warn(body, reason=error.reason, message=str(error))
            raise kopf.PermanentError(str(error)) from None
        except Exception as error:
            raise self._again(error, retry) from error
        if written:
            kopf.info(body, reason="Reconciled", message=f"wrote {', '.join(written)} ({reason})")

    async def forget(self, uid: str, namespace: str, name: str, retry: int, **_: Any) -> None:
        """Take an app out of what is outside; its children go by their owner."""
        try:
            if self.cleanup.is_needed:
                await self.cleanup.forget(namespace, name)
        except (httpx2.TransportError, httpx2.HTTPStatusError) as error:
            raise kopf.TemporaryError(str(error), delay=self.backoff.seconds(retry)) from error
        self.reconciler.forget(uid)

    async def correct(self, body: kopf.Body, type: str | None, **more: Any) -> None:  # noqa: A002 - kopf's name
        """Answer an event of a child: is it still as its app asks?"""
        uid = _owner_of(body).get("uid")
        if not uid or (type is None and not self.reconciler.knows(uid)):
            return  # the first list: its apps come by themselves; a later one shows what no watch did
        if type == "DELETED":
            self.reconciler.child_is_gone(uid, body)
        failed = 0
        while True:
            try:
                await self._correct_once(body, Cache(more), is_gone=type == "DELETED")
            except RefusedError:
                return
            except Exception as error:
                pause = pause_after(error, failed, self.backoff)
                if pause is None:
                    raise
                failed += 1
                await asyncio.sleep(pause)
            else:
                return

    async def _correct_once(self, child: Mapping[str, Any], cache: Cache, *, is_gone: bool) -> None:
        owner = _owner_of(child)
        async with self.turns.turn(owner["uid"]):
            app = cache.app(child["metadata"]["namespace"], owner["name"])
            if app is not None and is_gone:  # with its app, whose own event may be late?
                app = await self.reconciler.read_again(app)
            if (
                app is None
                or app["metadata"]["uid"] != owner["uid"]
                or app["metadata"].get("deletionTimestamp")
            ):
                return
            if written := await self.reconciler.reconcile(app, cache):
                kopf.info(app, reason="DriftCorrected", message=f"wrote {', '.join(written)}")  # type: ignore[arg-type]  # it reads no more than we keep

    def _again(self, error: Exception, retry: int) -> Exception:
        pause = pause_after(error, retry, self.backoff)
        return error if pause is None else kopf.TemporaryError(str(error) or repr(error), delay=pause)


def _owner_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    owners = body["metadata"].get("ownerReferences") or ()
    found = (one for one in owners if one["kind"] == KIND and one["apiVersion"] == API_VERSION)
    return next(found, {})
