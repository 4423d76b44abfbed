"""The command-line client: `stock reserve|watch|adjust|negotiate|health`, with progress for long ones.

A program that lives for a second has to export before it ends, so telemetry is shut down in a `finally`. An
error is one line with the status, its reason and the trace's id, and exit code 1.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import Annotated

import grpc
import typer
from grpc_health.v1 import health_pb2, health_pb2_grpc
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from grpc_four_modes.client import Client, open_client
from grpc_four_modes.generated.stock_pb2 import Adjustment
from grpc_four_modes.haggling import Buyer
from grpc_four_modes.modes import adjust, negotiate, reserve, watch
from grpc_four_modes.problems import explain
from grpc_four_modes.service_config import STOCK
from grpc_four_modes.settings import ClientSettings
from grpc_four_modes.startup import one_message, start_telemetry
from otelkit import Telemetry

HELP = "Drives each mode of the stock service; whom it asks is said by GRPC_FOUR_MODES_TARGET."

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=HELP)
out, errors = Console(highlight=False), Console(stderr=True, highlight=False)

Item = Annotated[str, typer.Argument(help="Name of the item.")]
Quantity = Annotated[int, typer.Argument(min=1, help="How many.")]


def main() -> None:
    """Run one command."""
    app()


@app.command("reserve")
def reserve_item(item: Item, quantity: Quantity) -> None:
    """Reserve an item (unary)."""

    async def run(client: Client) -> None:
        answer = await reserve.call(client, item, quantity)
        out.print(f"reserved {quantity} {item} as {answer.reservation_id}, {answer.left} left", markup=False)

    _run(run)


@app.command("watch")
def watch_item(item: Item, most: Annotated[int, typer.Option(min=0, help="Levels; 0: no end.")] = 0) -> None:
    """Show the level of an item and each change of it (server-streaming); Ctrl-C leaves."""

    async def run(client: Client) -> None:
        with out.status("watching"):
            async with aclosing(watch.call(client, item, most)) as levels:
                async for level in levels:
                    out.print(f"{item}: {level.quantity}", markup=False)

    _run(run)


@app.command("adjust")
def adjust_item(
    item: Item,
    change: Annotated[int, typer.Option(help="Of each adjustment.")] = 1,
    count: Annotated[int, typer.Option(min=1, help="Adjustments to send in one stream.")] = 1,
) -> None:
    """Adjust the stock of an item many times in one call (client-streaming)."""

    async def adjustments() -> AsyncIterator[Adjustment]:
        for _ in range(count):
            yield Adjustment(item=item, change=change)

    async def run(client: Client) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=errors) as progress:
            task = progress.add_task("adjusting", total=count)
            result = await adjust.call(client, adjustments(), lambda: progress.advance(task))
        out.print(f"{result.adjusted} adjusted, {result.refused_count} refused")
        for refused in result.refused[:5]:
            out.print(f"  number {refused.position}: {refused.reason}", markup=False)

    _run(run)


@app.command("negotiate")
def negotiate_price(
    item: Item, quantity: Quantity, limit: Annotated[int, typer.Option(min=2, help="Cents for all of them.")]
) -> None:
    """Haggle over a price (bidirectional)."""

    async def run(client: Client) -> None:
        async with aclosing(negotiate.call(client, Buyer(item, quantity, limit))) as rounds:
            async for offer, answer in rounds:
                said = "agreed" if answer.agreed else f"{answer.price_cents} asked"
                out.print(f"{offer.price_cents} offered, {said}")

    _run(run)


@app.command("health")
def check_health(service: Annotated[str, typer.Argument(help="Full name; empty: all.")] = STOCK) -> None:
    """Ask whether a service is serving; exit code 1 when it is not."""

    async def run(client: Client) -> None:
        request = health_pb2.HealthCheckRequest(service=service)
        answer = await health_pb2_grpc.HealthStub(client.channel).Check(
            request, timeout=2, wait_for_ready=False
        )
        out.print(health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status))
        if answer.status != health_pb2.HealthCheckResponse.SERVING:
            raise typer.Exit(1)

    _run(run, traced=False)  # asked every few seconds


def _run(command: Callable[[Client], Awaitable[None]], *, traced: bool = True) -> None:
    with one_message():
        settings = ClientSettings()
        telemetry = start_telemetry("grpc-four-modes-client") if traced else Telemetry(None)
    try:
        asyncio.run(_call(command, settings))
    except grpc.aio.AioRpcError as error:
        errors.print(explain(error), markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    finally:
        telemetry.shutdown()


async def _call(command: Callable[[Client], Awaitable[None]], settings: ClientSettings) -> None:
    async with open_client(settings) as client:
        await command(client)
