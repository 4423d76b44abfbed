"""Names that the operator shares with the cluster: its resource, its labels, who it is as a writer."""

GROUP, VERSION, PLURAL, KIND = "shop.example.com", "v1", "myapps", "MyApp"
API_VERSION = f"{GROUP}/{VERSION}"
OPERATOR = "k8s-operator"  # field manager of what is applied, reporter of events
FINALIZER = f"{GROUP}/cleanup"
MANAGED_BY, INSTANCE, PART = (f"app.kubernetes.io/{name}" for name in ("managed-by", "instance", "name"))
APPLIED_DIGEST = f"{GROUP}/applied-digest"  # of children: what is no longer asked for is seen by it
CONFIG_DIGEST = f"{GROUP}/config-digest"  # of pods: a changed configuration makes new ones
NUDGE = f"{GROUP}/nudge"  # of an app that waited for an answer: says when it was given another event
OURS = f"{MANAGED_BY}={OPERATOR}"
