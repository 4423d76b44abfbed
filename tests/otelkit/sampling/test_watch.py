"""How the sampler hears of errors, under the SDK's provider and under otelkit's."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import Status, StatusCode, Tracer, set_span_in_context

from otelkit.sampling import AdaptiveSampler
from otelkit.sampling.watch import OPEN_REQUESTS, RequestWatch
from otelkit.spans import CheapTracerProvider

from .parents import HIGH, Clock, remote

ERROR = Status(StatusCode.ERROR)


def provider_of(kind: str, sampler: AdaptiveSampler) -> TracerProvider:
    if kind == "otelkit":
        return CheapTracerProvider(sampler, Resource({}))
    return TracerProvider(sampler, shutdown_on_exit=False)


@pytest.fixture(params=["otelkit", "sdk"])
def seen(request: pytest.FixtureRequest) -> tuple[Tracer, list[tuple[str, bool]]]:
    ended: list[tuple[str, bool]] = []
    provider = provider_of(request.param, AdaptiveSampler(1.0, 1000, Clock()))
    provider.add_span_processor(RequestWatch(lambda name, is_error: ended.append((name, is_error))))
    return provider.get_tracer("t"), ended


def test_request_is_known_by_the_name_it_began_with(seen: tuple[Tracer, list[tuple[str, bool]]]) -> None:
    tracer, ended = seen
    span = tracer.start_span("GET", Context())
    span.update_name("GET /orders/{order_id}")
    span.set_status(ERROR)
    span.end()

    assert ended == [("GET", True)]


def test_span_with_a_parent_in_this_process_is_no_request(
    seen: tuple[Tracer, list[tuple[str, bool]]],
) -> None:
    tracer, ended = seen
    request = tracer.start_span("process", remote(HIGH, sampled=True))
    child = tracer.start_span("SELECT", set_span_in_context(request, Context()))
    child.set_status(ERROR)
    child.end()
    request.end()

    assert ended == [("process", False)]


def test_requests_that_never_end_take_bounded_memory() -> None:
    watch = RequestWatch(lambda name, is_error: None)
    provider = TracerProvider(AdaptiveSampler(1.0, 1e9, Clock()), shutdown_on_exit=False)
    provider.add_span_processor(watch)
    tracer = provider.get_tracer("t")
    for _ in range(OPEN_REQUESTS + 5):
        tracer.start_span("work", Context())

    assert len(watch._names) == 5


@pytest.mark.parametrize("kind", ["otelkit", "sdk"])
def test_errors_of_real_spans_raise_the_rate(kind: str) -> None:
    sampler = AdaptiveSampler(0.01, 1e6, Clock())
    provider = provider_of(kind, sampler)
    sampler.attach(provider)
    sampler.attach(provider)
    tracer = provider.get_tracer("t")

    recorded = []
    for _ in range(4_000):
        span = tracer.start_span("POST /payments", Context())
        span.set_status(ERROR)
        span.end()
        recorded.append(span.is_recording() or span.get_span_context().trace_flags.sampled)

    # Of 1,000 at one in a hundred, none being seen has probability 4e-5; three are enough for the alarm.
    assert sum(recorded[-1_000:]) == 1_000


def test_sampler_of_the_global_provider_attaches_itself() -> None:
    program = """
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from otelkit.sampling import AdaptiveSampler
provider = TracerProvider(AdaptiveSampler())
trace.set_tracer_provider(provider)
for _ in range(3):
    trace.get_tracer("t").start_span("work").end()
print(*(type(one).__name__ for one in provider._active_span_processor._span_processors))
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout == "RequestWatch\n"


def test_threads_share_one_budget() -> None:
    clock = Clock()
    sampler = AdaptiveSampler(1.0, 200, clock)  # a bucket of 1,000 spans, which time does not fill
    provider = CheapTracerProvider(sampler, Resource({}))
    sampler.attach(provider)
    tracer = provider.get_tracer("t")

    def work(_: int) -> int:
        spans = [tracer.start_span("work", Context()) for _ in range(2_000)]
        for span in spans:
            span.end()
        return sum(span.get_span_context().trace_flags.sampled for span in spans)

    with ThreadPoolExecutor(8) as threads:
        kept = sum(threads.map(work, range(8)))

    # Beyond the bucket only one in 1,024 of 16,000: 16 by chance, deviation 4; each thread may be one ahead.
    assert 900 <= kept <= 1_000 + 16 + 5 * 4 + 8


def test_trace_module_stays_untouched() -> None:
    assert not isinstance(trace.get_tracer_provider(), TracerProvider)
