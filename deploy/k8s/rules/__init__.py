"""Our own rules for manifests: each gives what it finds, one line a finding."""

from collections.abc import Callable, Iterable

from deploy.k8s.manifests import Manifests
from deploy.k8s.rules import (
    collectors,
    containers,
    coverage,
    hardening,
    monitoring,
    reachability,
    references,
    selectors,
)

Rule = Callable[[Manifests], Iterable[str]]

RULES: tuple[Rule, ...] = (
    containers.limits,
    containers.probes,
    containers.pinned_images,
    hardening.not_root,
    hardening.read_only_root,
    hardening.no_privileges,
    hardening.seccomp,
    hardening.own_node_only,
    hardening.quiet_environment,
    references.config_maps_and_secrets,
    references.service_accounts,
    references.volumes,
    references.targets,
    selectors.own_pods,
    selectors.services,
    selectors.disruption_budgets,
    selectors.network_policies,
    selectors.probe_ports,
    coverage.disruption,
    coverage.spread,
    coverage.scaling,
    coverage.network,
    coverage.one_namespace,
    coverage.no_plain_secret,
    collectors.pipeline_decisions,
    collectors.exporter_decisions,
    collectors.queues_fit,
    collectors.memory_fits,
    monitoring.scraped,
    monitoring.alerts,
    reachability.addresses,
    reachability.holes,
    reachability.unneeded,
)
