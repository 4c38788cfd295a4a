-- Pictures of territories: what the log says of each, and its files. A picture that was removed has no row. Owner: src/store/pictures.rs
CREATE TABLE pictures (
    round_id    BIGINT  NOT NULL REFERENCES rounds (id),
    picture     BLOB    NOT NULL,
    line_index  BIGINT  NOT NULL,
    territory   BIGINT  NOT NULL,
    kind        TEXT    NOT NULL,
    alt         TEXT    NOT NULL,
    PRIMARY KEY (round_id, picture)
) WITHOUT ROWID;

-- Bytes stand here once for each picture, so that removing one never takes away another's. Large rows, so with row ids.
CREATE TABLE picture_files (
    round_id    BIGINT  NOT NULL,
    picture     BLOB    NOT NULL,
    size        TEXT    NOT NULL,
    format      TEXT    NOT NULL,
    width       BIGINT  NOT NULL,
    height      BIGINT  NOT NULL,
    hash        BLOB    NOT NULL,
    bytes       BLOB    NOT NULL,
    PRIMARY KEY (round_id, picture, size, format),
    FOREIGN KEY (round_id, picture) REFERENCES pictures (round_id, picture)
);
CREATE INDEX picture_files_by_hash ON picture_files (hash, format);
