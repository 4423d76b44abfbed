"""Names for grpc's types of what a handler gets beside the request."""

from typing import Any, TypeAlias

import grpc

Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"
SyncContext: TypeAlias = grpc.ServicerContext
AnyContext: TypeAlias = "grpc.aio.ServicerContext[Any, Any] | grpc.ServicerContext"
