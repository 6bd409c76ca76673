"""``/healthz`` for whoever watches the service, ``/metrics`` for Prometheus: numbers only."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.responses import PlainTextResponse, Response

from hub import health
from hub.context import Hub

LOOPBACK = ("127.0.0.1", "::1")


def router(hub: Hub) -> APIRouter:
    """Both answers."""
    routes = APIRouter()
    registry = CollectorRegistry(auto_describe=False)
    registry.register(HubMetrics(hub))

    @routes.get("/healthz")
    def healthz() -> Response:
        troubles = health.troubles(hub)
        # a mailbox elsewhere that does not answer is no reason to start this hub anew
        lines = [*(troubles or ["ok"]), *health.remarks(hub)]
        return PlainTextResponse("\n".join(lines) + "\n", 503 if troubles else 200)

    @routes.get("/metrics")
    def metrics(request: Request) -> Response:
        peer = request.client.host if request.client is not None else ""
        if peer not in (*LOOPBACK, *hub.config.web.metrics_from):
            raise HTTPException(403, "metrics are for the addresses in web.metrics_from")
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return routes


class HubMetrics(Collector):
    """Asks the database when Prometheus asks, so that numbers survive a restart and cost nothing between."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def collect(self) -> list[GaugeMetricFamily]:
        """Every gauge of ``hub.health``."""
        return [_family(gauge) for gauge in health.gauges(self._hub)]


def _family(gauge: health.Gauge) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"vanthu_{gauge.name}", gauge.meaning, labels=gauge.labels)
    for labels, value in gauge.values:
        family.add_metric(labels, value)
    return family
