"""The decisions of collector/base.yaml hold in every Collector, and its disk and its memory suffice."""

from collections.abc import Iterator

import yaml

from collector.components import Config
from collector.merging import merge
from deploy.k8s.collector_configs import CollectorConfig, collector_configs
from deploy.k8s.collector_pipelines import pipelines
from deploy.k8s.manifests import Manifest, Manifests, containers_of, named, pod_of
from deploy.k8s.quantities import read_bytes

SLACK = 1.25  # bookkeeping of file_storage, and compaction
MEMORY_SHARE = 0.8  # what is left is for Go and for what the limiter sees too late
NOT_SENT = ("debug",)


def pipeline_decisions(manifests: Manifests) -> Iterator[str]:
    """Memory is limited first, nothing is batched in memory alone, and what leaves a node is redacted."""
    for config, merged in _all(manifests):
        for name, pipeline in pipelines(merged):
            processors = pipeline.get("processors") or []
            if "otlp" in pipeline.get("receivers", []) and processors[:1] != ["memory_limiter"]:
                yield f"{config.workload}: pipeline {name} does not begin with memory_limiter"
            if any(one.partition("/")[0] == "batch" for one in processors):
                yield f"{config.workload}: pipeline {name} batches in memory; batch inside of the exporter"
            redacts = any(one.partition("/")[0] == "redaction" for one in processors)
            if config.workload.startswith("DaemonSet/") and not redacts:
                yield f"{config.workload}: pipeline {name} lets secrets leave the node: no redaction"


def exporter_decisions(manifests: Manifests) -> Iterator[str]:
    """Whatever is sent waits on a disk, and is offered until it is taken."""
    for config, merged in _all(manifests):
        for name, exporter in (merged.get("exporters") or {}).items():
            if name.partition("/")[0] in NOT_SENT:
                continue
            if not (exporter.get("sending_queue") or {}).get("storage"):
                yield f"{config.workload}: exporter {name} has no queue on disk"
            if (exporter.get("retry_on_failure") or {}).get("max_elapsed_time") != "0s":
                yield f"{config.workload}: exporter {name} gives up: set max_elapsed_time to 0s"


def queues_fit(manifests: Manifests) -> Iterator[str]:
    """All queues of a Collector fit on its volume, full."""
    for config, merged in _all(manifests):
        most = int(config.environment["COLLECTOR_QUEUE_BYTES"]) * SLACK * len(list(_queues(merged)))
        volume = _volume_bytes(_workload(manifests, config))
        if most > volume:
            yield f"{config.workload}: its queues may take {most / 2**30:.1f} GiB of {volume / 2**30:.1f}"


def memory_fits(manifests: Manifests) -> Iterator[str]:
    """The memory limiter refuses before the kernel kills, and Go collects garbage before that."""
    for config, _ in _all(manifests):
        container = containers_of(_workload(manifests, config), init=False)[0]
        limit = read_bytes(container["resources"]["limits"]["memory"]) * MEMORY_SHARE
        if int(config.environment["COLLECTOR_MEMORY_LIMIT_MIB"]) * 2**20 > limit:
            yield f"{config.workload}: its memory_limiter is above {limit / 2**20:.0f} MiB, it will be killed"
        if read_bytes(config.environment["GOMEMLIMIT"].removesuffix("B")) > limit + 2**20:
            yield f"{config.workload}: its GOMEMLIMIT is above {limit / 2**20:.0f} MiB"


def _all(manifests: Manifests) -> Iterator[tuple[CollectorConfig, Config]]:
    for config in collector_configs(manifests):
        yield config, merge([yaml.safe_load(text) or {} for text in config.files.values()])


def _queues(config: Config) -> Iterator[tuple[str, str]]:
    """Give exporter and signal of each queue: an exporter has one for each kind of pipeline that it is in."""
    used = {
        (exporter, name.partition("/")[0])
        for name, pipeline in pipelines(config)
        for exporter in pipeline.get("exporters") or []
    }
    for exporter, signal in used:
        if ((config.get("exporters") or {}).get(exporter) or {}).get("sending_queue", {}).get("storage"):
            yield exporter, signal


def _workload(manifests: Manifests, config: CollectorConfig) -> Manifest:
    return next(one for one in manifests.workloads() if named(one) == config.workload)


def _volume_bytes(workload: Manifest) -> int:
    for claim in workload["spec"].get("volumeClaimTemplates", []):
        if claim["metadata"]["name"] == "queue":
            return read_bytes(claim["spec"]["resources"]["requests"]["storage"])
    queue = next(one for one in pod_of(workload)["volumes"] if one["name"] == "queue")
    return read_bytes(queue["emptyDir"]["sizeLimit"])
