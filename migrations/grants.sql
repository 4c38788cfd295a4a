-- What the service's role may do on PostgreSQL, run by `veche migrate` after the migrations. Nobody but the owner changes or deletes
-- a line of a log, a promise or a cosigned head's note. Where a ballot stands follows from the lines: that list may be made anew.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM :service;
GRANT USAGE ON SCHEMA public TO :service;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO :service;
GRANT INSERT ON
    logs, log_lines, log_tiles, long_lines, cosigned_heads, cosignatures, rounds, pictures, picture_files, turnout, secrets, staff, voters,
    issuances, backups, urns, waiting_ballots, accepted_ballots, promise_filters, line_runs, line_chunks,
    leases, limited
TO :service;
GRANT UPDATE ON logs TO :service;
GRANT UPDATE (hashes) ON log_tiles TO :service;
GRANT UPDATE (signed, standing) ON cosigned_heads TO :service;
GRANT UPDATE (at, line) ON cosignatures TO :service;
GRANT UPDATE (draft, log_id, rules, phase, opens_at, closes_at) ON rounds TO :service;
GRANT UPDATE (ballots, credentials) ON turnout TO :service;
GRANT UPDATE (revoked) ON staff TO :service;
GRANT UPDATE (locator, code_hash, failures) ON voters TO :service;
-- Which is what locks a row, too.
GRANT UPDATE (segment) ON urns TO :service;
GRANT UPDATE (node, until) ON leases TO :service;
GRANT UPDATE (until) ON limited TO :service;
GRANT UPDATE (code_hash, bytes) ON backups TO :service;
GRANT DELETE ON waiting_ballots, issuances, backups, pictures, picture_files, line_runs, line_chunks, leases, limited TO :service;
