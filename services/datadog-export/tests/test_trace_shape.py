"""The traces that the README shows, and the attributes that Datadog makes types and resources of."""

from typing import Any

from otelkit.testing import trace_tree
from otelkit.testing.expected import ReadmeTraces

WHOLE = 6


def test_refund_is_one_trace_through_database_and_bank(shop: Any, readme_trace: ReadmeTraces) -> None:
    answer = shop.refund(1_200)

    assert answer.status == 201
    assert trace_tree(shop.trace_of(answer, WHOLE)) == readme_trace("refund")


def test_refund_that_the_bank_does_not_pay_is_an_error_up_to_the_entry_span(
    shop: Any, readme_trace: ReadmeTraces
) -> None:
    answer = shop.refund(1_503)

    assert answer.status == 503
    assert trace_tree(shop.trace_of(answer, WHOLE)) == readme_trace("bank-down")


def test_kinds_and_attributes_say_the_type_and_resource_of_each_span(shop: Any) -> None:
    spans = {
        span.name: span for span in shop.trace_of(shop.refund(1_300), WHOLE) if span.name != "POST /payouts"
    }

    server, statement = spans["POST /refunds"], spans["INSERT refunds"]
    assert (server.kind, server.attributes["http.route"]) == ("SERVER", "/refunds")
    assert (server.attributes["http.request.method"], server.attributes["http.response.status_code"]) == (
        "POST",
        201,
    )
    assert (statement.kind, statement.attributes["db.system.name"]) == ("CLIENT", "sqlite")
    assert statement.attributes["db.query.text"].startswith("INSERT INTO refunds")


def test_call_of_the_bank_is_a_client_span_of_a_template(shop: Any) -> None:
    (call,) = [
        span
        for span in shop.trace_of(shop.refund(1_400), WHOLE)
        if (span.name, span.kind) == ("POST /payouts", "CLIENT")
    ]

    assert call.attributes["url.template"] == "/payouts"
    assert call.attributes["server.address"] == "127.0.0.1"
