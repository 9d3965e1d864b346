-- How connectors' ways out stand, as the daemon that runs says every few seconds; what is in
-- need of an operator is known to the next daemon from here.
CREATE TABLE egress_way (
    connector      TEXT PRIMARY KEY,
    at             INTEGER NOT NULL,     -- when it was said
    rates          TEXT NOT NULL,        -- "100/1min", with commas between
    bytes          INTEGER NOT NULL,     -- that passed in this hour
    most_bytes     INTEGER NOT NULL,
    hour_ends      INTEGER,
    in_flight      INTEGER NOT NULL,
    most_in_flight INTEGER NOT NULL,
    paused_until   INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE egress_destination (
    connector    TEXT NOT NULL,
    destination  TEXT NOT NULL,          -- scheme, host and port
    condition    TEXT NOT NULL,          -- closed, open, probing, needs-operator
    why          TEXT NOT NULL,
    again        INTEGER,                -- when it is looked at again
    paused_until INTEGER,                -- because it asked for it
    secrets      TEXT NOT NULL,          -- what tells the secrets from others, under the installation's key
    PRIMARY KEY (connector, destination)
) STRICT, WITHOUT ROWID;
-- What an operator wants taken as if nothing had been.
CREATE TABLE egress_closing (
    connector   TEXT NOT NULL,
    destination TEXT NOT NULL,
    PRIMARY KEY (connector, destination)
) STRICT, WITHOUT ROWID;

-- How requests were answered that were signed for one moment and may not be worked off twice.
CREATE TABLE webhook_answer (
    connector TEXT NOT NULL,
    digest    BLOB NOT NULL,             -- of what was signed
    until     INTEGER NOT NULL,          -- until when it may come again
    status    INTEGER NOT NULL,
    headers   TEXT NOT NULL,             -- JSON: [[name, value], …]
    body      BLOB NOT NULL,
    PRIMARY KEY (connector, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_answer_by_time ON webhook_answer (until);
