"""Whatever coroutine function the library takes for a callback is traced, and called as it is."""

import functools
from collections.abc import Awaitable, Callable

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.client import JetStreamContext

from .conftest import Instrument
from .recorded import current, id_of, until

pytestmark = pytest.mark.integration
Work = Callable[[Msg], Awaitable[None]]


class Worker:
    """Sees which span is current in its callbacks."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, int]] = []

    async def work(self, _: Msg) -> None:
        self.seen.append(("work", current()))

    async def work_at(self, place: str, _: Msg) -> None:
        self.seen.append((place, current()))

    def decorated(self) -> Work:
        work = self.work

        @functools.wraps(work)
        async def run(message: Msg) -> None:
            self.seen.append(("decorator", current()))
            await work(message)

        return run


KINDS: dict[str, tuple[Callable[[Worker], Work], list[str]]] = {
    "bound method": (lambda worker: worker.work, ["work"]),
    "partial": (lambda worker: functools.partial(worker.work_at, "here"), ["here"]),
    "decorated": (Worker.decorated, ["decorator", "work"]),
}


@pytest.mark.parametrize("kind", KINDS)
async def test_callback_of_any_kind_has_one_span_that_is_current_in_all_of_it(
    instrument: Instrument, connection: Client, subject: str, kind: str
) -> None:
    recorded, worker = instrument(), Worker()
    make, places = KINDS[kind]
    await connection.subscribe(subject, cb=make(worker))
    await connection.publish(subject)
    await until(lambda: len(recorded.spans) == 2)

    assert worker.seen == [(place, id_of(recorded.named("process"))) for place in places]


@pytest.mark.parametrize("kind", KINDS)
async def test_callback_of_any_kind_has_one_span_of_a_stream_too(
    instrument: Instrument, streams: JetStreamContext, stream: str, subject: str, kind: str
) -> None:
    recorded, worker = instrument(), Worker()
    make, places = KINDS[kind]
    await streams.subscribe(f"{subject}.>", stream=stream, cb=make(worker))
    await streams.publish(f"{subject}.paid")
    await until(lambda: len(recorded.spans) == 2)

    assert worker.seen == [(place, id_of(recorded.named("process"))) for place in places]
