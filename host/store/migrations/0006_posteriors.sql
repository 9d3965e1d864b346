-- What was learned, as numbered snapshots: decisions name the one that they were made with.
CREATE TABLE posterior (
    number INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice, also where the last was deleted
    at     INTEGER NOT NULL,
    body   TEXT NOT NULL                       -- JSON: what was counted, by story and kind of people
) STRICT;

-- When somebody's stages were reached, without reading through the log.
CREATE INDEX entry_stage ON entry (prospect, partition, seq, step) WHERE kind = 'stage';
