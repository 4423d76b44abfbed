"""Without script everything is there but for the live tail and the keys."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import WIDE, address_of, watched
from tests.otelkit.viewer.conftest import Backend


@pytest.fixture
def bare_page(browser: Browser, shop: Backend) -> Iterator[Page]:
    with browser.new_context(viewport=WIDE, base_url=address_of(shop), java_script_enabled=False) as context:
        yield from watched(context)


def test_details_text_and_links_need_no_script(bare_page: Page) -> None:
    bare_page.goto("/?name=publish orders.created")
    bare_page.locator(".traces a").first.click()
    bare_page.locator(".line", has_text="publish orders.created").click()
    details = bare_page.get_by_role("region", name="Details of publish orders.created")
    expect(details).to_contain_text("messaging.destination.name")
    bare_page.locator(".line", has_text="publish orders.created").click()
    expect(details).to_have_count(0)

    bare_page.get_by_role("link", name="Text", exact=True).click()

    expect(bare_page.locator("body")).to_contain_text("POST /orders [SERVER] UNSET")


def test_what_needs_script_is_not_offered(bare_page: Page) -> None:
    for place in ("/", "/logs", "/metrics", "/map"):
        bare_page.goto(place)
        assert [button.inner_text() for button in bare_page.locator("button:visible").all()] in (
            ["Search"],
            ["Show"],
        )
