-- Ballots and credentials in the log by full hour: a projection for pictures. Owner: src/store/turnout.rs
CREATE TABLE turnout (
    round_id    BIGINT  NOT NULL REFERENCES rounds (id),
    hour        BIGINT  NOT NULL,
    ballots     BIGINT  NOT NULL,
    credentials BIGINT  NOT NULL,
    PRIMARY KEY (round_id, hour)
) WITHOUT ROWID;
