"""Instrument, uninstrument and probe: what is patched comes back."""

from typing import Any

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import SlowConsumerError
from nats.js.api import ObjectInfo
from nats.js.client import JetStreamContext
from nats.js.kv import KeyValue
from nats.js.manager import JetStreamManager
from nats.js.object_store import ObjectStore
from nats.micro.request import Request
from opentelemetry.instrumentation.utils import suppress_instrumentation
from opentelemetry.sdk.trace import TracerProvider

from otelkit.instrumentation.nats import NatsInstrumentor, processing
from otelkit.probes.nats import emit_spans

from .conftest import Instrument, Pull, publish_paid
from .recorded import current, until

PATCHED = (
    Client,
    Subscription,
    Msg,
    JetStreamContext,
    JetStreamContext.PullSubscription,
    JetStreamManager,
    KeyValue,
    KeyValue.Entry,
    KeyValue.KeyWatcher,
    ObjectStore,
    ObjectStore.ObjectWatcher,
    ObjectInfo,
    Request,
    SlowConsumerError,
)


def members() -> list[dict[str, Any]]:
    return [dict(vars(kind)) for kind in PATCHED]


def test_uninstrumenting_leaves_the_library_as_it_was(instrument: Instrument) -> None:
    before = members()
    instrument()
    assert all(now != then for now, then in zip(members(), before, strict=True))
    NatsInstrumentor().uninstrument()
    assert members() == before


@pytest.mark.integration
async def test_subscription_outlives_uninstrumenting(
    instrument: Instrument, connection: Client, subject: str
) -> None:
    recorded = instrument()
    done: list[Msg] = []
    inside: list[int] = []

    async def work(message: Msg) -> None:
        done.append(message)
        inside.append(current())

    await connection.subscribe(subject, cb=work)
    await connection.publish(subject)
    await until(lambda: len(recorded.spans) == 2)
    NatsInstrumentor().uninstrument()
    await connection.publish(subject)
    await until(lambda: len(done) == 2)
    assert (len(recorded.names), done[1].headers, inside[1]) == (2, None, 0)


@pytest.mark.integration
async def test_subscription_is_seen_by_who_instruments_next(
    instrument: Instrument, connection: Client, subject: str
) -> None:
    first = instrument()

    async def work(_: Msg) -> None: ...

    await connection.subscribe(subject, cb=work)
    await connection.publish(subject)
    await until(lambda: len(first.spans) == 2)
    NatsInstrumentor().uninstrument()
    recorded = instrument()
    await connection.publish(subject)
    await until(lambda: len(recorded.spans) == 2)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"settle": "always"}, "settle='always': use one of event, span, none"),
        ({"template": ["orders.*"]}, "knows no 'template'"),
    ],
)
def test_wrong_setting_is_an_error_that_names_it(
    instrument: Instrument, setting: dict[str, Any], message: str
) -> None:
    before = members()
    with pytest.raises(ValueError, match=message):
        instrument(**setting)
    assert members() == before


def test_probe_emits_spans_and_leaves_what_is_instrumented(instrument: Instrument) -> None:
    recorded = instrument()
    before = members()
    assert emit_spans(TracerProvider(shutdown_on_exit=False)).startswith("nats-py 2.")
    assert members() == before
    assert recorded.names == []


@pytest.mark.integration
async def test_what_is_suppressed_has_no_spans_and_carries_no_context(
    instrument: Instrument, streams: JetStreamContext, pull: Pull, subject: str, connection: Client
) -> None:
    recorded = instrument()
    other = await connection.subscribe(f"{subject}.other")
    with suppress_instrumentation():
        for _ in range(2):
            await connection.publish(f"{subject}.other")
        await publish_paid(streams, subject)
        (first, *_) = messages = await pull.fetch(3, timeout=5)
        for message in messages:
            await message.ack()
        with processing(first):
            await other.next_msg(5)
        async for message in other.messages:
            assert message.headers is None
            break
    assert recorded.names == []
