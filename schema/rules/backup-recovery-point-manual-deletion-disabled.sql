-- rules: BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED
-- text: the policies of vaults keep recovery points from being deleted, but by principalArnList
WITH policy AS (
  SELECT item_id, CASE WHEN json_valid(text) THEN text END AS doc
    FROM (SELECT item_id, CAST(nullif(json_extract(configuration, '$.AccessPolicy'), '') AS TEXT) AS text FROM item)),
denial AS MATERIALIZED (
  SELECT p.item_id, s.value AS s
    FROM policy p, json_each(CASE json_type(p.doc, '$.Statement') WHEN 'array' THEN p.doc -> '$.Statement'
                             WHEN 'object' THEN json_array(p.doc -> '$.Statement') ELSE '[]' END) s
   WHERE s.type = 'object' AND s.value ->> '$.Effect' = 'Deny'),
held AS MATERIALIZED (
  SELECT item_id, count(DISTINCT w.value) AS n
    FROM denial, json_each('["backup:deleterecoverypoint", "backup:updaterecoverypointlifecycle", "backup:putbackupvaultaccesspolicy"]') w
   WHERE EXISTS (SELECT 1 FROM json_each(s, '$.Action') a WHERE w.value GLOB lower(a.value))
     AND (s ->> '$.Principal' = '*' OR EXISTS (SELECT 1 FROM json_each(s, '$.Principal.AWS') a WHERE a.value = '*')
          OR json_type(s, '$.NotPrincipal') IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM json_each(s, '$.NotPrincipal.AWS') a WHERE a.value NOT IN (SELECT trim(value) FROM json_each('['
                 || replace(json_quote(:parameters ->> '$.principalArnList'), ',', '","') || ']'))))
     AND (json_type(s, '$.Condition') IS NULL OR trim(:parameters ->> '$.principalArnList') <> ''
          AND NOT EXISTS (SELECT 1 FROM json_each(s, '$.Condition') o, json_each(CASE o.type WHEN 'object' THEN o.value END) k,
                               json_each(CASE k.type WHEN 'array' THEN k.value ELSE json_array(k.value) END) v
                           WHERE lower(k.key) <> 'aws:principalarn' OR v.value NOT IN (SELECT trim(value) FROM json_each('['
                               || replace(json_quote(:parameters ->> '$.principalArnList'), ',', '","') || ']'))))
   GROUP BY item_id),
seen AS (
  SELECT item_id, json_extract(i.configuration, '$.EncryptionKeyArn') AS whole, p.doc AS kept, coalesce(h.n, 0) AS n
    FROM item i LEFT JOIN policy p USING (item_id) LEFT JOIN held h USING (item_id))
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN n = 3 THEN '["COMPLIANT"]'
                    WHEN kept IS NULL AND whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'AccessPolicy was not recorded')
                    WHEN kept IS NULL THEN json_array('NON_COMPLIANT', 'the vault has no policy')
                    WHEN 1
                    THEN json_array('NON_COMPLIANT', 'the policy does not deny all of deleting, changing the lifecycle of, and changing who may')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
