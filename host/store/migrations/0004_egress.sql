-- What connectors sent to others, or wanted to: one row an attempt and a denial. Never a
-- query, a header or a body.
CREATE TABLE egress (
    id        INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL,            -- when it began
    connector TEXT NOT NULL,
    host      TEXT NOT NULL,
    port      INTEGER NOT NULL,
    method    TEXT NOT NULL,               -- CONNECT for what is not HTTP
    path      TEXT NOT NULL,
    status    INTEGER,                     -- of the answer; none where there is none
    code      TEXT NOT NULL,               -- why there is none, in one word; else empty
    why       TEXT NOT NULL,
    bytes_out INTEGER NOT NULL,
    bytes_in  INTEGER NOT NULL,
    took_ms   INTEGER NOT NULL,
    item      TEXT                         -- the action that it was for
) STRICT;
CREATE INDEX egress_by_time ON egress (at);
CREATE INDEX egress_by_connector ON egress (connector, at);
