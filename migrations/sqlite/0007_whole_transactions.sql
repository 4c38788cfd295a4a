-- A statement that fails half-way is never taken back alone here: its transaction is. So SQLite need not keep a copy of every page
-- that a statement of many rows touches (ON CONFLICT FAIL), nor look up the same round for each of them. What is there already is
-- written in the order of its keys, which is the order that it has.
-- Lines and tiles stand beside their index, not in it: a tree whose inner pages hold rows of this length is twice as deep.
-- Owner: src/store/log.rs
CREATE TABLE log_lines_anew (
    log_id      BIGINT  NOT NULL ON CONFLICT FAIL,
    line_index  BIGINT  NOT NULL ON CONFLICT FAIL,
    line        BLOB    NOT NULL ON CONFLICT FAIL,
    PRIMARY KEY (log_id, line_index) ON CONFLICT FAIL
);
CREATE TABLE log_tiles_anew (
    log_id      BIGINT  NOT NULL ON CONFLICT FAIL,
    level       BIGINT  NOT NULL ON CONFLICT FAIL,
    tile_index  BIGINT  NOT NULL ON CONFLICT FAIL,
    hashes      BLOB    NOT NULL ON CONFLICT FAIL,
    PRIMARY KEY (log_id, level, tile_index) ON CONFLICT FAIL
);
INSERT INTO log_lines_anew SELECT log_id, line_index, line FROM log_lines ORDER BY log_id, line_index;
INSERT INTO log_tiles_anew SELECT log_id, level, tile_index, hashes FROM log_tiles ORDER BY log_id, level, tile_index;
DROP TABLE log_lines;
DROP TABLE log_tiles;
ALTER TABLE log_lines_anew RENAME TO log_lines;
ALTER TABLE log_tiles_anew RENAME TO log_tiles;

-- Owner: src/store/ballot_box.rs
CREATE TABLE urn_anew (
    round_id    BIGINT  NOT NULL ON CONFLICT FAIL,
    hash        BLOB    NOT NULL ON CONFLICT FAIL,
    envelope    BLOB    NOT NULL ON CONFLICT FAIL,
    in_log_by   BIGINT  NOT NULL ON CONFLICT FAIL,
    PRIMARY KEY (round_id, hash) ON CONFLICT FAIL
) WITHOUT ROWID;
CREATE TABLE accepted_ballots_anew (
    round_id    BIGINT  NOT NULL ON CONFLICT FAIL,
    credential  BLOB    NOT NULL ON CONFLICT FAIL,
    version     BIGINT  NOT NULL ON CONFLICT FAIL,
    hash        BLOB    NOT NULL ON CONFLICT FAIL,
    in_log_by   BIGINT  NOT NULL ON CONFLICT FAIL,
    PRIMARY KEY (round_id, credential, version) ON CONFLICT FAIL
) WITHOUT ROWID;
CREATE TABLE ballot_lines_anew (
    round_id    BIGINT  NOT NULL ON CONFLICT FAIL,
    hash        BLOB    NOT NULL ON CONFLICT FAIL,
    line_index  BIGINT  NOT NULL ON CONFLICT FAIL,
    in_log_by   BIGINT  NOT NULL ON CONFLICT FAIL DEFAULT 0,
    PRIMARY KEY (round_id, hash) ON CONFLICT FAIL
) WITHOUT ROWID;
INSERT INTO urn_anew SELECT round_id, hash, envelope, in_log_by FROM urn ORDER BY round_id, hash;
INSERT INTO accepted_ballots_anew
    SELECT round_id, credential, version, hash, in_log_by FROM accepted_ballots ORDER BY round_id, credential, version;
INSERT INTO ballot_lines_anew SELECT round_id, hash, line_index, in_log_by FROM ballot_lines ORDER BY round_id, hash;
DROP TABLE urn;
DROP TABLE accepted_ballots;
DROP TABLE ballot_lines;
ALTER TABLE urn_anew RENAME TO urn;
ALTER TABLE accepted_ballots_anew RENAME TO accepted_ballots;
ALTER TABLE ballot_lines_anew RENAME TO ballot_lines;
