-- What was asked for often lately, for limits that hold over all nodes: the place of an operation's target, and the step of time in which
-- it is as good as new. Not in the write-ahead log: whatever is lost with a server, or is not on a standby, is counted anew. Only here, for
-- SQLite has one node. Owner: src/store/limited.rs
CREATE UNLOGGED TABLE limited (
    operation   TEXT    NOT NULL,
    place       BIGINT  NOT NULL,
    until       BIGINT  NOT NULL,
    PRIMARY KEY (operation, place)
);
