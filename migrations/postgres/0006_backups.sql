-- Credentials for people's other devices, out of the roll, whose rows kept the order in which they were saved. `step` is the step of the
-- register with which the row was written anew, 0 before. What is there already is written in the order of pseudonyms.
-- Owner: src/store/backups.rs
CREATE TABLE backups (
    round_id    BIGINT  NOT NULL,
    step        BIGINT  NOT NULL,
    pseudonym   BYTEA    NOT NULL,
    part        BIGINT  NOT NULL,
    code_hash   BYTEA    NOT NULL,
    bytes       BYTEA    NOT NULL,
    PRIMARY KEY (round_id, step, pseudonym, part)
);
CREATE INDEX backups_by_person ON backups (round_id, pseudonym);
-- Sealed bytes do not compress; trying costs time.
ALTER TABLE backups ALTER COLUMN bytes SET STORAGE EXTERNAL;
INSERT INTO backups (round_id, step, pseudonym, part, code_hash, bytes)
    SELECT round_id, 1, pseudonym, part, code_hash,
        CASE part WHEN 0 THEN substring(backup FROM 1 FOR 526) ELSE substring(backup FROM 527) END
    FROM voters, (VALUES (0), (1)) AS parts (part) WHERE backup IS NOT NULL ORDER BY round_id, pseudonym, part;

-- The roll anew: each row of the old one says which transaction changed it last.
ALTER TABLE voters RENAME TO voters_before;
ALTER TABLE voters_before RENAME CONSTRAINT voters_pkey TO voters_before_pkey;
ALTER TABLE voters_before RENAME CONSTRAINT voters_locator_once TO voters_before_locator_once;
CREATE TABLE voters (
    round_id    BIGINT  NOT NULL REFERENCES rounds (id),
    pseudonym   BYTEA   NOT NULL,
    born        TEXT    NOT NULL,
    district    TEXT,
    locator     TEXT    COLLATE "C" NOT NULL,
    code_hash   BYTEA   NOT NULL,
    failures    BIGINT  NOT NULL,
    PRIMARY KEY (round_id, pseudonym),
    CONSTRAINT voters_locator_once UNIQUE (round_id, locator)
);
INSERT INTO voters (round_id, pseudonym, born, district, locator, code_hash, failures)
    SELECT round_id, pseudonym, born, district, locator, code_hash, failures FROM voters_before ORDER BY round_id, pseudonym;
DROP TABLE voters_before;
