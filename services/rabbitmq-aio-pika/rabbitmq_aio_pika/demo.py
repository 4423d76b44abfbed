"""`make run SERVICE=rabbitmq-aio-pika`: each pattern once, in a trace of its own, then the service goes on.

It is the service itself, with short delays, so that the story from publish to dead letter and back takes a
second. The HTTP face stays, for requests of your own, until the process is told to end.
"""

import asyncio
import logging
import sys
import time
from collections.abc import Awaitable, Callable

import uvicorn
from fastapi import FastAPI
from opentelemetry import trace

from rabbitmq_aio_pika.broker.topology import SCANNED, SCANS
from rabbitmq_aio_pika.checking import check_start
from rabbitmq_aio_pika.messages import make_message
from rabbitmq_aio_pika.publisher import Letter
from rabbitmq_aio_pika.rpc_client import RejectedError
from rabbitmq_aio_pika.server import create_app
from rabbitmq_aio_pika.settings import Settings
from rabbitmq_aio_pika.shapes import QuoteRequest, Scan, ShipmentRequest
from rabbitmq_aio_pika.shop import Shop
from rabbitmq_aio_pika.startup import one_message, start_telemetry

_PATIENCE_SECONDS = 15.0
_log = logging.getLogger(__name__)
