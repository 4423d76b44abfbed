"""Declaring the topology, and saying in one line what is in its way.

It takes a channel that is kept: robust channels declare again when the connection comes back, so that a
broker that lost everything is furnished anew.
"""

from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import ChannelClosed

from rabbitmq_aio_pika.broker.errors import LOST, TopologyError, UnavailableError, reason_of
from rabbitmq_aio_pika.broker.topology import PARCELS, SHIPMENTS, plan_exchanges, plan_queues
from rabbitmq_aio_pika.settings import Settings

_REMEDY = "set what it was declared with, or empty it and delete it"


async def declare_topology(channel: AbstractChannel, settings: Settings) -> None:
    """Declare all exchanges, queues and bindings.

    Raises:
        TopologyError: something exists with other arguments; the text names it and the argument.
        UnavailableError: the broker went away meanwhile.
    """
    what = "the topology"
    try:
        for name, kind in plan_exchanges(settings).items():
            what = f"exchange {name}"
            exchange = await channel.declare_exchange(name, kind, durable=True)
            if name == PARCELS:
                await exchange.bind(SHIPMENTS, "shipment.requested.#")
        for plan in plan_queues(settings):
            what = f"queue {plan.name}"
            queue = await channel.declare_queue(plan.name, durable=True, arguments=plan.arguments)
            for binding in plan.bindings:
                await queue.bind(binding.source, binding.key, arguments=binding.arguments)
    except ChannelClosed as error:
        raise TopologyError(f"{what} cannot be declared: {error} ({_REMEDY})") from error
    except LOST as error:
        raise UnavailableError(f"{what} is not declared: {reason_of(error)}") from error
