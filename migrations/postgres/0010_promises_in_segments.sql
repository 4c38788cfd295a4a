-- As of SQLite: promises lie in segments, and there is a filter of each that is full. A node that knows no segments can keep no promise any
-- more, and one that still runs keeps none while they are copied. Owner: src/store/promises.rs
LOCK TABLE urns, accepted_ballots IN ACCESS EXCLUSIVE MODE;
CREATE TABLE accepted_ballots_anew (
    round_id    BIGINT  NOT NULL,
    segment     BIGINT  NOT NULL,
    credential  BYTEA   NOT NULL,
    version     BIGINT  NOT NULL,
    hash        BYTEA   NOT NULL,
    in_log_by   BIGINT  NOT NULL
);
INSERT INTO accepted_ballots_anew
    SELECT round_id, (row_number() OVER (PARTITION BY round_id ORDER BY credential, version) - 1) / 65536,
           credential, version, hash, in_log_by
    FROM accepted_ballots ORDER BY round_id, credential, version;
DROP TABLE accepted_ballots;
ALTER TABLE accepted_ballots_anew RENAME TO accepted_ballots;
ALTER TABLE accepted_ballots ADD PRIMARY KEY (round_id, segment, credential, version);
ALTER TABLE urns ADD COLUMN segment BIGINT NOT NULL DEFAULT 0;
UPDATE urns SET segment =
    COALESCE((SELECT max(segment) FROM accepted_ballots WHERE accepted_ballots.round_id = urns.round_id), 0);
CREATE TABLE promise_filters (
    round_id    BIGINT  NOT NULL,
    segment     BIGINT  NOT NULL,
    filter      BYTEA   NOT NULL,
    PRIMARY KEY (round_id, segment)
);
-- Bits of a filter do not compress.
ALTER TABLE promise_filters ALTER COLUMN filter SET STORAGE EXTERNAL;
