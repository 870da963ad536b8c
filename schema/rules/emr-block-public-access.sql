-- rules: EMR_BLOCK_PUBLIC_ACCESS
-- reads: Siltstone::EMR::BlockPublicAccess
-- text: clusters of EMR cannot be opened to everybody, but for port 22
WITH seen AS (
  SELECT max(json_extract(e.configuration, '$.blockPublicSecurityGroupRules')) AS blocked,
         max((SELECT group_concat(json_extract(e.configuration, r.fullkey || '.minRange') || '-' || json_extract(e.configuration, r.fullkey
             || '.maxRange'), ', ')
                FROM json_each(e.configuration, '$.permittedPublicSecurityGroupRuleRanges') r
               WHERE json_extract(e.configuration, r.fullkey || '.minRange') IS NOT 22 OR coalesce(json_extract(e.configuration, r.fullkey
                   || '.maxRange'), 22) <> 22)) AS ports
    FROM (SELECT 1) LEFT JOIN estate e ON e.resource_type = 'Siltstone::EMR::BlockPublicAccess')
SELECT 'AWS::::Account' AS resource_type, :account AS resource_id, verdict ->> 0 AS result, verdict ->> 1 AS annotation
  FROM (SELECT CASE WHEN blocked IS NULL THEN json_array('INSUFFICIENT_DATA', 'whether public access is blocked was not recorded')
                   WHEN blocked IS NOT 1 THEN json_array('NON_COMPLIANT', 'public access is not blocked')
                   WHEN ports <> '' THEN json_array('NON_COMPLIANT', 'these ports may be opened to everybody: ' || ports)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
