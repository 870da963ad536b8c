-- name: moment_places
-- plan: scan
-- Where resources are or were; what has no region comes last.
SELECT r.account AS account, r.region AS region FROM _resource r
 WHERE (:account IS NULL OR r.account = :account) AND (:region IS NULL OR r.region GLOB :region OR r.region = 'global')
 GROUP BY r.account, r.region ORDER BY r.account, r.region = 'global', r.region;

-- name: moment_seconds
-- plan: scan
-- Seconds, or steps of so many, in which something was new there.
SELECT DISTINCT min((m.s / :step + 1) * :step - 1, :to) AS s
  FROM (SELECT i.captured_ms / 1000 AS s FROM _resource r CROSS JOIN _item i ON i.rid = r.rid
         WHERE r.account = :account AND r.region IN (:region, 'global')
           AND (:types IS NULL OR r.type IN (SELECT t.value FROM json_each(:types) t))
           AND i.captured_ms >= (:from + 1) * 1000 AND i.captured_ms < (:to + 1) * 1000
        UNION
        SELECT g.since_ms / 1000 FROM _resource r CROSS JOIN _edge g ON g.rid = r.rid
         WHERE :links AND r.account = :account AND r.region IN (:region, 'global')
           AND g.since_ms >= (:from + 1) * 1000 AND g.since_ms < (:to + 1) * 1000
        UNION
        SELECT g.until_ms / 1000 FROM _resource r CROSS JOIN _edge g ON g.rid = r.rid
         WHERE :links AND r.account = :account AND r.region IN (:region, 'global')
           AND g.until_ms >= (:from + 1) * 1000 AND g.until_ms < (:to + 1) * 1000
        UNION
        SELECT x.value FROM json_each(:days) x) m
 ORDER BY 1;
