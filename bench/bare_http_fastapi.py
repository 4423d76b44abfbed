"""http-fastapi without any telemetry: the other side of the ratio.

The same application, which instruments nothing when zero-code is said to have done that, with plain
logging. What is left of OpenTelemetry are the API's no-ops in the handlers.
"""

import logging
import sys

import uvicorn

from http_fastapi.server import create_app
from http_fastapi.settings import Settings
from otelkit import Telemetry

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, stream=sys.stdout)
    settings = Settings(http_instrumentation="zero-code")
    app = create_app(settings, Telemetry(pipelines=None))
    uvicorn.run(app, host=settings.host, port=settings.port, log_config=None, access_log=False)
