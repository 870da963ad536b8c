-- name: denial_get
SELECT f.times AS times, f.again_ms AS again_ms, f.reason AS reason, coalesce(f.code, '') AS code
  FROM _denial f WHERE f.account = :account AND f.region = :region AND f.type = :type;

-- name: denial_note
INSERT INTO _denial(account, region, type, since_ms, last_ms, times, again_ms, reason, code)
VALUES (:account, :region, :type, :now, :now, 1, :now + :wait, :reason, :code)
ON CONFLICT (account, region, type) DO UPDATE SET last_ms = excluded.last_ms, times = times + 1, reason = excluded.reason,
  code = excluded.code, again_ms = :now + min(:wait << min(times, 16), :most);

-- name: denial_clear
DELETE FROM _denial WHERE account = :account AND region = :region AND type = :type;

-- name: denial_retry
-- plan: scan
UPDATE _denial SET again_ms = 0 WHERE again_ms > 0;

-- name: denial_count
-- plan: scan
SELECT count(*) AS n, coalesce(min(f.again_ms), 0) AS again_ms FROM _denial f;
