"""The figures of a relay, for Prometheus."""

from __future__ import annotations

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 1.0)  # seconds


class RelayMetrics:
    """Counts what the relay does."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._notices = Counter(
            "kiosk_relay_notices",
            "Notices that came, by what became of them.",
            ["result"],
            registry=registry,
        )
        self._hints = Counter(
            "kiosk_relay_hints",
            "Hints, by what became of them: sent, expired or full.",
            ["result"],
            registry=registry,
        )
        self._answers = Histogram(
            "kiosk_relay_answer_seconds",
            "Time from the whole notice to its answer.",
            buckets=_BUCKETS,
            registry=registry,
        )
        self._connected = Gauge(
            "kiosk_relay_broker_connected", "1 while the broker is connected.", registry=registry
        )
        self._counters = Gauge(
            "kiosk_relay_counters", "Counters that the relay knows.", registry=registry
        )

    def notice(self, result: str, seconds: float | None = None) -> None:
        """Count a notice; ``seconds``: how long sorting it took."""
        self._notices.labels(result).inc()
        if seconds is not None:
            self._answers.observe(seconds)

    def hint(self, result: str) -> None:
        """Count a hint."""
        self._hints.labels(result).inc()

    def broker(self, *, connected: bool) -> None:
        """Note whether the broker is connected."""
        self._connected.set(connected)

    def knows(self, counters: int) -> None:
        """Note how many counters are known."""
        self._counters.set(counters)

    def text(self) -> bytes:
        """Return all figures in the format of Prometheus."""
        return generate_latest(self._registry)


def metrics_app(metrics: RelayMetrics) -> Starlette:
    """Return the application that shows the figures at /metrics."""

    async def show(_: Request) -> Response:
        return Response(metrics.text(), media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/metrics", show)])
