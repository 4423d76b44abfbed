"""A meter that leaves every instrument to the SDK's meter, for a subclass to take some back."""

from collections.abc import Sequence

from opentelemetry.metrics import (
    CallbackT,
    Counter,
    Histogram,
    Meter,
    ObservableCounter,
    ObservableGauge,
    ObservableUpDownCounter,
    UpDownCounter,
    _Gauge,
)
from opentelemetry.sdk.metrics import Meter as SdkMeter


class DelegatingMeter(Meter):
    """Creates what the SDK's meter of the same scope creates."""

    def __init__(self, sdk: SdkMeter) -> None:
        super().__init__(sdk.name, sdk.version, sdk.schema_url)
        self._sdk = sdk

    def create_counter(self, name: str, unit: str = "", description: str = "") -> Counter:
        """The SDK's."""
        return self._sdk.create_counter(name, unit, description)

    def create_up_down_counter(self, name: str, unit: str = "", description: str = "") -> UpDownCounter:
        """The SDK's."""
        return self._sdk.create_up_down_counter(name, unit, description)

    def create_gauge(self, name: str, unit: str = "", description: str = "") -> _Gauge:
        """The SDK's."""
        return self._sdk.create_gauge(name, unit, description)

    def create_histogram(
        self,
        name: str,
        unit: str = "",
        description: str = "",
        *,
        explicit_bucket_boundaries_advisory: Sequence[float] | None = None,
    ) -> Histogram:
        """The SDK's."""
        return self._sdk.create_histogram(
            name, unit, description, explicit_bucket_boundaries_advisory=explicit_bucket_boundaries_advisory
        )

    def create_observable_counter(
        self, name: str, callbacks: Sequence[CallbackT] | None = None, unit: str = "", description: str = ""
    ) -> ObservableCounter:
        """The SDK's."""
        return self._sdk.create_observable_counter(name, callbacks, unit, description)

    def create_observable_up_down_counter(
        self, name: str, callbacks: Sequence[CallbackT] | None = None, unit: str = "", description: str = ""
    ) -> ObservableUpDownCounter:
        """The SDK's."""
        return self._sdk.create_observable_up_down_counter(name, callbacks, unit, description)

    def create_observable_gauge(
        self, name: str, callbacks: Sequence[CallbackT] | None = None, unit: str = "", description: str = ""
    ) -> ObservableGauge:
        """The SDK's."""
        return self._sdk.create_observable_gauge(name, callbacks, unit, description)
