-- Heads that witnesses cosigned, as the log signed them, and the witnesses' lines under them. Owner: src/store/cosignatures.rs
CREATE TABLE cosigned_heads (
    log_id      BIGINT  NOT NULL REFERENCES logs (id),
    size        BIGINT  NOT NULL,
    checkpoint  TEXT    NOT NULL,
    -- How many of the witnesses that count cosigned it: those of the rules, or all where the rules name none.
    signed      BIGINT  NOT NULL DEFAULT 0,
    -- 0: none of them did, 1: some, 2: as many as the rules ask for.
    standing    BIGINT  NOT NULL DEFAULT 0,
    PRIMARY KEY (log_id, size)
);
-- With row ids, or SQLite reads the heads in the order of their sizes, all of them, instead of this.
CREATE INDEX cosigned_heads_by_standing ON cosigned_heads (log_id, standing, size);
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

-- By when the first ballot of its batch was promised, a full hour and one for all of the batch, so that it tells nothing of a
-- single ballot: until then the receipt may wait for witnesses. Owner: src/store/ballot_box.rs
ALTER TABLE ballot_lines ADD COLUMN in_log_by BIGINT NOT NULL DEFAULT 0;
