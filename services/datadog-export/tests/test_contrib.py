"""Why contrib's container detector is not used: each of these turns red when upstream mends it."""

import io
from typing import Any

import pytest
from opentelemetry.resource.detector import containerid

ID = "d86d75589bf6cc254f3e2cc29debdf85dde404998aa128997a819ff991827356"


def detected(monkeypatch: pytest.MonkeyPatch, cgroup: str, mountinfo: str) -> dict[str, Any]:
    files = {containerid._DEFAULT_CGROUP_V1_PATH: cgroup, containerid._DEFAULT_CGROUP_V2_PATH: mountinfo}
    monkeypatch.setattr(containerid, "open", lambda path, **_: io.StringIO(files[path]), raising=False)
    return dict(containerid.ContainerResourceDetector().detect().attributes)


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="contrib: any hexadecimal digits are an id")
def test_login_session_is_no_container(monkeypatch: pytest.MonkeyPatch) -> None:
    assert detected(monkeypatch, "0::/user.slice/user-0.slice/session-c2.scope\n", "") == {}


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="contrib: the sandbox's id, as js-contrib#1408")
def test_sandbox_of_a_pod_is_no_container(monkeypatch: pytest.MonkeyPatch) -> None:
    mounted = f"2 1 8:1 /containerd/sandboxes/{ID}/hostname /etc/hostname rw - ext4 x rw\n"

    assert detected(monkeypatch, "0::/\n", mounted) == {}
