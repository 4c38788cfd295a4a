-- As of SQLite: a round's urn has a row, which whoever puts ballots into it locks, and whoever shuts it. A node that knows only the log's
-- lock finds no table any more to put ballots into. Owner: src/store/ballot_box.rs
CREATE TABLE urns (
    round_id    BIGINT  NOT NULL PRIMARY KEY
);
INSERT INTO urns SELECT id FROM rounds WHERE log_id IS NOT NULL;
ALTER TABLE urn RENAME TO waiting_ballots;
