-- name: coverage_add_failure
-- alone
INSERT INTO _coverage(source_id, sweep_ms, account, region, type, started_ms, ended_ms, outcome, reason, seen, written, calls)
VALUES (:source, :sweep, coalesce(:account, ''), '', '*', :sweep, :ended, 'failed', :reason, 0, 0, 0);
