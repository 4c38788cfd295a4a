-- The tables of migrations/sqlite/0001 to 0004; from here on each schema has one number on both. Text is compared byte by byte, as
-- SQLite does. Tables that grow with every ballot have no foreign keys: checking them would cost more than all the rest of a row, and
-- the one file that writes each table keeps them. Owners of the tables: migrations/README.md.
CREATE TABLE logs (
    id          BIGINT  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    origin      TEXT    COLLATE "C" NOT NULL CONSTRAINT logs_origin_once UNIQUE,
    size        BIGINT  NOT NULL,
    last_leaf   BYTEA   NOT NULL,
    checkpoint  TEXT    NOT NULL,
    state       TEXT    NOT NULL
) WITH (fillfactor = 20);
CREATE TABLE log_lines (
    log_id      BIGINT  NOT NULL,
    line_index  BIGINT  NOT NULL,
    line        BYTEA   NOT NULL,
    PRIMARY KEY (log_id, line_index)
);
CREATE TABLE log_tiles (
    log_id      BIGINT  NOT NULL,
    level       BIGINT  NOT NULL,
    tile_index  BIGINT  NOT NULL,
    hashes      BYTEA   NOT NULL,
    PRIMARY KEY (log_id, level, tile_index)
);
CREATE TABLE long_lines (
    log_id      BIGINT  NOT NULL REFERENCES logs (id),
    event       BYTEA   NOT NULL,
    line_index  BIGINT  NOT NULL,
    PRIMARY KEY (log_id, event)
);
CREATE TABLE cosigned_heads (
    log_id      BIGINT  NOT NULL REFERENCES logs (id),
    size        BIGINT  NOT NULL,
    checkpoint  TEXT    NOT NULL,
    signed      BIGINT  NOT NULL DEFAULT 0,
    standing    BIGINT  NOT NULL DEFAULT 0,
    PRIMARY KEY (log_id, size)
);
CREATE INDEX cosigned_heads_by_standing ON cosigned_heads (log_id, standing, size);
CREATE TABLE cosignatures (
    log_id      BIGINT  NOT NULL,
    size        BIGINT  NOT NULL,
    witness     TEXT    COLLATE "C" NOT NULL,
    at          BIGINT  NOT NULL,
    line        TEXT    NOT NULL,
    PRIMARY KEY (log_id, size, witness),
    FOREIGN KEY (log_id, size) REFERENCES cosigned_heads (log_id, size)
);
CREATE INDEX cosignatures_by_witness ON cosignatures (log_id, witness, size);

CREATE TABLE rounds (
    id          BIGINT  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug        TEXT    COLLATE "C" NOT NULL CONSTRAINT rounds_slug_once UNIQUE,
    draft       TEXT    NOT NULL,
    log_id      BIGINT  REFERENCES logs (id),
    rules       TEXT,
    phase       TEXT    NOT NULL,
    opens_at    BIGINT  NOT NULL,
    closes_at   BIGINT  NOT NULL
) WITH (fillfactor = 20);
CREATE TABLE pictures (
    round_id    BIGINT  NOT NULL REFERENCES rounds (id),
    picture     BYTEA   NOT NULL,
    line_index  BIGINT  NOT NULL,
    territory   BIGINT  NOT NULL,
    kind        TEXT    NOT NULL,
    alt         TEXT    NOT NULL,
    PRIMARY KEY (round_id, picture)
);
CREATE TABLE picture_files (
    round_id    BIGINT  NOT NULL,
    picture     BYTEA   NOT NULL,
    size        TEXT    COLLATE "C" NOT NULL,
    format      TEXT    COLLATE "C" NOT NULL,
    width       BIGINT  NOT NULL,
    height      BIGINT  NOT NULL,
    hash        BYTEA   NOT NULL,
    bytes       BYTEA   NOT NULL,
    PRIMARY KEY (round_id, picture, size, format),
    FOREIGN KEY (round_id, picture) REFERENCES pictures (round_id, picture)
);
-- What is compressed already is not compressed again.
ALTER TABLE picture_files ALTER COLUMN bytes SET STORAGE EXTERNAL;
CREATE INDEX picture_files_by_hash ON picture_files (hash, format);
CREATE TABLE turnout (
    round_id    BIGINT  NOT NULL REFERENCES rounds (id),
    hour        BIGINT  NOT NULL,
    ballots     BIGINT  NOT NULL,
    credentials BIGINT  NOT NULL,
    PRIMARY KEY (round_id, hour)
);

CREATE TABLE secrets (
    name        TEXT    COLLATE "C" NOT NULL PRIMARY KEY,
    sealed      BYTEA   NOT NULL
);
CREATE TABLE staff (
    handle      TEXT    COLLATE "C" NOT NULL PRIMARY KEY,
    role        TEXT    NOT NULL,
    token_hash  BYTEA   NOT NULL CONSTRAINT staff_token_once UNIQUE,
    revoked     BIGINT  NOT NULL
);

CREATE TABLE voters (
    round_id    BIGINT  NOT NULL REFERENCES rounds (id),
    pseudonym   BYTEA   NOT NULL,
    born        TEXT    NOT NULL,
    district    TEXT,
    locator     TEXT    COLLATE "C" NOT NULL,
    code_hash   BYTEA   NOT NULL,
    failures    BIGINT  NOT NULL,
    backup      BYTEA,
    PRIMARY KEY (round_id, pseudonym),
    CONSTRAINT voters_locator_once UNIQUE (round_id, locator)
);
CREATE TABLE issuances (
    round_id      BIGINT NOT NULL,
    pseudonym     BYTEA  NOT NULL,
    blinded_hash  BYTEA  NOT NULL,
    step          BIGINT NOT NULL,
    PRIMARY KEY (round_id, pseudonym)
);
CREATE INDEX issuances_by_step ON issuances (round_id, step, pseudonym);

CREATE TABLE urn (
    round_id    BIGINT  NOT NULL,
    hash        BYTEA   NOT NULL,
    envelope    BYTEA   NOT NULL,
    in_log_by   BIGINT  NOT NULL,
    PRIMARY KEY (round_id, hash)
);
-- Sealed bytes do not compress; trying costs time.
ALTER TABLE urn ALTER COLUMN envelope SET STORAGE EXTERNAL;
CREATE TABLE accepted_ballots (
    round_id    BIGINT  NOT NULL,
    credential  BYTEA   NOT NULL,
    version     BIGINT  NOT NULL,
    hash        BYTEA   NOT NULL,
    in_log_by   BIGINT  NOT NULL,
    PRIMARY KEY (round_id, credential, version)
);
CREATE TABLE ballot_lines (
    round_id    BIGINT  NOT NULL,
    hash        BYTEA   NOT NULL,
    line_index  BIGINT  NOT NULL,
    in_log_by   BIGINT  NOT NULL,
    PRIMARY KEY (round_id, hash)
);
