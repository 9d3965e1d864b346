-- Whose company somebody belongs to, as the account's name is compared; empty where none is
-- known. Filled for the people who are there by the program that runs this migration.
ALTER TABLE prospect ADD COLUMN account TEXT NOT NULL DEFAULT '';
CREATE INDEX prospect_by_account ON prospect (account, last_seen) WHERE account <> '';
