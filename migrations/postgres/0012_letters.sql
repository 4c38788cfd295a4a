-- The first letters of two codes may be the same: the rest says whose it is. So nobody who makes letters need know which there are.
-- The index is made first: while only the constraint goes nobody who votes waits for long. Owner: src/store/voters.rs
CREATE INDEX voters_by_locator ON voters (round_id, locator);
ALTER TABLE voters DROP CONSTRAINT voters_locator_once;
