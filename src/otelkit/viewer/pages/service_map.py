"""Which service calls which, drawn and as a table."""

import sqlite3

from starlette.requests import Request
from starlette.responses import Response

from otelkit.viewer.pages.form import form_of, found_or_mistake
from otelkit.viewer.pages.rendering import Renderer
from otelkit.viewer.service_map import service_edges
from otelkit.viewer.service_maps.drawing import draw_map
from otelkit.viewer.service_maps.places import BOX_HEIGHT, BOX_WIDTH
from otelkit.viewer.time_range import LENGTHS, time_range_of

_MOST_DRAWN = 100


def map_page(renderer: Renderer, request: Request, connection: sqlite3.Connection) -> Response:
    """The map of a time range: its busiest hundred edges."""
    form = form_of(request, ("last", "from", "to"))
    edges, error = found_or_mistake(lambda: service_edges(connection, *time_range_of(form)))
    return renderer.page(
        "map.html",
        400 if error else 200,
        form=form,
        lengths=LENGTHS,
        error=error,
        edges=edges[:_MOST_DRAWN],
        left_out=max(len(edges) - _MOST_DRAWN, 0),
        map=draw_map(edges[:_MOST_DRAWN]),
        box=(BOX_WIDTH, BOX_HEIGHT),
    )
