import pytest

from otelkit.errors import ConfigurationError
from otelkit.redaction import AllowList, redact_text
from tests.otelkit.redaction.pipeline import Pipeline, event_text


def test_variables_are_read_as_lists_of_names() -> None:
    allow = AllowList.from_environment(
        {
            "OTELKIT_ALLOW_QUERY_PARAMETERS": "page, limit,filter[name]",
            "OTELKIT_ALLOW_HEADERS": "Content-Type,x_tenant",
            "OTELKIT_ALLOW_EXCEPTIONS": "shop.OutOfStock,ValueError",
            "OTELKIT_ALLOW_BAGGAGE": "tenant.id,",
        }
    )
    assert allow.query_parameters == {"page", "limit", "filter[name]"}
    assert allow.headers == {"content-type", "x-tenant"}
    assert allow.exception_types == {"shop.OutOfStock", "ValueError"}
    assert allow.baggage_keys == {"tenant.id"}


def test_nothing_is_allowed_by_default() -> None:
    assert AllowList.from_environment({}) == AllowList()


@pytest.mark.parametrize("value", ["*", "a b", "page,to*", "a\tb", "page;limit", "a=b", "né e", '"page"'])
@pytest.mark.parametrize("kind", ["QUERY_PARAMETERS", "HEADERS", "EXCEPTIONS", "BAGGAGE"])
def test_what_cannot_be_a_name_is_an_error_with_a_remedy(kind: str, value: str) -> None:
    variable = f"OTELKIT_ALLOW_{kind}"
    with pytest.raises(ConfigurationError) as caught:
        AllowList.from_environment({variable: value})
    message = str(caught.value)
    assert variable in message
    assert repr(value) in message
    assert "separated by commas" in message


def test_allowed_parameter_passes_and_its_namesakes_do_not() -> None:
    allow = AllowList(query_parameters=frozenset({"page"}))
    text = redact_text("GET /orders?page=2&Page=3&pages=4&xpage=5 HTTP/1.1", allow)
    assert text == "GET /orders?page=2&Page=REDACTED&pages=REDACTED&xpage=REDACTED HTTP/1.1"


def test_allowed_header_passes_in_both_spellings() -> None:
    pipeline = Pipeline(AllowList(headers=frozenset({"Content-Type"})))
    names = [
        "http.request.header.content-type",
        "http.response.header.content_type",
        "http.request.header.type",
    ]
    pipeline.tracer.start_span("work", attributes=dict.fromkeys(names, ("text/html",))).end()
    html = ("text/html",)
    assert list((pipeline.spans[0].attributes or {}).values()) == [html, html, ("REDACTED",)]


def test_message_of_an_allowed_exception_passes() -> None:
    pipeline = Pipeline(AllowList(exception_types=frozenset({"ValueError"})))
    for error in (ValueError("out of stock"), KeyError("42")):
        with pytest.raises(type(error)), pipeline.tracer.start_as_current_span("work"):
            raise error
    allowed, other = pipeline.spans
    assert event_text(allowed, "exception.message") == "out of stock"
    assert allowed.status.description == "ValueError: out of stock"
    assert event_text(other, "exception.message") == "REDACTED"
    assert other.status.description == "KeyError: REDACTED"
