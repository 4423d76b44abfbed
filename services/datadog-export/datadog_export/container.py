"""Which container this process runs in: `container.id`, from which Datadog finds the container's own tags.

A detector of OpenTelemetry's SDK (https://opentelemetry.io/docs/specs/semconv/resource/container/). It takes
an id of 64 digits from a runtime's path, or none: contrib's detector also takes `c2` from a login session's
path, and under containerd the id of the pod's sandbox. On Kubernetes with cgroups of version 2 no file
tells the id; there the Collector knows it by the pod.
"""

import re
from pathlib import Path

from opentelemetry.sdk.resources import Resource, ResourceDetector
from opentelemetry.semconv._incubating.attributes.container_attributes import CONTAINER_ID

_PROC = Path("/proc/self")
# The last part of a cgroup's path (version 1): <id>, docker-<id>.scope, cri-containerd-<id>.scope, ...
_CGROUP = re.compile(r"^\d+:[^:]*:.*/(?:[a-z-]+[-:])?([0-9a-f]{64})(?:\.scope)?$", re.MULTILINE)
# Files that Docker and Podman mount from the container's own folder.
_MOUNT = re.compile(r"/(?:overlay-)?containers/([0-9a-f]{64})/(?:hostname|resolv\.conf|userdata/)")


class ContainerDetector(ResourceDetector):
    """Reads two files of /proc; where there are none, it detects nothing."""

    def detect(self) -> Resource:
        """Give `container.id`, or an empty resource outside of containers."""
        found = container_id(_PROC)
        return Resource({CONTAINER_ID: found} if found else {})


def container_id(proc: Path) -> str:
    """Give the id that `cgroup` or `mountinfo` in this folder tells, or an empty string."""
    for name, pattern in (("cgroup", _CGROUP), ("mountinfo", _MOUNT)):
        try:
            text = (proc / name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if found := pattern.search(text):
            return found[1]
    return ""
