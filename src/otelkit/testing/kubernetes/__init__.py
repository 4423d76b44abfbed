"""A Kubernetes API for tests: an emulated one, or a real cluster when KUBECONFIG names one.

The emulator stands on kmock's `KubernetesEmulator` (server, discovery, parsing) and adds what an operator can
tell apart from a real API: uid, generation and resourceVersion, server-side apply, subresources, watches that
go on where they stopped, schemas of custom resources with CEL rules, RBAC, deployments that become ready and
dependents that are collected. `FaultyApi` stands between an operator and either of both and breaks things.

What it leaves out: lists merge by `name`, `type` or `uid` and are atomic otherwise; strategic merge patches
are merge patches; there are no pods. Needs `otelkit[kubernetes-emulator]`.
"""
