-- Which node does a piece of work alone, and until when. Owner: src/store/leases.rs
CREATE TABLE leases (
    name        TEXT    NOT NULL PRIMARY KEY,
    node        TEXT    NOT NULL,
    until       BIGINT  NOT NULL
) WITHOUT ROWID;
