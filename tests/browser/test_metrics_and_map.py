"""Charts lead to traces, and so do the boxes of the map."""

import re

from playwright.sync_api import Page, expect

DURATIONS = "/metric?service=http-fastapi&name=http.server.request.duration"


def test_exemplar_opens_its_span(page: Page) -> None:
    page.goto("/metrics")
    page.get_by_role("link", name="http.server.request.duration").click()
    expect(page.locator(".curve")).to_have_count(5)

    dots = page.get_by_role("link", name=re.compile("Trace of an exemplar, .+ ms"))
    assert dots.count() > 20
    place = dots.last.locator("path").evaluate(
        "dot => dot.getBoundingClientRect()"
    )  # a point, drawn by its stroke
    page.mouse.click(place["x"] + 2, place["y"] - 2)

    expect(page.get_by_role("region", name="Details of POST /orders")).to_be_visible()


def test_dots_are_round_in_every_width(page: Page) -> None:
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 700})
        page.goto(DURATIONS)
        style = "getComputedStyle(document.querySelector('.dot'))"
        assert page.evaluate(f"{style}.vectorEffect") == "non-scaling-stroke"
        assert page.evaluate(f"{style}.strokeLinecap") == "round"


def test_one_series_is_looked_at_alone(page: Page) -> None:
    page.goto(DURATIONS)

    page.get_by_role("link", name="http.response.status_code=500").click()

    expect(page.get_by_role("combobox", name="Series")).to_have_value("http.response.status_code=500")
    expect(page.locator(".curve")).to_have_count(4)
    page.get_by_role("combobox", name="Last").select_option("hour")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("series=http.response.status_code%3D500&last=1h"))
    expect(page.locator(".curve")).to_have_count(4)


def test_box_of_the_map_leads_to_the_traces_of_its_service(page: Page) -> None:
    page.goto("/map")
    expect(page.locator(".arrow")).to_have_count(7)
    expect(page.locator(".arrow.message")).to_have_count(2)

    page.locator(".map a", has_text="payments").click()

    expect(page.get_by_role("combobox", name="Service")).to_have_value("payments")
    expect(page.get_by_role("status")).to_contain_text("53 traces")


def test_database_of_the_map_leads_to_the_traces_that_use_it(page: Page) -> None:
    page.goto("/map")

    page.locator(".map a", has_text="redis").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("53 traces")


def test_errors_of_an_edge_lead_to_traces_with_errors(page: Page) -> None:
    page.goto("/map")

    page.locator("tr", has_text="grpc-four-modes").get_by_role("link", name="7", exact=True).click()

    expect(page.get_by_role("status")).to_contain_text("7 traces")
    expect(page.get_by_role("combobox", name="Status")).to_have_value("error")
