-- Promises lie in segments: new ones come into the last, the number of which stands beside the round's urn. A segment holds some 65,536,
-- and there is a filter of each that is full, which tells whether it may hold a credential's. What is there already is cut in the order
-- of credentials. Owner: src/store/promises.rs
CREATE TABLE accepted_ballots_anew (
    round_id    BIGINT  NOT NULL ON CONFLICT FAIL,
    segment     BIGINT  NOT NULL ON CONFLICT FAIL,
    credential  BLOB    NOT NULL ON CONFLICT FAIL,
    version     BIGINT  NOT NULL ON CONFLICT FAIL,
    hash        BLOB    NOT NULL ON CONFLICT FAIL,
    in_log_by   BIGINT  NOT NULL ON CONFLICT FAIL,
    PRIMARY KEY (round_id, segment, credential, version) ON CONFLICT FAIL
) WITHOUT ROWID;
INSERT INTO accepted_ballots_anew
    SELECT round_id, (row_number() OVER (PARTITION BY round_id ORDER BY credential, version) - 1) / 65536,
           credential, version, hash, in_log_by
    FROM accepted_ballots ORDER BY round_id, credential, version;
DROP TABLE accepted_ballots;
ALTER TABLE accepted_ballots_anew RENAME TO accepted_ballots;
ALTER TABLE urns ADD COLUMN segment BIGINT NOT NULL DEFAULT 0;
UPDATE urns SET segment =
    COALESCE((SELECT max(segment) FROM accepted_ballots WHERE accepted_ballots.round_id = urns.round_id), 0);
CREATE TABLE promise_filters (
    round_id    BIGINT  NOT NULL,
    segment     BIGINT  NOT NULL,
    filter      BLOB    NOT NULL,
    PRIMARY KEY (round_id, segment)
) WITHOUT ROWID;
