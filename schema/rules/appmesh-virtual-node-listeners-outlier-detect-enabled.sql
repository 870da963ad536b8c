-- rules: APPMESH_VIRTUAL_NODE_LISTENERS_OUTLIER_DETECT_ENABLED
-- text: the listeners of virtual nodes detect outliers
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.Spec') AS whole,
         (SELECT count(*) FROM json_each(configuration, '$.Spec.Listeners') l WHERE json_type(configuration, l.fullkey
             || '.OutlierDetection') IS NOT 'object') AS bare
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'Spec was not recorded')
                    WHEN bare > 0 THEN json_array('NON_COMPLIANT', bare || ' listeners do not detect outliers')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
