"""Every page can be read in both modes, on a narrow screen, by keys, and by a screen reader."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import NARROW, WIDE, address_of
from tests.otelkit.viewer.conftest import Backend

FIRST_TRACE = "first trace"
PAGES = [
    "/",
    FIRST_TRACE,
    "/logs",
    "/metrics",
    "/metric?service=http-fastapi&name=http.server.request.duration",
    "/map",
    "/?name=nothing&min=x",
    "/nowhere",
]
# The contrast of each text with what is behind it, by WCAG 2.2 (1.4.3); those below their limit.
CONTRASTS = """() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgb = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (colour) => colour.slice(0, 3).map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const behind = (element) => {
    for (let here = element; here; here = here.parentElement) {
      const colour = rgb(getComputedStyle(here).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    if (!element.checkVisibility() || element.closest("dialog, .skip")) continue;
    const text = [...element.childNodes].map((node) => node.nodeType === 3 ? node.data.trim() : "").join("");
    if (!text) continue;
    const style = getComputedStyle(element);
    const front = element instanceof SVGElement ? style.fill : style.color;
    const [one, other] = [luminance(rgb(front)), luminance(behind(element))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < 4.5) found.push(`${text.slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return found;
}"""
# Controls that a screen reader could not name.
NAMELESS = """() => [...document.querySelectorAll("a, button, input, select, summary")]
  .filter((one) => one.type !== "hidden" && one.checkVisibility())
  .filter((one) => !(one.ariaLabel || one.labels?.[0]?.textContent.trim() || one.textContent.trim()))
  .map((one) => one.outerHTML.slice(0, 120))"""


def open_page(page: Page, place: str) -> None:
    page.goto("/?status=error" if place == FIRST_TRACE else place)
    if place == FIRST_TRACE:
        page.locator(".traces a").first.click()
        page.locator(".line").first.click()
        expect(page.locator(".inside")).to_be_visible()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_text_has_contrast(browser: Browser, shop: Backend, mode: Any) -> None:
    with browser.new_context(viewport=WIDE, base_url=address_of(shop), color_scheme=mode) as context:
        page = context.new_page()
        for place in PAGES:
            open_page(page, place)
            assert page.evaluate(CONTRASTS) == [], place


def test_narrow_screen_never_scrolls_sideways_and_hides_no_control(browser: Browser, shop: Backend) -> None:
    with browser.new_context(viewport=NARROW, base_url=address_of(shop), has_touch=True) as context:
        page = context.new_page()
        for place in PAGES:
            open_page(page, place)
            assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"], place
            for control in page.locator("button:visible, select:visible, input:visible").all():
                box = control.bounding_box()
                assert box is not None
                assert 0 <= box["x"] <= box["x"] + box["width"] <= NARROW["width"], place


def test_every_page_has_landmarks_one_heading_and_names_for_its_controls(page: Page) -> None:
    for place in PAGES[:-2]:
        open_page(page, place)
        assert page.evaluate(NAMELESS) == [], place
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        for landmark in ("banner", "main"):
            expect(page.get_by_role(landmark)).to_have_count(1)
        expect(page.get_by_role("navigation", name="Pages").locator("[aria-current=page]")).to_have_count(1)


def test_focus_can_be_seen_on_a_line(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("j")

    outline = page.locator(".traces a").first.evaluate("line => getComputedStyle(line).outlineStyle")

    assert outline == "solid"


def test_chosen_mode_stays_and_goes_before_the_systems(browser: Browser, shop: Backend) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    with browser.new_context(base_url=address_of(shop), color_scheme="light") as context:
        page = context.new_page()
        page.goto("/")
        light = page.evaluate(ground)
        page.get_by_role("button", name="Light or dark").click()
        dark = page.evaluate(ground)
        page.goto("/logs")
        assert page.evaluate(ground) == dark != light
        page.get_by_role("button", name="Light or dark").click()
        assert page.evaluate(ground) == light


def test_question_mark_shows_the_keys_and_escape_hides_them(page: Page) -> None:
    page.goto("/")
    keys = page.get_by_role("dialog", name="Keys")

    page.keyboard.press("?")
    expect(keys).to_be_visible()
    page.keyboard.press("j")  # goes nowhere below the dialog
    page.keyboard.press("Escape")

    expect(keys).to_be_hidden()
    expect(page.locator(".traces a").first).not_to_be_focused()


def test_keys_are_letters_in_a_field(page: Page) -> None:
    page.goto("/")
    field = page.get_by_label("Span name contains")

    page.keyboard.press("/")
    page.keyboard.type("j/k?c")
    expect(field).to_have_value("j/k?c")
    page.keyboard.press("Escape")

    expect(field).not_to_be_focused()
