-- A round's urn has a row, which whoever puts ballots into it locks on PostgreSQL, and whoever shuts it; the log's row is left to those who
-- write lines. The table of the ballots has another name, so that no program that knows only the log's lock goes on beside.
-- Owner: src/store/ballot_box.rs
CREATE TABLE urns (
    round_id    BIGINT  NOT NULL ON CONFLICT FAIL PRIMARY KEY ON CONFLICT FAIL
) WITHOUT ROWID;
INSERT INTO urns SELECT id FROM rounds WHERE log_id IS NOT NULL;
ALTER TABLE urn RENAME TO waiting_ballots;
