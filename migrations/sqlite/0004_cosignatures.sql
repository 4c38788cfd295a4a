-- Heads that witnesses cosigned, as the log signed them, and the witnesses' lines under them. Owner: src/store/cosignatures.rs
CREATE TABLE cosigned_heads (
    log_id      BIGINT  NOT NULL REFERENCES logs (id),
    size        BIGINT  NOT NULL,
    checkpoint  TEXT    NOT NULL,
    PRIMARY KEY (log_id, size)
) WITHOUT ROWID;
CREATE TABLE cosignatures (
    log_id      BIGINT  NOT NULL,
    size        BIGINT  NOT NULL,
    witness     TEXT    NOT NULL,
    at          BIGINT  NOT NULL,
    line        TEXT    NOT NULL,
    PRIMARY KEY (log_id, size, witness),
    FOREIGN KEY (log_id, size) REFERENCES cosigned_heads (log_id, size)
) WITHOUT ROWID;
CREATE INDEX cosignatures_by_witness ON cosignatures (log_id, witness, size);

-- Lines whose leaf is their short form, by the hash of their event. Owner: src/store/log.rs
CREATE TABLE long_lines (
    log_id      BIGINT  NOT NULL REFERENCES logs (id),
    event       BLOB    NOT NULL,
    line_index  BIGINT  NOT NULL,
    PRIMARY KEY (log_id, event)
) WITHOUT ROWID;

-- By when a logged ballot was promised, a full hour: until then its receipt may wait for witnesses. Owner: src/store/ballot_box.rs
ALTER TABLE ballot_lines ADD COLUMN in_log_by BIGINT NOT NULL DEFAULT 0;
