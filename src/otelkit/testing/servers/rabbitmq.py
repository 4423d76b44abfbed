"""RabbitMQ: RABBITMQ_URL or AMQP_URL, else the image, else rabbitmq-server, as any user and beside others.

Erlang would start a daemon of its own, epmd, that maps names of nodes to ports and outlives them. Told the
one port there is (`-erl_epmd_port`), neither the node nor rabbitmqctl asks it, so that nothing is left
behind. A test turns the memory alarm on with
`server.tool("rabbitmqctl", "set_vm_memory_high_watermark", "0.00001")` and off with "0.4".
"""

import re
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

from typing_extensions import override

from otelkit.testing.servers.probing import answer_until
from otelkit.testing.servers.recipe import Recipe

# AMQP 0-9-1: the protocol's header, then Connection.StartOk with no properties, PLAIN, guest:guest, en_US.
_START_OK = (
    struct.pack(">HHI", 10, 11, 0) + b"\5PLAIN" + struct.pack(">I", 12) + b"\0guest\0guest" + b"\5en_US"
)
_LOG_IN = b"AMQP\0\0\x09\1" + struct.pack(">BHI", 1, 0, len(_START_OK)) + _START_OK + b"\xce"
_TUNE = struct.pack(">HH", 10, 30)  # what it answers to those whom it has let in

_LOW = 12_768  # 20000 above it Linux begins with the ports of outgoing connections

# The packages put a script before each program that insists on a user and on folders of the system.
_WRAPPERS, _PROGRAMS = Path("/usr/sbin"), Path("/usr/lib/rabbitmq/bin")


# All that it would otherwise look for, or write, in folders of the system; most of them need not exist.
_FILES = {
    "CONF_ENV_FILE": "rabbitmq-env.conf",
    "CONFIG_FILE": "rabbitmq.conf",
    "CONFIG_FILES": "conf.d",
    "ADVANCED_CONFIG_FILE": "advanced.config",
    "ENABLED_PLUGINS_FILE": "enabled_plugins",
    "MNESIA_BASE": "data",
    "LOG_BASE": "log",
}


class RabbitMQ(Recipe):
    """Virtual host `/` of a server whose user `guest` has the password `guest`."""

    name = "rabbitmq"
    variables = ("RABBITMQ_URL", "AMQP_URL")
    image = "rabbitmq:4-management"
    port = 5672
    program = "rabbitmq-server"
    package = "rabbitmq-server"
    start_seconds = 60.0

    @override
    def url(self, host: str, port: int) -> str:
        return f"amqp://guest:guest@{host}:{port}/"

    @override
    def command(self, program: Path, folder: Path, port: int) -> Sequence[str]:
        return [str(self.tool(program, program.name))]

    @override
    def tool(self, program: Path, name: str) -> Path:
        folder = program.resolve().parent
        return (_PROGRAMS if folder == _WRAPPERS else folder) / name

    @override
    def environment(self, folder: Path, port: int) -> Mapping[str, str]:
        alone = f"-erl_epmd_port {self.more_ports(port)[0]}"
        node = f"-sname rabbit@localhost {alone} -kernel inet_dist_use_interface {{127,0,0,1}}"
        return {
            "RABBITMQ_NODENAME": "rabbit@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": node,
            "RABBITMQ_CTL_ERL_ARGS": f"{alone} -dist_listen false",
            "ERL_FLAGS": "-start_epmd false",
            "RUNNING_UNDER_SYSTEMD": "true",  # the script becomes the server, instead of waiting for it
            "RABBITMQ_LOGS": "-",
            "ERL_CRASH_DUMP": str(folder / "erl_crash.dump"),
            **{f"RABBITMQ_{name}": str(folder / file) for name, file in _FILES.items()},
        }

    @override
    def more_ports(self, port: int) -> Sequence[int]:
        # For rabbitmqctl: RabbitMQ's own default, or one that no outgoing connection takes either.
        return [port + 20_000 if port < _LOW else port - 10_000]

    @override
    def is_ready(self, host: str, port: int) -> bool:
        return _TUNE in answer_until(host, port, _LOG_IN, re.compile(re.escape(_TUNE)))


RECIPE = RabbitMQ()
