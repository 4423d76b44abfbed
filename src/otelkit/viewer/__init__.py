"""The embedded backend: OTLP in, one SQLite file, pages and Tempo's query API.

`python -m otelkit.viewer --help` lists its settings. It needs the extra
`otelkit[viewer]`, nothing else, and stays small enough to run beside every service.
"""
