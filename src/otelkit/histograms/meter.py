"""The meter: histograms are ours, all other instruments the SDK's.

The SDK's meter defines our histograms, too, and so checks names and units and warns about definitions
that contradict each other. What it returns is one object for one instrument, which here never records,
so that the SDK exports nothing of it; only boundaries that do not rise leave it to fail as it does.
"""

from collections.abc import Sequence
from threading import Lock

from opentelemetry.metrics import Histogram
from opentelemetry.sdk.metrics import Histogram as SdkHistogram
from opentelemetry.sdk.metrics import Meter as SdkMeter

from otelkit.histograms.bounds import bounds_of
from otelkit.histograms.delegating_meter import DelegatingMeter
from otelkit.histograms.exemplar_filter import ExemplarFilterName
from otelkit.histograms.histogram import DirectHistogram


class DirectMeter(DelegatingMeter):
    """Creates the histograms of one scope, each once."""

    def __init__(self, sdk: SdkMeter, exemplars: ExemplarFilterName) -> None:
        super().__init__(sdk)
        self._exemplars = exemplars
        self._lock = Lock()
        self._made: dict[Histogram, DirectHistogram] = {}

    @property
    def histograms(self) -> list[DirectHistogram]:
        """Those that were created until now."""
        return list(self._made.values())

    def create_histogram(
        self,
        name: str,
        unit: str = "",
        description: str = "",
        *,
        explicit_bucket_boundaries_advisory: Sequence[float] | None = None,
    ) -> Histogram:
        """Create the histogram, or find it when it was created before; raises what the SDK raises."""
        with self._lock:
            definition = super().create_histogram(
                name,
                unit,
                description,
                explicit_bucket_boundaries_advisory=explicit_bucket_boundaries_advisory,
            )
            if definition not in self._made:
                bounds = bounds_of(explicit_bucket_boundaries_advisory)
                if bounds is None or not isinstance(definition, SdkHistogram):
                    return definition
                self._made[definition] = DirectHistogram(definition, bounds, self._exemplars)
            return self._made[definition]

    def begin_anew_in_child(self) -> None:
        """Give a forked child locks that nobody holds."""
        self._lock = Lock()
        for histogram in self.histograms:
            histogram.begin_anew_in_child()
