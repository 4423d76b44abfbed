"""`make trace`: one real request, and the tree of its trace as it comes back out of the backend."""

import time
from collections.abc import Iterable

from deploy.local.backends import backends_of, page_of_trace
from deploy.local.destinations import is_fed, names_of, read_destinations, samples
from deploy.local.errors import StackError
from deploy.local.order import send_order
from deploy.local.part import Part
from otelkit.traces import BackendError, Span, render_tree

SERVICE = "http-fastapi"
TRACE_SECONDS = 15.0


def show_trace(stack: Iterable[Part]) -> None:
    """Send one order, wait for its trace in the backend, print it. Raises StackError when either fails.

    Where all is sent elsewhere, it is not waited for.
    """
    parts = {part.name: part for part in stack}
    begun = time.monotonic()
    status, trace_id = send_order(parts[SERVICE])
    to = read_destinations(parts["collector"].environment) if "collector" in parts else ()
    if to and not is_fed(to):
        print(f"POST {parts[SERVICE].address}/orders -> {status}: trace {trace_id}, sent to {names_of(to)}")
        if samples(to):
            print("  (where it is only if it is among the traces that are kept: the overlay samples)")
        return
    try:
        spans = backends_of(parts).traces.wait_for_trace(trace_id, TRACE_SECONDS, until=_is_whole)
    except BackendError as error:
        raise StackError(f"{error}\n(make status, make logs SERVICE={SERVICE})") from error
    seconds = time.monotonic() - begun
    print(f"POST {parts[SERVICE].address}/orders -> {status}; read back after {seconds:.1f} s:\n")
    print("\n".join(f"    {line}" for line in render_tree(spans).splitlines()))
    print(f"\ntrace {trace_id}: {page_of_trace(parts, trace_id)}", flush=True)


def _is_whole(spans: list[Span]) -> bool:
    # The client's span comes from another process; within the service, children end before their parents.
    return {"CLIENT", "SERVER"} <= {span.kind for span in spans}
