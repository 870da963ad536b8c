-- rules: EKS_CLUSTER_LOGGING_ENABLED
-- text: clusters write all kinds of logs
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.ResourcesVpcConfig') AS whole,
         (SELECT group_concat(a.value, ', ') FROM json_each('["api","audit","authenticator","controllerManager","scheduler"]') a
             WHERE a.value NOT IN (SELECT type FROM (SELECT json_extract(configuration, t.fullkey || '.Type') AS type
             FROM json_each(configuration, '$.Logging.ClusterLogging.EnabledTypes') t
         UNION SELECT t.value FROM json_each(configuration, '$.Logging.ClusterLogging') l, json_each(configuration, l.fullkey || '.Types') t
             WHERE json_extract(configuration, l.fullkey || '.Enabled') = 1))) AS off_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'Logging was not recorded')
                    WHEN off_ <> '' THEN json_array('NON_COMPLIANT', 'these logs are off: ' || off_)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
