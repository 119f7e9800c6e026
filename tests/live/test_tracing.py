"""Spans reach a collector, belong to the caller's trace, and hold nothing of persons."""

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from activities.access import READ, WRITE
from config.tracing import traced
from config.wsgi import application
from tests.api_client import token
from tests.live.serving import serving
from tests.receivers import Received, http_server
from tests.shapes import activity

TRACE = "0af7651916cd43dd8448eb211c80319c"
TARGET = "target-of-ruta"


def spans_of(posts: Received, requests: int) -> tuple[list[Span], str]:
    """Those of the trace until so many requests are among them, and all that was sent with them."""
    spans: list[Span] = []
    sent = ""
    while sum(span.kind == Span.SPAN_KIND_SERVER for span in spans) < requests:
        path, body = posts.next()
        assert path == "/v1/traces"
        asked = ExportTraceServiceRequest.FromString(body)
        sent += str(asked)
        found = [span for one in asked.resource_spans for scope in one.scope_spans for span in scope.spans]
        spans += [span for span in found if span.trace_id.hex() == TRACE]
    return spans, sent


@pytest.mark.django_db(transaction=True)
def test_request_and_its_statements_are_spans_of_the_callers_trace_without_ids() -> None:
    headers = {"Authorization": f"Bearer {token(WRITE, READ)}", "traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
    body = activity(targetId=TARGET, author={"fullName": "Ruta Haile"})
    with http_server() as posts:
        collector = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{posts.port}", "OTEL_BSP_SCHEDULE_DELAY": "100"}
        with serving(workers=1, **collector) as server:
            made = httpx.post(f"{server.url}/api/v1/activities", json=body, headers=headers)
            assert made.status_code == 201
            id = made.json()["id"]
            httpx.get(f"{server.url}/api/v1/activities/{id}", headers=headers)
            httpx.get(f"{server.url}/history/{TARGET}?author=Ruta", headers=headers)
            spans, sent = spans_of(posts, 3)
    requests = {span.name: span for span in spans if span.kind == Span.SPAN_KIND_SERVER}
    assert set(requests) == {
        *("POST /api/v1/activities", "GET /api/v1/activities/<id>", "GET /history/<path:target_id>"),
    }
    post = requests["POST /api/v1/activities"]
    assert post.parent_span_id.hex() == "b7ad6b7169203331"
    told = {one.key: one.value for one in post.attributes}
    assert told["http.response.status_code"].int_value == 201
    statements = {span.name for span in spans if span.parent_span_id == post.span_id}
    assert {"author_ids", "record_activity"} <= statements
    assert '"activity-history"' in sent
    for word in (TARGET, "Ruta", id):
        assert word not in sent


def test_without_its_variables_nothing_of_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    assert traced(application) is application
