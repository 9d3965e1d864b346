-- People who are forgotten: what was asked for, how far it is, and what keeps them away.

-- A request to forget somebody. It stays as the proof that it was done and names nobody.
CREATE TABLE forgetting (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    asked    INTEGER NOT NULL,
    whom     TEXT,                          -- JSON: ids of profiles, until they are erased
    erased   INTEGER,                       -- when the rows were deleted
    "rows"   INTEGER NOT NULL DEFAULT 0,    -- how many
    scrubbed INTEGER                        -- when no byte of them was left in the files
) STRICT;
CREATE INDEX forgetting_to_do ON forgetting (number) WHERE scrubbed IS NULL;

-- What a sink says to being asked to forget the same person.
CREATE TABLE forgetting_sink (
    number   INTEGER NOT NULL REFERENCES forgetting (number),
    sink     TEXT NOT NULL,
    people   TEXT,                          -- JSON: the identities, until the sink has answered
    due      INTEGER NOT NULL,              -- when it is asked next
    tries    INTEGER NOT NULL DEFAULT 0,
    answered INTEGER,
    outcome  TEXT NOT NULL DEFAULT 'waiting',  -- waiting, forgotten, cannot, gave-up
    why      TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (number, sink)
) STRICT, WITHOUT ROWID;
CREATE INDEX forgetting_sink_due ON forgetting_sink (due) WHERE answered IS NULL;

-- Names of people who were forgotten: HMAC-SHA-256 under a key that is not in this file.
-- What comes in under one of them is not stored.
CREATE TABLE forgotten (
    name       BLOB PRIMARY KEY,
    at         INTEGER NOT NULL,
    suppressed INTEGER NOT NULL             -- 1 where the address must not be written to either
) STRICT, WITHOUT ROWID;

-- A decision that is erased is looked for in the actions that it led to.
CREATE INDEX action_by_decision ON action (decision);
