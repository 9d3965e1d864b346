-- Mail: how far a relay is warmed up, what went through it, and how that fared.

-- When a relay took its first message: from then on its days are counted.
CREATE TABLE relay (
    name  TEXT PRIMARY KEY,
    first INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A story that was handed to a relay, or was about to be. Written with the start of the
-- attempt, so that no crash makes a relay take more than it may.
CREATE TABLE passage (
    relay      TEXT NOT NULL,
    action     TEXT NOT NULL,
    domain     TEXT NOT NULL,               -- the recipient's
    at         INTEGER NOT NULL,            -- of the latest attempt
    bounced    INTEGER NOT NULL DEFAULT 0,  -- 1 where the address does not work for good
    complained INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (relay, action)
) STRICT, WITHOUT ROWID;
CREATE INDEX passage_by_time ON passage (relay, at);
CREATE INDEX passage_by_domain ON passage (relay, domain, at);
CREATE INDEX passage_by_action ON passage (action);

-- Bounces and complaints that come later name the message and not the action.
CREATE INDEX action_by_reference ON action (reference) WHERE reference <> '';
