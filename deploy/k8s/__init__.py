"""The stack on Kubernetes: manifests (base, overlays), what proves them, and the cluster for trying them."""
