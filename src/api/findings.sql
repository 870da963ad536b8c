-- What rules find, as people ask about it (api/findings.h). Run as text, so that the public views among them can be shadowed
-- by those of a moment.

-- name: findings_rules
-- plan: scan
-- The rules with what each finds, and since when the oldest of what fails has done so.
SELECT r.rule, r.account, r.region, r.owner, r.source, r.runs_on, r.state, r.result,
       r.non_compliant, r.compliant + r.non_compliant AS judged, r.compliant, r.insufficient,
       (SELECT min(c.since) FROM compliance c
         WHERE c.rule = r.rule AND c.result = 'NON_COMPLIANT' AND c.account = r.account AND c.region IN (r.region, 'global')) AS since,
       r.evaluated, r.error, r.frequency, r.description, r.scope, r.parameters, r.at, r.t, r.arn
  FROM rules r
 WHERE (:rule IS NULL OR r.rule GLOB :rule)
   AND (:account IS NULL OR r.account = :account)
   AND (:region IS NULL OR r.region GLOB :region)
   AND (:result IS NULL OR r.result = :result)
 ORDER BY r.non_compliant DESC, r.rule, r.account, r.region;

-- name: findings_rules_of_types
-- plan: scan
-- The same counts, of resources of some types alone.
SELECT c.rule, c.account, sum(c.result = 'NON_COMPLIANT') AS non_compliant, sum(c.result IN ('COMPLIANT', 'NON_COMPLIANT')) AS judged,
       sum(c.result = 'COMPLIANT') AS compliant, sum(c.result = 'INSUFFICIENT_DATA') AS insufficient,
       min(CASE c.result WHEN 'NON_COMPLIANT' THEN c.since END) AS since
  FROM compliance c
 WHERE glob_any(c.resource_type, :types) AND c.result <> 'NOT_APPLICABLE'
   AND (:rule IS NULL OR c.rule GLOB :rule)
   AND (:account IS NULL OR c.account = :account)
   AND (:region IS NULL OR c.region GLOB :region)
 GROUP BY c.rule, c.account
HAVING :result IS NULL OR max(c.result = :result)
 ORDER BY 3 DESC, c.rule, c.account;

-- name: findings_resources
-- plan: scan
-- What rules find on each resource, what fails longest first.
SELECT c.rule, c.result, c.resource_type, c.resource_id, c.name, c.account, c.region, c.since, c.annotation, c.version,
       c.actor, (SELECT w.event_name FROM causes w WHERE w.rid = c.rid AND w.version = c.version) AS event_name, c.rid
  FROM compliance c
 WHERE (:rule IS NULL OR c.rule GLOB :rule)
   AND (c.result = :result OR :result IS NULL AND c.result <> 'NOT_APPLICABLE')
   AND (:rid IS NULL OR c.rid = :rid)
   AND (:types IS NULL OR glob_any(c.resource_type, :types))
   AND (:account IS NULL OR c.account = :account)
   AND (:region IS NULL OR c.region GLOB :region)
 ORDER BY c.rule, c.result = 'NON_COMPLIANT' DESC, c.since, c.resource_type, c.account, c.region, c.resource_id;

-- name: findings_history
-- plan: scan
-- Every interval in which a rule found something, cut to what is looked at.
SELECT c.rule, c.result, c.resource_type, c.resource_id, c.name, c.account, c.region, c.since, c.until,
       c.until > '9999' AS still,
       CAST(strftime('%s', min(c.until, strftime('%Y-%m-%d %H:%M:%S', :now_ms / 1000, 'unixepoch'))) AS INTEGER) - c.t AS seconds,
       c.annotation, c.version, c.actor,
       (SELECT w.event_name FROM causes w WHERE w.rid = c.rid AND w.version = c.version) AS event_name, c.rid
  FROM compliance_history c
 WHERE (:rule IS NULL OR c.rule GLOB :rule)
   AND (:result IS NULL OR c.result = :result)
   AND (:rid IS NULL OR c.rid = :rid)
   AND (:types IS NULL OR glob_any(c.resource_type, :types))
   AND (:account IS NULL OR c.account = :account)
   AND (:region IS NULL OR c.region GLOB :region)
   AND c.t <= :until AND c.until > strftime('%Y-%m-%d %H:%M:%S', :since, 'unixepoch')
 ORDER BY c.rule, c.resource_type, c.account, c.region, c.resource_id, c.rid, c.t;

-- name: findings_of
-- plan: scan
-- What the rules found on one resource at a moment, or last while one of its versions was in force.
SELECT v.rule, v.result, v.since, v.annotation, v.account, v.region, v.since_ms
  FROM (SELECT min(:at_ms, i.until_ms - 1) AS ms FROM _item i WHERE i.rid = :rid AND i.version = :version) m
  JOIN _verdict v ON v.rid = :rid AND v.since_ms <= m.ms AND v.until_ms > m.ms
 WHERE v.result <> 'NOT_APPLICABLE'
 ORDER BY v.result = 'NON_COMPLIANT' DESC, v.rule;

-- name: findings_managed
-- plan: scan
-- The rules that AWS Config brings along. :here is a JSON object of those that are evaluated here, by identifier: what they check.
SELECT m.identifier, m.name, CASE WHEN m.flags LIKE '%c%' THEN CASE WHEN m.flags LIKE '%p%' THEN 'change, periodic' ELSE 'change' END ELSE 'periodic' END AS runs_on,
       m.types AS resource_types,
       (SELECT group_concat(p.text, ', ')
          FROM (SELECT json_extract(x.value, '$[0]') || CASE WHEN json_extract(x.value, '$[2]') THEN '' ELSE '?' END || ' ' || json_extract(x.value, '$[1]')
                       || coalesce(' = ' || json_extract(x.value, '$[3]'), '') AS text
                  FROM json_each(m.parameters) x ORDER BY x.key) p) AS parameters,
       h.key IS NOT NULL AS evaluated,
       CASE WHEN h.key IS NOT NULL THEN h.value
            WHEN m.identifier = 'AWS_CONFIG_PROCESS_CHECK' THEN 'people say how it stands: PutExternalEvaluation'
            ELSE 'known only: it can be put and shown, and nothing here judges by it' END AS what
  FROM _managed_rule m LEFT JOIN json_each(:here) h ON h.key = m.identifier
 WHERE (:evaluated IS NULL OR (h.key IS NOT NULL) = :evaluated)
   AND (:pattern IS NULL OR m.identifier GLOB :pattern OR m.name GLOB :pattern OR m.types GLOB :pattern)
 ORDER BY m.identifier;

-- name: findings_want
-- plan: scan
-- To be evaluated anew, now.
UPDATE _rule_status SET wanted_ms = :now_ms
 WHERE rule_id IN (SELECT c.rule_id FROM _config_rule c
                    WHERE c.state = 'ACTIVE' AND c.name = coalesce(:name, c.name)
                      AND c.account = coalesce(:account, c.account) AND c.region GLOB coalesce(:region, '*'));

-- name: findings_rule_places
-- plan: scan
-- Where there is a rule of that name.
SELECT c.account AS account, c.region AS region FROM _config_rule c
 WHERE c.name = :name AND c.account = coalesce(:account, c.account) AND c.region GLOB coalesce(:region, '*')
 ORDER BY c.account, c.region;

-- name: findings_names
-- plan: scan
-- Rules, place by place.
SELECT c.account AS account, c.region AS region, c.name AS name FROM _config_rule c
 WHERE c.state <> 'DELETING' AND (:rule IS NULL OR c.name GLOB :rule)
   AND (:account IS NULL OR c.account = :account) AND (:region IS NULL OR c.region GLOB :region)
 ORDER BY c.account, c.region, c.name;

-- name: findings_packs
-- plan: scan
-- Conformance packs with what their rules find: of all pairs of a rule and a resource, so many of a hundred are compliant.
SELECT p.name AS pack, p.account, p.region, p.state,
       CASE WHEN f.non_compliant > 0 THEN 'NON_COMPLIANT' WHEN f.compliant > 0 THEN 'COMPLIANT' ELSE 'INSUFFICIENT_DATA' END AS result,
       round(100.0 * f.compliant / (f.compliant + f.non_compliant), 2) AS score,
       (SELECT count(*) FROM _pack_rule m WHERE m.account = p.account AND m.region = p.region AND m.pack = p.name) AS rules,
       coalesce(f.failing_rules, 0) AS failing_rules, coalesce(f.non_compliant, 0) AS non_compliant, coalesce(f.compliant, 0) AS compliant,
       strftime('%Y-%m-%d %H:%M:%S', p.requested_ms/1000, 'unixepoch') AS at, p.reason, p.inputs AS parameters, p.arn
  FROM _conformance_pack p
  LEFT JOIN (SELECT m.account, m.region, m.pack, sum(r.compliant) AS compliant, sum(r.non_compliant) AS non_compliant, sum(r.non_compliant > 0) AS failing_rules
               FROM _pack_rule m JOIN rules r ON r.account = m.account AND r.region = m.region AND r.rule = m.rule
              GROUP BY m.account, m.region, m.pack) f ON f.account = p.account AND f.region = p.region AND f.pack = p.name
 WHERE (:pack IS NULL OR p.name = :pack) AND (:account IS NULL OR p.account = :account) AND (:region IS NULL OR p.region GLOB :region)
 ORDER BY p.name, p.account, p.region;

-- name: findings_pack_rules
-- plan: scan
SELECT m.pack, m.account, m.region, m.logical_id, r.rule, r.source, r.result, r.non_compliant, r.compliant + r.non_compliant AS judged, r.insufficient,
       r.evaluated, r.error
  FROM _pack_rule m JOIN rules r ON r.account = m.account AND r.region = m.region AND r.rule = m.rule
 WHERE m.pack = :pack AND (:account IS NULL OR m.account = :account) AND (:region IS NULL OR m.region GLOB :region)
 ORDER BY m.account, m.region, m.logical_id, r.rule;
