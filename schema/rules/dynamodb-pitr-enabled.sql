-- rules: DYNAMODB_PITR_ENABLED
-- text: tables can be brought back to any point in time
WITH seen AS (
  SELECT item_id,
         upper(json_extract(supplementary, '$.ContinuousBackupsDescription.pointInTimeRecoveryDescription.pointInTimeRecoveryStatus')) AS status_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN status_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'ContinuousBackupsDescription was not recorded')
                    WHEN status_ <> 'ENABLED' THEN json_array('NON_COMPLIANT', 'point-in-time recovery is off')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
