"""One server span, whoever else instruments the application; and none when ours is taken off again."""

from collections.abc import Iterator
from typing import Any

import fastapi
import pytest
from fastapi import FastAPI
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.trace import SpanKind

from otelkit.instrumentation.asgi import AsgiInstrumentor, instrument_app, uninstrument_app
from tests.otelkit.instrumentation.asgi.conftest import Recorded, serve

OURS = "otelkit.instrumentation.asgi"


def root() -> dict[str, str]:
    return {}


def build(kind: type[FastAPI] = FastAPI, **options: Any) -> FastAPI:
    app = kind(**options)
    app.add_api_route("/", root)
    return app


def scopes(recorded: Recorded) -> list[str]:
    spans = [span for span in recorded.spans() if span.kind is SpanKind.SERVER]
    return [span.instrumentation_scope.name for span in spans if span.instrumentation_scope]


@pytest.fixture
def zero_code(recorded: Recorded) -> Iterator[AsgiInstrumentor]:
    instrumentor = AsgiInstrumentor()
    instrumentor.instrument(**recorded.providers)
    yield instrumentor
    if instrumentor.is_instrumented_by_opentelemetry:
        instrumentor.uninstrument()


async def test_native_telemetry_of_fastapi_stands_down(recorded: Recorded) -> None:
    app = build(telemetry=recorded.providers)
    instrument_app(app, **recorded.providers)

    await serve(app)

    assert scopes(recorded) == [OURS]
    assert len(recorded.spans()) == 1


async def test_uninstrumented_application_is_as_before(recorded: Recorded) -> None:
    app = build(telemetry={**recorded.providers, "operation_spans": False})
    instrument_app(app, **recorded.providers)
    await serve(app)
    uninstrument_app(app)
    uninstrument_app(app)
    await serve(app)

    assert scopes(recorded) == [OURS, "fastapi"]


async def test_application_that_serves_already_is_instrumented_too(recorded: Recorded) -> None:
    app = build(telemetry={"tracing": False, "metrics": False, "logs": False})
    await serve(app)
    instrument_app(app, **recorded.providers)
    await serve(app)

    assert scopes(recorded) == [OURS]


async def test_second_instrumentation_changes_nothing(
    recorded: Recorded, caplog: pytest.LogCaptureFixture
) -> None:
    app = build()
    instrument_app(app, **recorded.providers)
    instrument_app(app, **recorded.providers)
    await serve(app)

    assert scopes(recorded) == [OURS]
    assert "instrumented already" in caplog.text


async def test_contribs_instrumentation_of_an_application_is_left_alone(recorded: Recorded) -> None:
    app = build()
    FastAPIInstrumentor.instrument_app(app, **recorded.providers)
    instrument_app(app, **recorded.providers)
    await serve(app)
    FastAPIInstrumentor.uninstrument_app(app)

    assert scopes(recorded) == ["opentelemetry.instrumentation.fastapi"]


async def test_mounted_application_adds_no_second_span(
    recorded: Recorded, zero_code: AsgiInstrumentor
) -> None:
    outer = FastAPI()
    outer.mount("/shop", build())

    await serve(outer, "/shop/")

    assert scopes(recorded) == [OURS]
    assert recorded.span().name == "GET /shop/"


async def test_every_application_is_instrumented_without_code(
    recorded: Recorded, zero_code: AsgiInstrumentor
) -> None:
    await serve(build())
    assert scopes(recorded) == [OURS]

    zero_code.uninstrument()
    await serve(build())
    assert scopes(recorded) == [OURS]


async def test_beside_contribs_without_code_ours_stands_down(
    recorded: Recorded, zero_code: AsgiInstrumentor
) -> None:
    FastAPIInstrumentor().instrument(**recorded.providers)
    try:
        await serve(build(fastapi.FastAPI))
    finally:
        FastAPIInstrumentor().uninstrument()

    assert scopes(recorded) == ["opentelemetry.instrumentation.fastapi"]


def test_application_of_another_kind_is_an_error_with_the_remedy() -> None:
    with pytest.raises(TypeError, match=r"wrap it, as in TelemetryMiddleware\(app\)"):
        instrument_app(object())
