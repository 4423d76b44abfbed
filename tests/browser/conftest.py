"""One browser, one viewer that was told the whole story, and a page that fails on errors and strangers.

Playwright keeps its event loop to the end, so these tests have a process of their own.
"""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize

from otelkit.testing.servers.server import UnavailableError
from tests.browser.chromium import open_browser
from tests.browser.shop import send_story
from tests.otelkit.viewer.conftest import Backend

WIDE: ViewportSize = {"width": 1280, "height": 800}
NARROW: ViewportSize = {"width": 360, "height": 740}
_TIMEOUT_MILLISECONDS = 10_000


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    try:
        with open_browser(print) as browser:
            yield browser
    except UnavailableError as error:
        pytest.fail(f"these tests need a browser: {error}", pytrace=False)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    backend = Backend(tmp_path_factory.mktemp("shop") / "viewer.db")
    send_story(backend, orders=60)
    yield backend
    backend.viewer.stop()


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[Backend]:
    """An empty one of a test's own."""
    backend = Backend(tmp_path / "viewer.db")
    yield backend
    backend.viewer.stop()


@pytest.fixture
def context(browser: Browser, shop: Backend) -> Iterator[BrowserContext]:
    with browser.new_context(viewport=WIDE, base_url=address_of(shop)) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    yield from watched(context)


def address_of(backend: Backend) -> str:
    return f"http://127.0.0.1:{backend.port}"


def watched(context: BrowserContext) -> Iterator[Page]:
    """A page; in the end nothing has gone wrong on it, and it has asked nobody else for anything."""
    page = context.new_page()
    page.set_default_timeout(_TIMEOUT_MILLISECONDS)
    wrong: list[str] = []
    hosts: set[str] = set()
    page.on("console", lambda message: wrong.append(message.text) if _is_error(message) else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname or ""))
    yield page
    assert wrong == []
    assert hosts <= {"127.0.0.1"}


def _is_error(message: ConsoleMessage) -> bool:
    # A network interface that comes or goes on this machine makes Chromium drop what it asks for.
    return message.type == "error" and "ERR_NETWORK_CHANGED" not in message.text
