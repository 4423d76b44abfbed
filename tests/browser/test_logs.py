"""Log lines are searched, opened, and followed as they arrive."""

import re
from collections.abc import Iterator

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from playwright.sync_api import Browser, Page, expect

from otelkit.signals import Signal
from tests.browser.conftest import WIDE, address_of, watched
from tests.otelkit.viewer.conftest import NOON, Backend


@pytest.fixture
def own_page(browser: Browser, backend: Backend) -> Iterator[Page]:
    with browser.new_context(viewport=WIDE, base_url=address_of(backend)) as context:
        yield from watched(context)


def send_line(backend: Backend, text: str, severity: int = 9) -> None:
    request = ExportLogsServiceRequest()
    record = (
        request.resource_logs.add()
        .scope_logs.add()
        .log_records.add(severity_number=severity, time_unix_nano=NOON)
    )
    record.body.string_value = text
    backend.send(request, Signal.LOGS)


def test_live_tail_follows_and_keeps_to_the_search(own_page: Page, backend: Backend) -> None:
    send_line(backend, "before")
    own_page.goto("/logs?severity=warn")
    expect(own_page.get_by_role("heading", name="No logs match these filters")).to_be_visible()
    own_page.get_by_role("button", name="Live").click()
    expect(own_page.get_by_text("following", exact=True)).to_be_visible()

    send_line(backend, "<b>a warning</b>", severity=13)
    send_line(backend, "only a note")
    send_line(backend, "an error", severity=17)

    expect(own_page.locator("details.log")).to_have_count(2)
    expect(own_page.locator("details.log .message")).to_have_text(["an error", "<b>a warning</b>"])
    expect(own_page.get_by_role("heading", name="No logs match these filters")).to_have_count(0)


def test_live_tail_pauses_with_space_and_under_the_pointer(own_page: Page, backend: Backend) -> None:
    send_line(backend, "first")
    own_page.goto("/logs")
    own_page.get_by_role("button", name="Live").click()
    own_page.evaluate("document.activeElement.blur()")

    own_page.keyboard.press(" ")
    expect(own_page.get_by_text("paused: Space goes on")).to_be_visible()
    own_page.keyboard.press(" ")
    expect(own_page.get_by_text("following", exact=True)).to_be_visible()
    own_page.locator("details.log").first.hover()
    expect(own_page.get_by_text("paused while you read")).to_be_visible()
    with own_page.expect_response(re.compile("/logs/tail")):
        send_line(backend, "second")
        own_page.mouse.move(5, 5)

    expect(own_page.locator("details.log .message")).to_have_text(["second", "first"])


def test_live_tail_asks_nothing_while_its_tab_is_hidden(own_page: Page, backend: Backend) -> None:
    own_page.clock.install()
    own_page.goto("/logs")
    own_page.evaluate(
        "Object.defineProperty(document, 'hidden', {get: () => window.away, configurable: true})"
    )
    own_page.evaluate("window.away = true")
    own_page.get_by_role("button", name="Live").click()
    asked: list[str] = []
    own_page.on("request", lambda request: asked.append(request.url))
    send_line(backend, "meanwhile")
    own_page.clock.run_for(5_000)
    assert asked == []

    own_page.evaluate("window.away = false")
    own_page.clock.run_for(2_000)

    expect(own_page.locator("details.log")).to_have_count(1)


def test_live_tail_that_is_switched_off_and_on_asks_once_a_second(own_page: Page) -> None:
    own_page.clock.install()
    own_page.goto("/logs")
    asked: list[str] = []
    own_page.on("request", lambda request: asked.append(request.url))
    for _ in range(5):
        own_page.get_by_role("button", name="Live").click()
    expect(own_page.get_by_text("following", exact=True)).to_be_visible()
    asked.clear()

    for _ in range(5):
        own_page.clock.run_for(1_000)

    assert len(asked) <= 5


def test_viewer_that_comes_back_is_followed_again(own_page: Page, backend: Backend) -> None:
    own_page.goto("/logs")
    own_page.route("**/logs/tail*", lambda route: route.fulfill(status=204))
    own_page.get_by_role("button", name="Live").click()
    expect(own_page.get_by_text("does not answer, trying again")).to_be_visible()

    own_page.unroute("**/logs/tail*")
    send_line(backend, "here again")

    expect(own_page.locator("details.log")).to_have_count(1)
    expect(own_page.get_by_text("following", exact=True)).to_be_visible()


def test_lines_are_searched_by_text_and_opened_by_keys(page: Page) -> None:
    page.goto("/logs?service=http-fastapi")

    page.keyboard.press("/")
    page.keyboard.type("REFUSED")
    page.keyboard.press("Enter")
    expect(page.locator("details.log")).to_have_count(7)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    opened = page.locator("details.log[open]")
    expect(opened).to_contain_text("code.function.name")
    page.keyboard.press("Escape")

    expect(opened).to_have_count(0)
    expect(page.locator("details.log summary").first).to_be_focused()
