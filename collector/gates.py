"""Between the pipelines that all backends share and what one of them has for itself.

`forward` alone would not do. The Collector fans out synchronously and hands the sum of the errors back: once
the queue of one backend is full, the receiver refuses, the sender offers the same batch again, the other
backends get it twice, and what is new waits behind it. The batch processor answers before the queue does.
With `timeout: 0s` it makes no batches: it hands over one request after the other, and what the queue then
refuses is counted and lost for that backend alone. Its price is in docs/send-to/two-at-once.md.
"""

from collector.components import Config
from collector.naming import distinct
from collector.overlays import OverlayError

HANDOVER, HANDOVER_DEFINITION = "batch/handover", {"timeout": "0s"}


def connector_to(overlay: str) -> str:
    """Name the connector by which an overlay gets what the shared pipelines have."""
    return f"forward/to-{overlay}"


def extend_pipeline(composed: Config, overlay: str, pipeline: str, parts: Config) -> None:
    """Add what an overlay makes of a pipeline of the base. Raises OverlayError."""
    pipelines = composed["service"]["pipelines"]
    shared = pipelines[pipeline]
    first = len(shared["processors"])
    if parts["processors"][:first] != shared["processors"]:
        raise OverlayError(
            f"to-{overlay}.yaml: pipeline {pipeline} cannot be composed: its processors have to begin "
            f"with {', '.join(shared['processors'])}, as those of base.yaml do"
        )
    if set(shared["receivers"]) <= set(parts["receivers"]):
        composed["connectors"][connector_to(overlay)] = {}
        composed["processors"][HANDOVER] = dict(HANDOVER_DEFINITION)
        shared["exporters"].append(connector_to(overlay))
        pipelines[f"{pipeline}/to-{overlay}"] = {
            "receivers": [connector_to(overlay)],
            "processors": [HANDOVER, *parts["processors"][first:]],
            "exporters": parts["exporters"],
        }
    own = [one for one in parts["receivers"] if one not in shared["receivers"]]
    if own:  # what the overlay makes itself, such as span metrics, takes the whole way as it does alone
        pipelines[f"{pipeline}/made-by-{overlay}"] = {**parts, "receivers": own}


def add_pipeline(composed: Config, base: Config, overlay: str, name: str, parts: Config) -> None:
    """Add a pipeline that only the overlay has. Raises OverlayError."""
    pipelines = composed["service"]["pipelines"]
    if past := [one for one in parts["receivers"] if one in base["receivers"]]:
        raise OverlayError(
            f"to-{overlay}.yaml: pipeline {name} cannot be composed: it takes {past[0]} itself, past the "
            "pipelines of base.yaml; feed it by a connector"
        )
    pipelines[distinct(name, overlay) if name in pipelines else name] = {
        part: names for part, names in parts.items() if names
    }
