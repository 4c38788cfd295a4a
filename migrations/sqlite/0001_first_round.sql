-- Logs: the head of each, its lines, and the tiles that proofs are made from. Owner: src/store/log.rs
CREATE TABLE logs (
    id          INTEGER PRIMARY KEY,
    origin      TEXT    NOT NULL CONSTRAINT logs_origin_once UNIQUE,
    size        BIGINT  NOT NULL,
    last_leaf   BLOB    NOT NULL,
    checkpoint  TEXT    NOT NULL,
    state       TEXT    NOT NULL
);
CREATE TABLE log_lines (
    log_id      BIGINT  NOT NULL REFERENCES logs (id),
    line_index  BIGINT  NOT NULL,
    line        BLOB    NOT NULL,
    PRIMARY KEY (log_id, line_index)
) WITHOUT ROWID;
CREATE TABLE log_tiles (
    log_id      BIGINT  NOT NULL REFERENCES logs (id),
    level       BIGINT  NOT NULL,
    tile_index  BIGINT  NOT NULL,
    hashes      BLOB    NOT NULL,
    PRIMARY KEY (log_id, level, tile_index)
) WITHOUT ROWID;

-- Rounds: drafts, and projections of the rounds' logs. Owner: src/store/rounds.rs
CREATE TABLE rounds (
    id          INTEGER PRIMARY KEY,
    slug        TEXT    NOT NULL CONSTRAINT rounds_slug_once UNIQUE,
    draft       TEXT    NOT NULL,
    log_id      BIGINT  REFERENCES logs (id),
    rules       TEXT,
    phase       TEXT    NOT NULL,
    opens_at    BIGINT  NOT NULL,
    closes_at   BIGINT  NOT NULL
);

-- Secret keys of rounds, sealed under the master key. Owner: src/store/secrets.rs
CREATE TABLE secrets (
    name        TEXT    NOT NULL PRIMARY KEY,
    sealed      BLOB    NOT NULL
) WITHOUT ROWID;

-- Staff. Owner: src/store/staff.rs
CREATE TABLE staff (
    handle      TEXT    NOT NULL PRIMARY KEY,
    role        TEXT    NOT NULL,
    token_hash  BLOB    NOT NULL CONSTRAINT staff_token_once UNIQUE,
    revoked     BIGINT  NOT NULL
) WITHOUT ROWID;

-- The roll: who may be issued a credential. Owner: src/store/voters.rs
CREATE TABLE voters (
    round_id    BIGINT  NOT NULL REFERENCES rounds (id),
    pseudonym   BLOB    NOT NULL,
    born        TEXT    NOT NULL,
    district    TEXT,
    locator     TEXT    NOT NULL,
    code_hash   BLOB    NOT NULL,
    failures    BIGINT  NOT NULL,
    backup      BLOB,
    PRIMARY KEY (round_id, pseudonym),
    CONSTRAINT voters_locator_once UNIQUE (round_id, locator)
) WITHOUT ROWID;

-- Credentials issued: no times, and no order but the pseudonyms' own. Owner: src/store/issuances.rs
CREATE TABLE issuances (
    round_id      BIGINT NOT NULL REFERENCES rounds (id),
    pseudonym     BLOB   NOT NULL,
    blinded_hash  BLOB   NOT NULL,
    step          BIGINT NOT NULL,
    PRIMARY KEY (round_id, pseudonym)
) WITHOUT ROWID;
CREATE INDEX issuances_by_step ON issuances (round_id, step, pseudonym);

-- The ballot box. The urn holds ballots that are not in the log yet, in the order of their hashes and no other;
-- accepted_ballots remembers every promise; ballot_lines says where a ballot went. Owner: src/store/ballot_box.rs
CREATE TABLE urn (
    round_id    BIGINT  NOT NULL REFERENCES rounds (id),
    hash        BLOB    NOT NULL,
    envelope    BLOB    NOT NULL,
    in_log_by   BIGINT  NOT NULL,
    PRIMARY KEY (round_id, hash)
) WITHOUT ROWID;
CREATE TABLE accepted_ballots (
    round_id    BIGINT  NOT NULL REFERENCES rounds (id),
    credential  BLOB    NOT NULL,
    version     BIGINT  NOT NULL,
    hash        BLOB    NOT NULL,
    in_log_by   BIGINT  NOT NULL,
    PRIMARY KEY (round_id, credential, version)
) WITHOUT ROWID;
CREATE TABLE ballot_lines (
    round_id    BIGINT  NOT NULL REFERENCES rounds (id),
    hash        BLOB    NOT NULL,
    line_index  BIGINT  NOT NULL,
    PRIMARY KEY (round_id, hash)
) WITHOUT ROWID;
