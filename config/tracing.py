"""Spans by OpenTelemetry, where its own variables OTEL_* ask for them: docs/health.md. Else nothing of it is loaded.

A span has the method, the route without ids and the status; those of the database the name of the statement. What
instrumentations of OpenTelemetry would add, the address and the SQL, is left out, and they would not see the short way.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from django.contrib.admindocs.views import simplify_regex
from django.core.exceptions import ImproperlyConfigured
from django.urls import Resolver404, resolve

from activities import statements
from activities.api import noted
from config import env

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


def traced(application: Application) -> Application:
    """The application itself unless spans are asked for."""
    exporter = env.text("OTEL_TRACES_EXPORTER", "otlp" if _has_address() else "none")
    if exporter == "none" or env.text("OTEL_SDK_DISABLED").lower() == "true":
        return application
    if exporter not in ("otlp", "console"):
        raise ImproperlyConfigured(f"OTEL_TRACES_EXPORTER: {exporter!r} must be otlp, console or none.")
    try:
        return _traced(application, exporter)
    except ModuleNotFoundError as error:
        raise ImproperlyConfigured(
            f"OTEL_* asks for traces, and {error.name} is not installed: pip install -r requirements-otel.txt."
        ) from None


def _has_address() -> bool:
    return bool(env.text("OTEL_EXPORTER_OTLP_ENDPOINT") or env.text("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"))


def _tracer(exporter: str) -> Any:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter

    named = Resource({"service.name": "activity-history"}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=named)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter() if exporter == "otlp" else ConsoleSpanExporter()))
    return provider.get_tracer("activity-history")


def _traced(application: Application, exporter: str) -> Application:
    from opentelemetry import trace
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    tracer, propagator = _tracer(exporter), TraceContextTextMapPropagator()

    def tell(run: statements.Run, within: Any) -> None:
        attributes: dict[str, str | int] = {"db.system.name": "postgresql", "db.query.summary": run.name}
        attributes["db.response.returned_rows"] = run.rows
        began, ended = int((run.ended - run.ms / 1000) * 1e9), int(run.ended * 1e9)
        options: dict[str, Any] = {"kind": trace.SpanKind.CLIENT, "attributes": attributes, "context": within}
        tracer.start_span(run.name, start_time=began, **options).end(ended)

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        carried = {name: environ.get(f"HTTP_{name.upper()}", "") for name in ("traceparent", "tracestate")}
        method = environ["REQUEST_METHOD"] if environ["REQUEST_METHOD"] in _METHODS else "_OTHER"
        route = _route(environ["PATH_INFO"])
        span = tracer.start_span(
            f"{method} {route}" if route else method,
            context=propagator.extract(carried),
            kind=trace.SpanKind.SERVER,
            attributes={"http.request.method": method, **({"http.route": route} if route else {})},
        )

        def start(status: str, *rest: Any) -> Any:
            span.set_attribute("http.response.status_code", int(status[:3]))
            if status.startswith("5"):
                span.set_status(trace.StatusCode.ERROR)
            return start_response(status, *rest)

        try:
            return application(environ, start)
        finally:
            for run in environ.get(noted.RUNS, ()):
                tell(run, trace.set_span_in_context(span))
            span.end()

    return answer


@lru_cache(2_000)
def _route(path: str) -> str:
    """The address with names in place of ids; empty for one that there is not."""
    try:
        return simplify_regex(resolve(path).route).rstrip("/") or "/"
    except Resolver404:
        return ""
