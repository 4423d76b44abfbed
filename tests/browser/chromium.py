"""Debian's Chromium, driven by Playwright: found on this machine, or installed as the brokers are."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple, cast

from playwright.sync_api import Browser, sync_playwright

from otelkit.testing.servers.program import program_of
from otelkit.testing.servers.recipe import Recipe


class _Package(NamedTuple):
    """What the search for a program wants to know; it is no server."""

    program: str = "chromium"
    package: str = "chromium"
    folders: tuple[str, ...] = ("/usr/lib/chromium",)


@contextmanager
def open_browser(say: Callable[[str], None]) -> Iterator[Browser]:
    """Start it without a window. Raises UnavailableError that names the package when it is not there."""
    program = program_of(cast("Recipe", _Package()), os.environ, say)
    # Chromium refuses to be root in its sandbox; what it is shown here is ours.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(program), args=arguments)
        yield browser
        browser.close()
