-- Whose AWS Config is asked when nobody says.

-- name: default_place
-- plan: scan
-- The account with most resources, and its region with most of them; 'global' where it has none elsewhere.
SELECT r.account AS account, r.region AS region
  FROM _resource r
 WHERE r.account = coalesce(:account, (SELECT m.account FROM _resource m GROUP BY m.account ORDER BY count(*) DESC, m.account LIMIT 1))
 GROUP BY r.account, r.region ORDER BY r.region = 'global', count(*) DESC, r.region LIMIT 1;

-- name: default_token_key
-- plan: scan
SELECT sha256(netstrings('page tokens', m.applied_ms, m.sha256, m.program)) AS digest FROM _migration m ORDER BY m.number LIMIT 1;

-- name: default_snapshot
-- What an operation reads with several statements is of one moment of the store.
BEGIN;

-- name: default_snapshot_end
COMMIT;
