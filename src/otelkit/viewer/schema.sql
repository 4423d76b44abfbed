-- What arrived, as it arrived: `body` columns hold the OTLP message, other columns only what is searched.
-- `arrival` counts write transactions: retention deletes by it, because senders' clocks cannot be trusted.

-- Resources and scopes, once each: a ResourceSpans without its scopes, a ScopeSpans without its spans.
-- `service` is null for a scope.
CREATE TABLE IF NOT EXISTS origins (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    service TEXT,
    body BLOB NOT NULL,
    arrival INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS origins_by_service ON origins (service);

CREATE TABLE IF NOT EXISTS operations (
    id INTEGER PRIMARY KEY,
    service TEXT NOT NULL,
    name TEXT NOT NULL,
    kind INTEGER NOT NULL,
    UNIQUE (service, name, kind)
);

CREATE TABLE IF NOT EXISTS traces (
    id INTEGER PRIMARY KEY,
    trace_id BLOB NOT NULL UNIQUE,
    root_service TEXT,
    root_name TEXT,
    start_nanos INTEGER NOT NULL,
    end_nanos INTEGER NOT NULL,
    span_count INTEGER NOT NULL,
    error_count INTEGER NOT NULL,
    arrival INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS traces_by_start ON traces (start_nanos, end_nanos);
CREATE INDEX IF NOT EXISTS traces_by_arrival ON traces (arrival);

-- Bodies are apart, so that a search over columns need not read past them.
-- Traces are numbered as they come, so that the index of spans grows at its end.
CREATE TABLE IF NOT EXISTS spans (
    id INTEGER PRIMARY KEY,
    trace INTEGER NOT NULL,
    span_id INTEGER NOT NULL,
    operation INTEGER NOT NULL,
    status INTEGER NOT NULL,
    start_nanos INTEGER NOT NULL,
    end_nanos INTEGER NOT NULL,
    resource INTEGER NOT NULL,
    scope INTEGER NOT NULL,
    UNIQUE (trace, span_id)
);
CREATE TABLE IF NOT EXISTS bodies (id INTEGER PRIMARY KEY, body BLOB NOT NULL);

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
    id INTEGER PRIMARY KEY,
    trace_id BLOB NOT NULL,
    severity INTEGER NOT NULL,
    time_nanos INTEGER NOT NULL,
    resource INTEGER NOT NULL,
    scope INTEGER NOT NULL,
    arrival INTEGER NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS logs_by_trace ON logs (trace_id) WHERE trace_id <> x'';
CREATE INDEX IF NOT EXISTS logs_by_arrival ON logs (arrival);

-- Which of at most 1,024 rows in a row are worth a look: their times, and a Bloom filter of what can be asked for.
CREATE TABLE IF NOT EXISTS blocks (
    signal INTEGER NOT NULL,
    number INTEGER NOT NULL,
    first_start INTEGER NOT NULL,
    last_start INTEGER NOT NULL,
    last_end INTEGER NOT NULL,
    longest INTEGER NOT NULL,
    sealed INTEGER NOT NULL,  -- whether its columns are there
    filter BLOB NOT NULL,
    PRIMARY KEY (signal, number)
);
CREATE INDEX IF NOT EXISTS blocks_by_time ON blocks (signal, last_start);
-- Of each key in a block its values and which rows have them; `low` and `high` of those that are numbers.
CREATE TABLE IF NOT EXISTS columns (
    signal INTEGER NOT NULL,
    key TEXT NOT NULL,
    block INTEGER NOT NULL,
    low REAL,
    high REAL,
    body TEXT NOT NULL,
    PRIMARY KEY (signal, key, block)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS columns_by_block ON columns (signal, block);

CREATE TABLE IF NOT EXISTS families (
    id INTEGER PRIMARY KEY,
    service TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    unit TEXT NOT NULL,
    points INTEGER NOT NULL,
    UNIQUE (service, name, kind, unit)
);
CREATE TABLE IF NOT EXISTS metrics (
    id INTEGER PRIMARY KEY,
    family INTEGER NOT NULL,
    time_nanos INTEGER NOT NULL,
    resource INTEGER NOT NULL,
    scope INTEGER NOT NULL,
    points INTEGER NOT NULL,
    arrival INTEGER NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS metrics_by_family ON metrics (family, time_nanos);
CREATE INDEX IF NOT EXISTS metrics_by_arrival ON metrics (arrival);
CREATE TRIGGER IF NOT EXISTS metrics_are_fewer AFTER DELETE ON metrics BEGIN
    UPDATE families SET points = points - old.points WHERE id = old.family;
END;

-- Spans that begin work of a service for another, until the span that they come from is there too.
CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY,
    trace_id BLOB NOT NULL,
    span_id INTEGER NOT NULL,
    callee TEXT NOT NULL,
    minute INTEGER NOT NULL,
    error INTEGER NOT NULL,
    nanos INTEGER NOT NULL,
    arrival INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS entries_by_origin ON entries (trace_id, span_id);
CREATE INDEX IF NOT EXISTS entries_by_arrival ON entries (arrival);
CREATE TABLE IF NOT EXISTS edges (
    minute INTEGER NOT NULL,
    caller TEXT NOT NULL,
    callee TEXT NOT NULL,
    kind TEXT NOT NULL,
    size INTEGER NOT NULL,  -- power of the square root of two that the duration lies above
    calls INTEGER NOT NULL,
    errors INTEGER NOT NULL,
    nanos INTEGER NOT NULL,
    arrival INTEGER NOT NULL,
    PRIMARY KEY (minute, caller, callee, kind, size)
) WITHOUT ROWID;
