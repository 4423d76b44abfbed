"""What the clients ask and how they read the answers, in the forms that the APIs document."""

from typing import TYPE_CHECKING

import pytest

from otelkit.backends import BackendError, LokiClient, NotSeenError, PrometheusClient, find_backends

if TYPE_CHECKING:
    from tests.otelkit.backends.conftest import Playing

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
SPAN_ID = "b7ad6b7169203331"


def test_vector_is_samples(playing: "Playing") -> None:
    playing.give({"resultType": "vector", "result": [{"metric": {"job": "shop"}, "value": [12.5, "3"]}]})

    [sample] = PrometheusClient(playing.address + "/prometheus").query("up", 12.5)

    assert (sample.labels, sample.time_seconds, sample.value) == ({"job": "shop"}, 12.5, 3.0)
    path, parameters, _ = playing.asked[0]
    assert path == "/prometheus/api/v1/query"
    assert parameters == {"query": ["up"], "time": ["12.5"]}


def test_scalar_is_one_sample_without_labels(playing: "Playing") -> None:
    playing.give({"resultType": "scalar", "result": [1, "+Inf"]})

    [sample] = PrometheusClient(playing.address).query("vector(1) / 0")

    assert (sample.labels, sample.value) == ({}, float("inf"))


def test_exemplar_leads_to_a_span(playing: "Playing") -> None:
    labels = {"trace_id": TRACE_ID, "span_id": SPAN_ID}
    exemplar = {"labels": labels, "value": "0.25", "timestamp": 7.5}
    playing.give([{"seriesLabels": {"le": "0.5"}, "exemplars": [exemplar]}])

    [found] = PrometheusClient(playing.address).exemplars("duration_seconds_bucket")

    assert (found.trace_id, found.span_id, found.value) == (TRACE_ID, SPAN_ID, 0.25)
    assert found.series == {"le": "0.5"}


def test_log_lines_of_all_streams_come_in_the_order_of_time(playing: "Playing") -> None:
    def stream(service: str, *times: str) -> dict[str, object]:
        return {"stream": {"service_name": service}, "values": [[at, f"at {at}"] for at in times]}

    playing.give({"resultType": "streams", "result": [stream("a", "3", "1"), stream("b", "2")]})

    lines = LokiClient(playing.address).of_trace(TRACE_ID)

    assert [(line.service_name, line.body) for line in lines] == [("a", "at 1"), ("b", "at 2"), ("a", "at 3")]
    assert playing.asked[0][1]["query"] == [f'{{service_name=~".+"}} | trace_id="{TRACE_ID}"']


def test_text_that_is_searched_for_is_quoted(playing: "Playing") -> None:
    playing.give({"resultType": "streams", "result": []})

    assert LokiClient(playing.address).find("shop", 'a "quoted" \\ text') == []

    assert playing.asked[0][1]["query"] == ['{service_name="shop"} |= "a \\"quoted\\" \\\\ text"']


@pytest.mark.parametrize("status", [400, 404, 500])
def test_error_names_address_status_and_body(playing: "Playing", status: int) -> None:
    playing.status, playing.body = status, b"parse error at char 3"

    with pytest.raises(BackendError, match=f"{playing.address}.* answered {status}.*parse error at char 3"):
        PrometheusClient(playing.address).query("up(")


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"status": "error", "data": {}}', b"[" * 100_000])
def test_answer_that_is_no_envelope_is_an_error(playing: "Playing", body: bytes) -> None:
    playing.body = body

    with pytest.raises(BackendError, match="unreadable"):
        LokiClient(playing.address).lines("{}")


def test_what_does_not_come_is_an_error_with_what_came(playing: "Playing") -> None:
    playing.give({"resultType": "vector", "result": []})

    with pytest.raises(NotSeenError, match=r"up at http.* is not as expected after 0.2 s.*\n\[\]"):
        PrometheusClient(playing.address).wait_for_samples("up", 0.2)


def test_headers_of_one_backend_win_over_those_of_all(playing: "Playing") -> None:
    playing.give({"resultType": "vector", "result": []})
    environ = {
        "MIMIR_URL": playing.address,
        "BACKEND_HEADERS": "x-scope-orgid=shop",
        "MIMIR_HEADERS": "authorization=Basic%20c2hvcA==",
    }

    find_backends(environ).metrics.query("up")

    headers = {name.lower(): value for name, value in playing.asked[0][2].items()}
    assert headers["authorization"] == "Basic c2hvcA=="
    assert "x-scope-orgid" not in headers


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"BACKEND": "datadog"}, "BACKEND='datadog' is unknown"),
        ({"BACKEND": "lgtm", "LOKI_HEADERS": "secret"}, "^LOKI_HEADERS: pair 1 is not name=value"),
        ({"TEMPO_URL": "https://user:secret@tempo.example"}, "^a backend address with a password"),
    ],
)
def test_wrong_settings_are_named_and_no_secret_is_shown(environ: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        find_backends(environ)

    assert "secret" not in str(caught.value)
