"""The pictures of docs/viewer.md, of a story that ended at a fixed time:

python -m tests.browser.screenshots [FOLDER]
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.chromium import open_browser
from tests.browser.conftest import address_of
from tests.browser.shop import send_story
from tests.otelkit.viewer.conftest import Backend

FOLDER = Path(__file__).parents[2] / "docs" / "images"
_END_NANOS = 1_796_040_000 * 10**9  # 2026-11-30 12:00:00 UTC
Steps = Callable[[Page], object]


def _open_a_trace(page: Page) -> None:
    page.goto("/?name=publish orders.created")
    page.locator(".traces a").nth(3).click()
    page.locator(".line", has_text="publish orders.created").click()
    page.locator(".inside").wait_for()


def _open_a_failure(page: Page) -> None:
    page.goto("/?name=POST /orders&status=error")
    page.locator(".traces a").nth(2).click()
    page.locator(".line").first.wait_for()


PICTURES: dict[str, tuple[int, int, str, Steps]] = {
    "viewer-trace": (1180, 690, "light", _open_a_trace),
    "viewer-metric": (
        1180,
        640,
        "dark",
        lambda page: page.goto("/metric?service=http-fastapi&name=http.server.request.duration"),
    ),
    "viewer-map": (1180, 500, "light", lambda page: page.goto("/map")),
    "viewer-logs": (1180, 460, "dark", lambda page: page.goto("/logs?severity=info")),
    "viewer-narrow": (360, 640, "dark", _open_a_failure),
}


def take_pictures(browser: Browser, shop: Backend, folder: Path) -> None:
    """Write one PNG for each of PICTURES."""
    for name, (width, height, mode, steps) in PICTURES.items():
        with browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if mode == "dark" else "light",
            base_url=address_of(shop),
        ) as context:
            page = context.new_page()
            steps(page)
            page.screenshot(path=folder / f"{name}.png")


def main() -> None:
    """Tell the story to a viewer, and take all pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    with tempfile.TemporaryDirectory() as scratch, open_browser(print) as browser:
        shop = Backend(Path(scratch) / "viewer.db")
        try:
            send_story(shop, end_nanos=_END_NANOS)
            take_pictures(browser, shop, folder)
        finally:
            shop.viewer.stop()


if __name__ == "__main__":
    main()
