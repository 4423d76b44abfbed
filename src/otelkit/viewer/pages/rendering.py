"""Templates with what they need: filters that make values of senders harmless, and addresses."""

import jinja2
from starlette.responses import HTMLResponse

from otelkit.viewer import display, durations
from otelkit.viewer.addresses import address
from otelkit.viewer.logfmt import tag_of
from otelkit.viewer.static_files import STATIC_FILES


class Renderer:
    """Renders templates; everything in them is escaped."""

    def __init__(self) -> None:
        self._templates = jinja2.Environment(
            loader=jinja2.PackageLoader("otelkit.viewer"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=jinja2.StrictUndefined,
        )
        self._templates.filters.update(
            text=display.show_text,
            value=display.show_value,
            count=display.show_count,
            time=display.show_time,
            duration=durations.show_duration,
        )
        self._templates.globals.update(address=address, static=STATIC_FILES.address, tag=tag_of)

    def page(self, template: str, status: int = 200, **values: object) -> HTMLResponse:
        """A whole page, or a part of one that a script puts in."""
        return HTMLResponse(self._templates.get_template(template).render(values), status)

    def failure(self, status: int, message: str) -> HTMLResponse:
        """A page that says what went wrong."""
        return self.page("failure.html", status, message=message, code=status)
