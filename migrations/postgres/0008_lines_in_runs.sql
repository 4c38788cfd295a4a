-- As of SQLite: which line a ballot stands in lies in sorted runs, each cut into chunks. Owner: src/store/ballot_lines.rs
CREATE TABLE line_runs (
    round_id    BIGINT  NOT NULL,
    run         BIGINT  NOT NULL,
    level       BIGINT  NOT NULL,
    ballots     BIGINT  NOT NULL,
    PRIMARY KEY (round_id, run)
);
CREATE TABLE line_chunks (
    round_id    BIGINT  NOT NULL,
    run         BIGINT  NOT NULL,
    first_hash  BYTEA   NOT NULL,
    entries     BYTEA   NOT NULL,
    PRIMARY KEY (round_id, run, first_hash)
);
-- A chunk fits a page, and hashes do not compress.
ALTER TABLE line_chunks ALTER COLUMN entries SET STORAGE PLAIN;
INSERT INTO line_runs SELECT round_id, -1, 3, count(*) FROM ballot_lines GROUP BY round_id;
INSERT INTO line_chunks
    SELECT round_id, -1, (array_agg(hash ORDER BY hash))[1],
           string_agg(hash || int8send(line_index) || int8send(in_log_by), ''::bytea ORDER BY hash)
    FROM (SELECT *, (row_number() OVER (PARTITION BY round_id ORDER BY hash) - 1) / 80 AS chunk FROM ballot_lines) AS cut
    GROUP BY round_id, chunk;
DROP TABLE ballot_lines;
