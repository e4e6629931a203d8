"""Every metric SCARCITY exports, in one table.

Labels have few values: components, topics and reason codes, never streams or variables.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """The metrics of one process, on a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.handled = self._counter(
            "scarcity_events_handled", "Events handled, by component and topic", "topic"
        )
        self.published = self._counter(
            "scarcity_events_published", "Events published, by component and topic", "topic"
        )
        self.dead_letters = self._counter(
            "scarcity_dead_letters", "Events refused for ever, by reason", "reason"
        )
        self.records_refused = self._counter(
            "scarcity_records_refused", "Records refused at the HTTP door, by reason", "reason"
        )
        self.credentials_refused = self._counter(
            "scarcity_credentials_refused", "Credentials that let nobody in, by reason", "reason"
        )
        self.federation_refused = self._counter(
            "scarcity_federation_refused", "Statements of peers refused, by reason", "reason"
        )
        self.handle_seconds = Histogram(
            "scarcity_handle_seconds",
            "Time to handle one batch of events",
            ("component",),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.lag = Gauge(
            "scarcity_consumer_lag",
            "Events that wait in the partitions that this instance owns",
            ("component",),
            registry=self.registry,
        )
        self.paused_partitions = Gauge(
            "scarcity_paused_partitions",
            "Partitions held back until slow readers of what they lead to have caught up",
            ("component",),
            registry=self.registry,
        )
        self.scale_hint = Gauge(
            "scarcity_scale_hint",
            "Instances that the work of a component needs, of those that this drg governs",
            ("component",),
            registry=self.registry,
        )

    def exposition(self) -> bytes:
        """Return the metrics as Prometheus reads them."""
        return generate_latest(self.registry)

    def _counter(self, name: str, meaning: str, label: str) -> Counter:
        return Counter(name, meaning, ("component", label), registry=self.registry)
