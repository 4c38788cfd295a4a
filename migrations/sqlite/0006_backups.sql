-- Credentials for people's other devices, out of the roll, whose rows kept the order in which they were saved. `step` is the step of the
-- register with which the row was written anew, 0 before. What is there already is written in the order of pseudonyms.
-- Owner: src/store/backups.rs
CREATE TABLE backups (
    round_id    BIGINT  NOT NULL,
    step        BIGINT  NOT NULL,
    pseudonym   BLOB     NOT NULL,
    part        BIGINT  NOT NULL,
    code_hash   BLOB     NOT NULL,
    bytes       BLOB     NOT NULL,
    PRIMARY KEY (round_id, step, pseudonym, part)
) WITHOUT ROWID;
CREATE INDEX backups_by_person ON backups (round_id, pseudonym);
INSERT INTO backups (round_id, step, pseudonym, part, code_hash, bytes)
    SELECT round_id, 1, pseudonym, part, code_hash, CASE part WHEN 0 THEN substr(backup, 1, 526) ELSE substr(backup, 527) END
    FROM voters, (SELECT 0 AS part UNION ALL SELECT 1) WHERE backup IS NOT NULL ORDER BY round_id, pseudonym, part;
-- What is taken out is overwritten, or the pages that are given back would tell the order still.
PRAGMA secure_delete = ON;
UPDATE voters SET backup = NULL WHERE backup IS NOT NULL;
ALTER TABLE voters DROP COLUMN backup;
PRAGMA secure_delete = OFF;
