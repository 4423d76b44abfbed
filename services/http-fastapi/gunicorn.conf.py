"""`gunicorn` in this folder, or `gunicorn -c gunicorn.conf.py` from elsewhere: preloaded workers.

The application and its telemetry are made once, in the master, and forked. In each child the SDK renews
the resource (`service.instance.id`, `process.pid`) and otelkit its queues, threads and connections.
"""

from http_fastapi.settings import Settings
from http_fastapi.startup import one_message

with one_message(exit_code=1):
    _settings = Settings()

wsgi_app = "http_fastapi.server:app()"
worker_class = "http_fastapi.gunicorn_worker.Worker"  # or gunicorn's own, "asgi"
preload_app = True
workers = _settings.workers
bind = f"{_settings.host}:{_settings.port}"
graceful_timeout = _settings.drain_seconds
control_socket_disable = True  # it would be a file in the home of a user that may have none
