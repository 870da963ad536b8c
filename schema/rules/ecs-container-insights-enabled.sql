-- rules: ECS_CONTAINER_INSIGHTS_ENABLED
-- text: clusters have Container Insights
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.ClusterSettings') AS kept,
         (SELECT lower(json_extract(configuration, s.fullkey || '.Value')) FROM json_each(configuration, '$.ClusterSettings') s
             WHERE lower(json_extract(configuration, s.fullkey || '.Name')) = 'containerinsights') AS value
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'array' THEN json_array('INSUFFICIENT_DATA', 'ClusterSettings was not recorded')
                    WHEN coalesce(value, 'disabled') NOT IN ('enabled', 'enhanced')
                    THEN json_array('NON_COMPLIANT', 'Container Insights are off')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
