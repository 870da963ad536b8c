-- name: coverage_add_failure
INSERT INTO _coverage(source_id, sweep_ms, account, region, type, started_ms, ended_ms, outcome, reason, code, seen, written, calls)
VALUES (:source, :sweep, coalesce(:account, ''), coalesce(:region, ''), '*', :sweep, :ended, 'failed', :reason, :code, 0, 0, 0);

-- name: coverage_newest
SELECT c.started_ms AS started_ms, c.outcome AS outcome,
       EXISTS (SELECT 1 FROM _coverage k WHERE k.sweep_ms = c.sweep_ms AND k.outcome = 'complete') AS others
  FROM _coverage c WHERE c.type = :type AND c.account = :account AND c.region = :region
 ORDER BY c.started_ms DESC, c.coverage_id DESC LIMIT 1;

-- name: coverage_complete
SELECT c.coverage_id AS coverage_id FROM _coverage c
 WHERE c.type = :type AND c.account = :account AND c.region = :region AND c.outcome = 'complete'
 ORDER BY c.started_ms DESC LIMIT 1;
