-- The first letters of two codes may be the same: the rest says whose it is. So nobody who makes letters need know which there are.
-- And as ballots since schema 7, the roll and credentials are written without a copy of pages for a statement that fails half-way, and
-- without a look at the same round for each row.
-- Owner: src/store/voters.rs
CREATE TABLE voters_anew (
    round_id    BIGINT  NOT NULL ON CONFLICT FAIL,
    pseudonym   BLOB    NOT NULL ON CONFLICT FAIL,
    born        TEXT    NOT NULL ON CONFLICT FAIL,
    district    TEXT,
    locator     TEXT    NOT NULL ON CONFLICT FAIL,
    code_hash   BLOB    NOT NULL ON CONFLICT FAIL,
    failures    BIGINT  NOT NULL ON CONFLICT FAIL,
    PRIMARY KEY (round_id, pseudonym) ON CONFLICT FAIL
) WITHOUT ROWID;
INSERT INTO voters_anew
    SELECT round_id, pseudonym, born, district, locator, code_hash, failures FROM voters ORDER BY round_id, pseudonym;
-- Owner: src/store/issuances.rs
CREATE TABLE issuances_anew (
    round_id      BIGINT NOT NULL ON CONFLICT FAIL,
    pseudonym     BLOB   NOT NULL ON CONFLICT FAIL,
    blinded_hash  BLOB   NOT NULL ON CONFLICT FAIL,
    step          BIGINT NOT NULL ON CONFLICT FAIL,
    PRIMARY KEY (round_id, pseudonym) ON CONFLICT FAIL
) WITHOUT ROWID;
INSERT INTO issuances_anew SELECT round_id, pseudonym, blinded_hash, step FROM issuances ORDER BY round_id, pseudonym;
-- What is taken out is overwritten: free pages would tell the order in which rows came.
PRAGMA secure_delete = ON;
DROP TABLE voters;
DROP TABLE issuances;
PRAGMA secure_delete = OFF;
ALTER TABLE voters_anew RENAME TO voters;
ALTER TABLE issuances_anew RENAME TO issuances;
CREATE INDEX voters_by_locator ON voters (round_id, locator);
CREATE INDEX issuances_by_step ON issuances (round_id, step, pseudonym);
-- That few letters start alike is for the planner to know (sqlite.org/optoverview.html#manctrl): left to itself it would go through the
-- whole roll by the key. `ANALYZE sqlite_schema` only makes its tables, and reads them in the end; it looks at no row of ours.
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('voters', 'voters', '1000000 1000000 1'),
    ('voters', 'voters_by_locator', '1000000 1000000 1');
ANALYZE sqlite_schema;
