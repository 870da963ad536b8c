-- rules: LAMBDA_DLQ_CHECK
-- text: functions have a dead letter queue, one of those that are named
WITH wanted(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.dlqArns'), ',', '","') || ']') WHERE trim(value) <> '')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN configuration ->> '$.functionName' IS NULL THEN 'the item has no functionName: it was not read' END AS missing,
               CASE WHEN coalesce(target, '') = '' THEN 'the function has no dead letter queue' WHEN EXISTS (SELECT 1 FROM wanted) AND target NOT IN (SELECT v FROM wanted) THEN 'dead letters go to ' || target || ', which is none of those named' END AS why
          FROM (SELECT item_id, configuration, configuration ->> '$.deadLetterConfig.targetArn' AS target
                  FROM item))
