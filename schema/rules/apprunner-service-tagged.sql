-- rules: APPRUNNER_SERVICE_TAGGED, APPRUNNER_VPC_CONNECTOR_TAGGED
-- text: what App Runner holds has tags, and those with the keys in requiredKeyTags
-- Tags that begin with aws: are made by the system and do not count. Without requiredKeyTags one tag of any name will do.
WITH seen AS (
  SELECT item_id,
         (SELECT count(*) FROM json_each(CASE WHEN json_type(tags) = 'object' THEN tags ELSE '{}' END) WHERE key NOT LIKE 'aws:%') AS own,
         (SELECT group_concat(w.value, ', ') FROM (SELECT trim(value) AS value FROM json_each('['
             || replace(json_quote(:parameters ->> '$.requiredKeyTags'), ',', '","') || ']')) w WHERE w.value <> '' AND w.value NOT IN (SELECT key
             FROM json_each(tags) WHERE key NOT LIKE 'aws:%')) AS missing
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN own = 0 THEN json_array('INSUFFICIENT_DATA', 'Cloud Control tells no tags of App Runner')
                    WHEN missing <> '' THEN json_array('NON_COMPLIANT', 'these tags are missing: ' || missing)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
