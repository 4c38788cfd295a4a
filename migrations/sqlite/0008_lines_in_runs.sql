-- Which line a ballot stands in lies in sorted runs, each cut into chunks of a page, instead of a tree of ballots: see the owner.
-- An entry is the ballot's hash, its line and the time by which it was promised to be in the log, 32 + 8 + 8 bytes.
-- What is there already becomes one run. Owner: src/store/ballot_lines.rs
CREATE TABLE line_runs (
    round_id    BIGINT  NOT NULL ON CONFLICT FAIL,
    run         BIGINT  NOT NULL ON CONFLICT FAIL,
    level       BIGINT  NOT NULL ON CONFLICT FAIL,
    ballots     BIGINT  NOT NULL ON CONFLICT FAIL,
    PRIMARY KEY (round_id, run) ON CONFLICT FAIL
) WITHOUT ROWID;
CREATE TABLE line_chunks (
    round_id    BIGINT  NOT NULL ON CONFLICT FAIL,
    run         BIGINT  NOT NULL ON CONFLICT FAIL,
    first_hash  BLOB    NOT NULL ON CONFLICT FAIL,
    entries     BLOB    NOT NULL ON CONFLICT FAIL,
    PRIMARY KEY (round_id, run, first_hash) ON CONFLICT FAIL
);
INSERT INTO line_runs SELECT round_id, -1, 3, count(*) FROM ballot_lines GROUP BY round_id;
INSERT INTO line_chunks
    SELECT round_id, -1, min(hash),
           unhex(group_concat(hex(hash) || printf('%016X%016X', line_index, in_log_by), '' ORDER BY hash))
    FROM (SELECT *, (row_number() OVER (PARTITION BY round_id ORDER BY hash) - 1) / 80 AS chunk FROM ballot_lines)
    GROUP BY round_id, chunk;
DROP TABLE ballot_lines;
