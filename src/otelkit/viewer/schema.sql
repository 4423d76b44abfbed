-- What arrived, as it arrived: `body` columns hold the OTLP message, other columns only what is searched.
-- `arrival` counts write transactions: retention deletes by it, because senders' clocks cannot be trusted.

-- Resources and scopes, once each: a ResourceSpans without its scopes, a ScopeSpans without its spans.
CREATE TABLE IF NOT EXISTS origins (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    body BLOB NOT NULL,
    arrival INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS traces (
    trace_id BLOB PRIMARY KEY,
    root_service TEXT,
    root_name TEXT,
    start_nanos INTEGER NOT NULL,
    end_nanos INTEGER NOT NULL,
    span_count INTEGER NOT NULL,
    error_count INTEGER NOT NULL,
    arrival INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS traces_by_start ON traces (start_nanos);
CREATE INDEX IF NOT EXISTS traces_by_arrival ON traces (arrival);

CREATE TABLE IF NOT EXISTS spans (
    trace_id BLOB NOT NULL,
    span_id BLOB NOT NULL,
    resource INTEGER NOT NULL,
    scope INTEGER NOT NULL,
    service TEXT NOT NULL,
    name TEXT NOT NULL,
    kind INTEGER NOT NULL,
    status INTEGER NOT NULL,
    start_nanos INTEGER NOT NULL,
    end_nanos INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (trace_id, span_id)
);
CREATE INDEX IF NOT EXISTS spans_by_resource ON spans (resource);
CREATE INDEX IF NOT EXISTS spans_by_scope ON spans (scope);
CREATE INDEX IF NOT EXISTS spans_by_service ON spans (service);

-- Which span (from_...) links to which: read backwards, as a span itself holds only those it links to.
CREATE TABLE IF NOT EXISTS links (
    trace_id BLOB NOT NULL,
    span_id BLOB NOT NULL,
    from_trace_id BLOB NOT NULL,
    from_span_id BLOB NOT NULL,
    PRIMARY KEY (trace_id, span_id, from_trace_id, from_span_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS links_by_origin ON links (from_trace_id);

CREATE TABLE IF NOT EXISTS logs (
    trace_id BLOB NOT NULL,
    span_id BLOB NOT NULL,
    service TEXT NOT NULL,
    severity INTEGER NOT NULL,
    time_nanos INTEGER NOT NULL,
    body BLOB NOT NULL,
    arrival INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS logs_by_trace ON logs (trace_id);
CREATE INDEX IF NOT EXISTS logs_by_arrival ON logs (arrival);

CREATE TABLE IF NOT EXISTS metrics (
    service TEXT NOT NULL,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    kind TEXT NOT NULL,
    points INTEGER NOT NULL,
    body BLOB NOT NULL,
    arrival INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS metrics_by_arrival ON metrics (arrival);
CREATE INDEX IF NOT EXISTS metrics_by_name ON metrics (service, name);
