-- The first version of a store. Times are milliseconds since 1970-01-01T00:00:00Z, ids are
-- 16 hex digits. The views at the end are for people: they spell out times and unpack JSON.
--
-- What a person sees and what the daemon relies on are the same tables. Change nothing here
-- by hand while a daemon runs: its commits compare what they find with what they expect.

-- The 256 partitions of the log. A prospect belongs to the partition of its id's first byte.
CREATE TABLE partition (
    partition INTEGER PRIMARY KEY,          -- 0 to 255
    epoch     INTEGER NOT NULL,             -- raised by every daemon that takes the partitions
    applied   INTEGER NOT NULL,             -- the last entry whose effects are stored
    last      INTEGER NOT NULL,             -- the last entry that was appended
    CHECK (applied <= last)
) STRICT;
WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < 255)
INSERT INTO partition SELECT i, 0, 0, 0 FROM n;

-- The log: everything that changed a prospect's state, in the order of (partition, seq, step).
-- Step 0 came from outside; steps 1, 2, … are what applying it brought about.
CREATE TABLE entry (
    partition INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    step      INTEGER NOT NULL,
    kind      TEXT NOT NULL,                -- signal, assessed, decided, delivery, stage, timer, again, leave, join
    at        INTEGER NOT NULL,             -- when it happened
    received  INTEGER NOT NULL,             -- when it was appended
    prospect  TEXT NOT NULL,                -- whose state it changes
    profile   TEXT,                         -- of a signal: the profile of its strongest identity
    connector TEXT,                         -- who said it: a source, a scorer
    signal    TEXT,                         -- of a signal: its id
    name      TEXT,                         -- of a signal: its kind in the catalogue
    body      TEXT NOT NULL,                -- JSON
    PRIMARY KEY (partition, seq, step)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_by_profile ON entry (profile, at, name) WHERE profile IS NOT NULL;

-- Ids of signals that were accepted, for as long as a repetition is recognised.
CREATE TABLE seen (
    signal TEXT PRIMARY KEY,
    until  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_by_until ON seen (until);

-- Every name under which somebody was seen, and whose it is.
CREATE TABLE profile (
    number     INTEGER PRIMARY KEY,         -- in the order in which they were first accepted
    id         TEXT NOT NULL UNIQUE,        -- made from scheme and value
    scheme     TEXT NOT NULL,               -- anonymous, user, email, phone, vendor:object
    value      TEXT NOT NULL,
    prospect   TEXT NOT NULL,
    verified   INTEGER NOT NULL,            -- 1 where a connector that may vouch for it reported it
    first_seen INTEGER NOT NULL
) STRICT;
CREATE INDEX profile_by_prospect ON profile (prospect);

-- Two names that a signal said are one person's: the earliest such signal of each pair.
CREATE TABLE link (
    a      TEXT NOT NULL,                   -- a profile's id, the lesser one
    b      TEXT NOT NULL,
    at     INTEGER NOT NULL,
    signal TEXT NOT NULL,
    PRIMARY KEY (a, b)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_by_b ON link (b);

-- People, as far as the log was applied.
CREATE TABLE prospect (
    id           TEXT PRIMARY KEY,
    partition    INTEGER NOT NULL,
    applied_seq  INTEGER NOT NULL,          -- the last entry that was applied to this prospect
    applied_step INTEGER NOT NULL,
    lifecycle    TEXT NOT NULL,             -- the stage that was last announced
    signals      INTEGER NOT NULL,
    first_seen   INTEGER NOT NULL,
    last_seen    INTEGER NOT NULL,
    state        TEXT NOT NULL              -- JSON: profiles, consents, turns, beliefs, …
) STRICT, WITHOUT ROWID;
CREATE INDEX prospect_by_last_seen ON prospect (last_seen);

-- What was decided, silence included.
CREATE TABLE decision (
    id         TEXT PRIMARY KEY,
    prospect   TEXT NOT NULL,
    partition  INTEGER NOT NULL,            -- with seq and step the place in the log
    seq        INTEGER NOT NULL,
    step       INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    "trigger"  TEXT NOT NULL,               -- what moved
    act        TEXT NOT NULL,               -- hold, tell, ask, hand-over
    target     TEXT NOT NULL,               -- a story, a team, or empty
    channel    TEXT NOT NULL,
    propensity REAL NOT NULL,
    reason     TEXT NOT NULL,
    mode       TEXT NOT NULL,               -- shadow, approve, live
    router     TEXT NOT NULL,
    record     TEXT NOT NULL                -- JSON: all that is needed to decide it again
) STRICT, WITHOUT ROWID;
CREATE INDEX decision_by_prospect ON decision (prospect, at);
CREATE INDEX decision_by_time ON decision (at);

-- Decisions on their way out.
CREATE TABLE action (
    id          TEXT PRIMARY KEY,
    decision    TEXT NOT NULL REFERENCES decision (id),
    prospect    TEXT NOT NULL,              -- whose log is told how it goes on
    sink        TEXT NOT NULL,
    channel     TEXT NOT NULL,
    act         TEXT NOT NULL,
    target      TEXT NOT NULL,
    purpose     TEXT NOT NULL,
    recipients  TEXT NOT NULL,              -- JSON: identities
    decided     INTEGER NOT NULL,
    due         INTEGER NOT NULL,           -- the next attempt
    expires     INTEGER NOT NULL,
    state       TEXT NOT NULL,              -- queued, started, delivered, unknown, rejected, expired, held
    why         TEXT NOT NULL,
    attempts    INTEGER NOT NULL,
    first_tried INTEGER,
    reference   TEXT NOT NULL,              -- the vendor's id
    content     TEXT NOT NULL               -- JSON
) STRICT, WITHOUT ROWID;
CREATE INDEX action_by_sink ON action (sink, state, due);
CREATE INDEX action_by_due ON action (state, due);
CREATE INDEX action_by_prospect ON action (prospect, decided);

-- Tries to deliver. Stored before the sink is called; without an end where it has not
-- answered yet, or where the daemon died meanwhile.
CREATE TABLE attempt (
    action  TEXT NOT NULL REFERENCES action (id),
    number  INTEGER NOT NULL,
    started INTEGER NOT NULL,
    ended   INTEGER,
    outcome TEXT,                           -- delivered, retry, unknown, rejected
    detail  TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (action, number)
) STRICT, WITHOUT ROWID;

-- Timers that run. One that has run out is an entry of the log.
CREATE TABLE timer (
    prospect   TEXT NOT NULL,
    name       TEXT NOT NULL,
    partition  INTEGER NOT NULL,
    due        INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    PRIMARY KEY (prospect, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX timer_by_due ON timer (due);

-- What could not be worked off.
CREATE TABLE dead_letter (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    at           INTEGER NOT NULL,
    stage        TEXT NOT NULL,             -- intake, signal, assess, decide, deliver
    connector    TEXT NOT NULL,
    prospect     TEXT,
    action       TEXT,
    why          TEXT NOT NULL,
    place        TEXT NOT NULL,
    payload      TEXT NOT NULL,
    replay_asked INTEGER                    -- when a person asked for it, until it is taken
) STRICT;
CREATE INDEX dead_letter_to_replay ON dead_letter (id) WHERE replay_asked IS NOT NULL;

-- Addresses that must not be written to, whoever they belong to.
CREATE TABLE suppression (
    scheme TEXT NOT NULL,
    value  TEXT NOT NULL,
    why    TEXT NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (scheme, value)
) STRICT, WITHOUT ROWID;

-- `hearken stop` and `hearken go`.
CREATE TABLE switch (
    scope   TEXT NOT NULL,                  -- all, channel, story, team, sink
    name    TEXT NOT NULL,                  -- empty for all
    stopped INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    by      TEXT NOT NULL,
    PRIMARY KEY (scope, name)
) STRICT, WITHOUT ROWID;

-- Raised with every change of a switch or a suppression, so that an attempt that was checked
-- against older ones does not start.
CREATE TABLE rules (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL
) STRICT;
INSERT INTO rules VALUES (1, 0);

-- How far each source was read.
CREATE TABLE cursor (
    connector TEXT PRIMARY KEY,
    cursor    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What hand-overs took of a team's capacity.
CREATE TABLE claim (
    team   TEXT NOT NULL,
    action TEXT NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (team, action)
) STRICT, WITHOUT ROWID;
CREATE INDEX claim_by_time ON claim (team, at);

-- For people -------------------------------------------------------------------------------

CREATE VIEW signal AS
SELECT strftime('%Y-%m-%dT%H:%M:%fZ', at / 1000.0, 'unixepoch') AS at_utc, name AS kind, prospect, profile, connector,
       signal AS id, body ->> '$.signal.about' AS about, body ->> '$.live' AS live,
       body -> '$.signal.properties' AS properties
FROM entry WHERE kind = 'signal';

CREATE VIEW belief AS
SELECT p.id AS prospect, b.value ->> '$.kind' AS kind, b.value ->> '$.name' AS name, b.value ->> '$.value' AS value,
       b.value ->> '$.confidence' AS confidence,
       strftime('%Y-%m-%dT%H:%M:%fZ', (b.value ->> '$.at') / 1000.0, 'unixepoch') AS at_utc,
       b.value ->> '$.reason' AS reason, b.value -> '$.evidence' AS evidence, b.key AS said_by
FROM prospect AS p, json_each(p.state, '$.assessed') AS g, json_each(g.value, '$.beliefs') AS b
WHERE (b.value ->> '$.confidence') > 0
  AND json_array_length(g.value, '$.of') = (SELECT count(*) FROM json_each(p.state, '$.profiles'));

CREATE VIEW consent AS
SELECT p.id AS prospect, f.value ->> '$.identity.scheme' AS scheme, f.value ->> '$.identity.value' AS value,
       c.key AS brand_purpose_channel, c.value ->> '$.value.status' AS status,
       strftime('%Y-%m-%dT%H:%M:%fZ', (c.value ->> '$.at') / 1000.0, 'unixepoch') AS at_utc,
       c.value ->> '$.value.basis' AS basis, c.value ->> '$.value.proof' AS proof, c.value ->> '$.by' AS signal
FROM prospect AS p, json_each(p.state, '$.profiles') AS f, json_each(f.value, '$.consents') AS c;

CREATE VIEW turn AS
SELECT p.id AS prospect, strftime('%Y-%m-%dT%H:%M:%fZ', (t.value ->> '$.at') / 1000.0, 'unixepoch') AS at_utc,
       t.value ->> '$.speaker' AS speaker, t.value ->> '$.channel' AS channel, t.value ->> '$.what' AS what,
       t.value ->> '$.id' AS signal_or_action, NULL AS state
FROM prospect AS p, json_each(p.state, '$.profiles') AS f, json_each(f.value, '$.turns') AS t
UNION ALL
SELECT p.id, strftime('%Y-%m-%dT%H:%M:%fZ', (t.value ->> '$.at') / 1000.0, 'unixepoch'),
       'us', t.value ->> '$.channel', (t.value ->> '$.act') || ' ' || (t.value ->> '$.target'),
       t.value ->> '$.action', t.value ->> '$.state'
FROM prospect AS p, json_each(p.state, '$.profiles') AS f, json_each(f.value, '$.tellings') AS t;
