"""Which cluster: KUBECONFIG or ~/.kube/config, else the Pod's own; one answer for all clients."""

import os
from pathlib import Path

import kopf
from kubernetes.aio import config
from kubernetes.aio.client import Configuration


class NoClusterError(Exception):
    """There is no cluster to work in; the message says how to name one."""


async def find_cluster() -> Configuration:
    """Give the address and credentials. Raises NoClusterError."""
    configuration = Configuration()
    file = _kubeconfig()
    try:
        if file:
            await config.load_kube_config(file, client_configuration=configuration)  # type: ignore[no-untyped-call]  # upstream's
        else:
            config.load_incluster_config(client_configuration=configuration)  # type: ignore[no-untyped-call]  # upstream's
    except (config.ConfigException, OSError) as error:
        given = os.environ.get("KUBECONFIG", "not set")
        raise NoClusterError(f"no cluster: {error}; give KUBECONFIG (now {given}) or run in a Pod") from None
    return configuration


async def log_in() -> kopf.ConnectionInfo:
    """Give kopf what the official client found: also tokens that a program makes. Raises NoClusterError."""
    found = await find_cluster()
    token = await found.get_api_key_with_prefix("BearerToken")
    scheme, _, key = (token or "").rpartition(" ")
    return kopf.ConnectionInfo(
        server=found.host,
        ca_path=found.ssl_ca_cert,
        insecure=not found.verify_ssl,
        certificate_path=found.cert_file,
        private_key_path=found.key_file,
        scheme=scheme or None,
        token=key or None,
    )


def _kubeconfig() -> str:
    default = Path("~/.kube/config").expanduser()
    return os.environ.get("KUBECONFIG", "") or (str(default) if default.exists() else "")
