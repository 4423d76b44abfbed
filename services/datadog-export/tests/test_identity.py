"""Who sends: unified service tags, host, process and container, on every signal, and found by detectors."""

from pathlib import Path
from typing import Any

import pytest

from datadog_export.container import container_id

ID = "d86d75589bf6cc254f3e2cc29debdf85dde404998aa128997a819ff991827356"
DOCKER = f"13:name=systemd:/docker/{ID}\n0::/system.slice/containerd.service\n"
KUBERNETES = (
    "11:memory:/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod2c48913c_b29f_11e7.slice/"
    f"cri-containerd-{ID}.scope\n"
)
MOUNTED = (
    f"983 961 0:56 /containers/overlay-containers/{ID}/userdata/hostname /etc/hostname rw - tmpfs tmpfs rw\n"
)
DOCKER_MOUNTED = (
    f"472 456 254:1 /docker/containers/{ID}/hostname /etc/hostname rw,relatime - ext4 /dev/vda1 rw\n"
)
SANDBOX = (
    f"2 1 8:1 /containerd/io.containerd.grpc.v1.cri/sandboxes/{ID}/hostname /etc/hostname rw - ext4 x rw\n"
)


@pytest.mark.parametrize(
    ("cgroup", "mountinfo", "found"),
    [
        (DOCKER, "", ID),
        (KUBERNETES, "", ID),
        ("0::/\n", DOCKER_MOUNTED, ID),
        ("0::/\n", MOUNTED, ID),
        ("0::/\n", SANDBOX, ""),
        ("0::/user.slice/user-0.slice/session-c2.scope\n", "22 27 0:21 / /proc rw - proc proc rw\n", ""),
        ("1:cpu:/machine/0123456789abcdef\n", "", ""),
    ],
    ids=[
        "docker",
        "kubernetes",
        "docker, cgroup 2",
        "podman, cgroup 2",
        "sandbox of a pod",
        "login",
        "too short",
    ],
)
def test_container_is_found_where_there_is_one(
    tmp_path: Path, cgroup: str, mountinfo: str, found: str
) -> None:
    (tmp_path / "cgroup").write_text(cgroup)
    (tmp_path / "mountinfo").write_text(mountinfo)

    assert container_id(tmp_path) == found


def test_system_without_these_files_has_no_container(tmp_path: Path) -> None:
    assert container_id(tmp_path) == ""


def test_every_signal_has_the_unified_service_tags_and_the_host(shop: Any) -> None:
    spans = shop.trace_of(shop.refund(110), 6)
    logs = shop.sink.wait_for_logs(lambda lines: any(line.body == "refund paid" for line in lines))
    points = shop.sink.wait_for_metrics(lambda points: any(point.name == "shop.refunds" for point in points))

    for sent in (spans[0], logs[-1], points[-1]):
        tags = {name: sent.resource.get(name) for name in ("service.name", "deployment.environment.name")}
        assert tags == {"service.name": "datadog-export", "deployment.environment.name": "test"}
        assert sent.resource["service.version"] == "0.1.0"
        assert {"host.name", "process.pid", "service.instance.id", "os.type"} <= set(sent.resource)


def test_log_line_has_the_ids_of_the_refunds_span(shop: Any) -> None:
    answer = shop.refund(120)
    (span,) = [span for span in shop.trace_of(answer, 6) if span.name == "refund payment"]

    def line_of(lines: list[Any]) -> list[Any]:
        return [line for line in lines if line.attributes.get("shop.refund.id") == answer.body["id"]]

    (line,) = line_of(shop.sink.wait_for_logs(lambda lines: bool(line_of(lines))))
    assert (line.trace_id, line.span_id) == (span.trace_id, span.span_id)
    assert (line.body, line.severity) == ("refund paid", "INFO")
