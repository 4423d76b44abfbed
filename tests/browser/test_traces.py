"""From the list to a span, its links and its logs, by pointer and by keys."""

import re

from playwright.sync_api import BrowserContext, Page, expect

from otelkit.traces import render_tree
from tests.otelkit.viewer.conftest import Backend

FAILED = "/?name=POST /orders&status=error"
FINE = "/?name=publish orders.created"


def open_first(page: Page) -> None:
    page.locator(".traces a").first.click()
    expect(page.get_by_role("button", name="Copy as text")).to_be_visible()  # the scripts are there


def test_slash_searches_and_j_k_and_enter_open_a_trace(page: Page) -> None:
    page.goto("/")

    page.keyboard.press("/")
    page.keyboard.type("process ship")
    page.keyboard.press("Enter")
    expect(page.locator(".traces li").first).to_contain_text("process orders.created")
    expect(page.get_by_label("Span name contains")).to_have_value("process ship")
    first, second = (page.locator(".traces a").nth(place) for place in (0, 1))
    page.keyboard.press("j")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(second).to_be_focused()
    page.keyboard.press("k")
    expect(first).to_be_focused()
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/trace/[0-9a-f]{32}$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("process orders.created")


def test_enter_opens_details_in_place_and_escape_closes_them(page: Page) -> None:
    page.goto(FAILED)
    open_first(page)
    loads: list[str] = []
    page.on("load", lambda loaded: loads.append(loaded.url))

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    line = page.locator(".line").first
    expect(line).to_have_attribute("aria-expanded", "true")
    details = page.get_by_role("region", name="Details of POST /orders")
    for text in (
        "sku-8841 is out of stock",
        "http.route",
        "exception.type",
        "order refused",
        "service.version",
    ):
        expect(details).to_contain_text(text)
    assert re.search(r"\?span=([0-9a-f]{16})#s\1$", page.url)
    page.keyboard.press("Escape")

    expect(details).to_have_count(0)
    expect(line).to_be_focused()
    assert "span=" not in page.url
    assert loads == []


def test_address_of_an_open_span_opens_it_again(page: Page) -> None:
    page.goto(FAILED)
    open_first(page)
    page.locator(".line", has_text="SELECT stock").click()
    expect(page.get_by_role("region", name="Details of SELECT stock")).to_be_visible()

    page.reload()

    expect(page.get_by_role("region", name="Details of SELECT stock")).to_contain_text("postgresql")
    expect(page.get_by_role("button", name="Copy as text")).to_be_visible()  # the scripts are there
    page.locator(".line", has_text="SELECT stock").press(" ")
    expect(page.get_by_role("region", name="Details of SELECT stock")).to_have_count(0)


def test_link_leads_to_the_other_trace_and_back(page: Page) -> None:
    page.goto(FINE)
    open_first(page)
    begun = page.url
    page.locator(".line", has_text="publish orders.created").click()

    page.get_by_role("link", name="process orders.created").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("process orders.created")
    opened = page.get_by_role("region", name="Details of process orders.created")
    opened.get_by_role("link", name="publish orders.created").click()

    expect(page.get_by_role("region", name="Details of publish orders.created")).to_be_visible()
    assert page.url.startswith(begun)


def test_trace_is_copied_as_readmes_show_it(page: Page, context: BrowserContext, shop: Backend) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(FINE)
    open_first(page)

    page.keyboard.press("c")
    expect(page.get_by_role("button", name="Copied")).to_be_visible()

    trace_id = page.url.rpartition("/")[2]
    assert page.evaluate("navigator.clipboard.readText()") == render_tree(shop.tempo.trace(trace_id))


def test_trace_leads_to_its_logs_and_a_log_back_to_its_span(page: Page) -> None:
    page.goto(FAILED)
    open_first(page)
    trace_id = page.url.rpartition("/")[2]

    page.locator(".actions").get_by_role("link", name="Logs").click()
    expect(page.locator("details.log")).to_have_count(3)
    page.locator("details.log", has_text="order refused").locator("summary").click()
    page.get_by_role("link", name=f"trace {trace_id}").click()

    expect(page.get_by_role("region", name="Details of POST /orders")).to_be_visible()


def test_attribute_of_a_span_leads_to_the_traces_that_have_it(page: Page) -> None:
    page.goto(FINE)
    open_first(page)
    page.locator(".line", has_text="SELECT stock").click()

    page.get_by_role("link", name="Traces with this db.collection.name").click()

    expect(page.get_by_label("Attributes")).to_have_value('db.collection.name="stock"')
    expect(page.get_by_role("status")).to_contain_text("60 traces")


def test_search_narrows_by_attribute_duration_and_time(page: Page) -> None:
    page.goto("/")

    page.get_by_label("Attributes").fill("{ .order.items = 3 && status = error }")
    page.get_by_label("At least").fill("1ms")
    page.get_by_label("At most").fill("1h")
    page.get_by_role("combobox", name="Last").select_option("6 hours")
    page.get_by_role("button", name="Search").click()

    expect(page.locator(".traces li")).to_have_count(7)
    expect(page.get_by_role("status")).to_contain_text("7 traces")
    page.get_by_role("link", name="Clear").click()
    expect(page).to_have_url(re.compile("/$"))
