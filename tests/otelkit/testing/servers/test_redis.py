"""A real Redis through the fixtures: killed, restarted and frozen as tests of services need it."""

from collections.abc import Iterator

import pytest
import redis

from otelkit.testing.servers.probing import accepts
from otelkit.testing.servers.server import Server, ServerError

pytestmark = pytest.mark.integration


@pytest.fixture
def client(own_redis_server: Server) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(own_redis_server.url, socket_timeout=0.5, retry=None) as client:
        yield client


def test_shared_server_answers(redis_server: Server) -> None:
    with redis.Redis.from_url(redis_server.url) as client:
        assert client.ping() is True


def test_what_was_written_survives_kill_9_and_restart(own_redis_server: Server, client: redis.Redis) -> None:
    client.set("order", "tea")

    own_redis_server.kill()
    with pytest.raises(redis.ConnectionError):
        client.get("order")
    own_redis_server.restart()

    assert client.get("order") == b"tea"


def test_frozen_server_is_silent_until_it_thaws(own_redis_server: Server, client: redis.Redis) -> None:
    client.set("order", "tea")

    own_redis_server.freeze()
    with pytest.raises(redis.TimeoutError):
        client.get("order")
    own_redis_server.thaw()

    assert client.get("order") == b"tea"


def test_server_of_ones_own_is_not_the_shared_one(redis_server: Server, own_redis_server: Server) -> None:
    assert redis_server.url != own_redis_server.url


def test_killed_server_says_what_to_do_before_it_is_frozen(own_redis_server: Server) -> None:
    own_redis_server.kill()

    with pytest.raises(ServerError, match="restart it first"):
        own_redis_server.freeze()


def test_nothing_is_left_of_a_stopped_server(own_redis_server: Server) -> None:
    assert accepts(own_redis_server.host, own_redis_server.port)

    own_redis_server.stop()

    assert not accepts(own_redis_server.host, own_redis_server.port)
