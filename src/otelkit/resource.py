"""The resource: who sends the telemetry.

Detectors for process, host, operating system and service instance are on; the instance id
is fresh in every process, forked ones included. The environment wins over arguments, so
that a deployment can rename what the code names
(https://opentelemetry.io/docs/specs/semconv/resource/).
"""

import os
from collections.abc import Mapping

from opentelemetry.sdk.environment_variables import OTEL_EXPERIMENTAL_RESOURCE_DETECTORS
from opentelemetry.sdk.resources import Resource
from opentelemetry.semconv.attributes.service_attributes import SERVICE_NAME, SERVICE_VERSION

from otelkit.environment import pairs, read
from otelkit.errors import ConfigurationError

DETECTORS = "process,host,os"  # the SDK adds service_instance before them and otel, the environment, after


def build_resource(service_name: str | None, service_version: str | None) -> Resource:
    """Detect the resource; `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` beat the arguments.

    Raises:
        ConfigurationError: neither an argument nor the environment names the service.
    """
    environ = os.environ
    environ.setdefault(OTEL_EXPERIMENTAL_RESOURCE_DETECTORS, DETECTORS)
    given: dict[str, str] = read(environ, "OTEL_RESOURCE_ATTRIBUTES", pairs, {})
    if not (environ.get("OTEL_SERVICE_NAME") or given.get(SERVICE_NAME) or service_name):
        raise ConfigurationError("the service has no name: set OTEL_SERVICE_NAME or pass service_name")
    return Resource.create(_arguments(environ, given, service_name, service_version))


def _arguments(
    environ: Mapping[str, str],
    given: Mapping[str, str],
    service_name: str | None,
    service_version: str | None,
) -> dict[str, str]:
    attributes = {}
    if service_name and not environ.get("OTEL_SERVICE_NAME") and SERVICE_NAME not in given:
        attributes[SERVICE_NAME] = service_name
    if service_version and SERVICE_VERSION not in given:
        attributes[SERVICE_VERSION] = service_version
    return attributes
