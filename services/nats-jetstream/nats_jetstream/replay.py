"""Dead letters, listed and sent again: `python -m nats_jetstream.replay [--all | SEQUENCE ...]`.

A replayed message goes where it was first published, in the trace that it had there. Its letter is removed
when the message was taken; if that fails in between, a second replay is known by its id.
"""

import asyncio
import sys
from collections.abc import Sequence

from nats.js import JetStreamContext
from nats.js.errors import NotFoundError as NoMessageError
from opentelemetry import trace
from opentelemetry.trace import Link

from nats_jetstream.connection import Connection
from nats_jetstream.errors import BrokerError, NotFoundError, translated
from nats_jetstream.letters import describe_letter, headers_of, headers_of_replay, subject_of
from nats_jetstream.settings import Settings
from nats_jetstream.shapes import DeadLetter
from nats_jetstream.startup import one_message, start_telemetry
from nats_jetstream.topology import DEAD, DEAD_LETTERS
from otelkit import ConfigurationError
from otelkit.instrumentation.messaging.carriers import extract


class DeadLetters:
    """The stream of dead letters. Methods raise BrokerError."""

    def __init__(self, jetstream: JetStreamContext) -> None:
        self._jetstream = jetstream
        self._tracer = trace.get_tracer(__name__)

    async def list(self, most: int, after: int = 0) -> list[DeadLetter]:
        """List the oldest ones behind a sequence."""
        found: list[DeadLetter] = []
        with translated("dead letters"):
            while len(found) < most:
                try:
                    letter = await self._jetstream.get_msg(
                        DEAD_LETTERS, after + 1, subject=f"{DEAD}.>", next=True
                    )
                except NoMessageError:
                    break
                found.append(describe_letter(letter))
                after = found[-1].sequence
        return found

    async def replay(self, sequence: int) -> str:
        """Send a dead letter's message again; the id of its trace. Raises NotFoundError."""
        with translated(f"dead letter {sequence}"):
            try:
                letter = await self._jetstream.get_msg(DEAD_LETTERS, sequence)
            except NoMessageError:
                raise NotFoundError(f"there is no dead letter {sequence}") from None
            asking = trace.get_current_span().get_span_context()
            links = [Link(asking)] if asking.is_valid else []
            with self._tracer.start_as_current_span(
                "replay message", extract(headers_of(letter)), links=links
            ) as span:
                span.set_attribute("shop.dead.sequence", sequence)
                await self._jetstream.publish(
                    subject_of(letter), letter.data or b"", headers=headers_of_replay(letter)
                )
            await self._jetstream.delete_msg(DEAD_LETTERS, sequence)
            return format(span.get_span_context().trace_id, "032x")


async def run(settings: Settings, arguments: Sequence[str]) -> None:
    """Do what the command line asks for. Raises ConfigurationError."""
    connection = Connection(settings)
    await connection.open("nats-jetstream replay")
    letters = DeadLetters(connection.jetstream)
    try:
        everything = await letters.list(10_000)
        chosen = [one.sequence for one in everything] if "--all" in arguments else _numbers(arguments)
        for letter in [] if chosen else everything:
            print(letter.model_dump_json())  # noqa: T201 - a command line's answer
        for sequence in chosen:
            print(f"{sequence}: trace {await letters.replay(sequence)}")  # noqa: T201 - a command line's answer
    except (BrokerError, NotFoundError) as error:
        raise ConfigurationError(str(error)) from error
    finally:
        await connection.close()


def _numbers(arguments: Sequence[str]) -> list[int]:
    wrong = [argument for argument in arguments if not argument.isdecimal()]
    if wrong:
        raise ConfigurationError(f"{wrong[0]!r} is no dead letter's sequence: give numbers, --all or nothing")
    return [int(argument) for argument in arguments]


def main(arguments: Sequence[str]) -> None:
    """List the dead letters, or replay those that the arguments name."""
    with one_message():
        settings = Settings()
        telemetry = start_telemetry()
        try:
            asyncio.run(run(settings, arguments))
        finally:
            telemetry.shutdown()


if __name__ == "__main__":
    main(sys.argv[1:])
