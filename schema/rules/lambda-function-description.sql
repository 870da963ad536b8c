-- rules: LAMBDA_FUNCTION_DESCRIPTION
-- text: functions have a description
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN configuration ->> '$.functionName' IS NULL THEN 'the item has no functionName: it was not read' END AS missing,
               CASE WHEN trim(coalesce(configuration ->> '$.description', '')) = '' THEN 'the function has no description' END AS why
          FROM (SELECT item_id, configuration
                  FROM item))
