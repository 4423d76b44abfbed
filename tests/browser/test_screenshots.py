"""The pictures in the documentation are those that the generator takes, and small."""

from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.screenshots import FOLDER, PICTURES, take_pictures
from tests.otelkit.viewer.conftest import Backend

MOST_BYTES = 120_000


def test_documentation_has_the_pictures_that_are_taken(
    browser: Browser, shop: Backend, tmp_path: Path
) -> None:
    take_pictures(browser, shop, tmp_path)
    page = (FOLDER.parent / "viewer.md").read_text(encoding="utf-8")

    assert {path.stem for path in tmp_path.iterdir()} == set(PICTURES)
    for name in PICTURES:
        assert f"images/{name}.png" in page
        assert (FOLDER / f"{name}.png").stat().st_size <= MOST_BYTES
