-- What people approve, what is in an action's way, and what summaries are made from.

-- What is in its way or has ended it, in one word: shadow, approval, stopped, new-people, …
ALTER TABLE action ADD COLUMN gate TEXT NOT NULL DEFAULT '';
-- The digest of the story's text that it tells.
ALTER TABLE action ADD COLUMN text TEXT NOT NULL DEFAULT '';
-- 1 for a copy that a colleague gets; it counts for nothing.
ALTER TABLE action ADD COLUMN seed INTEGER NOT NULL DEFAULT 0;
-- A person's word on it: yes or no, with who, when and why.
ALTER TABLE action ADD COLUMN answer TEXT;
ALTER TABLE action ADD COLUMN answered_by TEXT;
ALTER TABLE action ADD COLUMN answered_at INTEGER;
ALTER TABLE action ADD COLUMN answered_why TEXT;
UPDATE action SET gate = CASE
    WHEN why LIKE 'the mode is shadow%' THEN 'shadow'
    WHEN why LIKE 'waits for approval%' OR why LIKE 'the mode is approve%' THEN 'approval'
    WHEN state = 'held' THEN 'unknown'
    ELSE '' END
WHERE state = 'held';
CREATE INDEX action_by_expiry ON action (expires) WHERE state IN ('held', 'queued');
CREATE INDEX action_by_gate ON action (gate, decided) WHERE state = 'held';
CREATE INDEX action_answered ON action (answered_at) WHERE state IN ('held', 'queued') AND answer IS NOT NULL;
-- All that a summary reads: the texts of actions and the records of decisions stay untouched.
CREATE INDEX action_by_time ON action (decided, seed, state, gate, act, target, channel, prospect, why);

-- Of a silence the gate that forbade what spoke loudest; empty where the router chose it.
ALTER TABLE decision ADD COLUMN gate TEXT NOT NULL DEFAULT '';
-- How far the likeliest alternative was ahead of the next; none where there was one only.
ALTER TABLE decision ADD COLUMN margin REAL;

DROP INDEX decision_by_time;
CREATE INDEX decision_by_time
    ON decision (at, act, mode, target, channel, prospect, gate, margin, propensity, reason);

-- Texts of stories that a person approved, by the digest of what a reader sees.
CREATE TABLE approved_text (
    story  TEXT NOT NULL,
    digest TEXT NOT NULL,
    by     TEXT NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (story, digest)
) STRICT, WITHOUT ROWID;

-- People who were told something for the first time, as it was attempted.
CREATE TABLE new_person (
    action   TEXT PRIMARY KEY,
    prospect TEXT NOT NULL,
    at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX new_person_by_time ON new_person (at, prospect);
