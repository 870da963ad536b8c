-- rules: CODEPIPELINE_DEPLOYMENT_COUNT_CHECK
-- text: the first stage of a pipeline that deploys does so once, later ones deploymentLimit times at most
WITH deploy AS MATERIALIZED (
  SELECT i.item_id, s.key AS stage, json_extract(i.configuration, s.fullkey || '.name') AS name, count(*) AS n,
         row_number() OVER (PARTITION BY i.item_id ORDER BY s.key) AS nth
    FROM item i, json_each(i.configuration, '$.pipeline.stages') s, json_each(i.configuration, s.fullkey || '.actions') a
   WHERE json_extract(i.configuration, a.fullkey || '.actionTypeId.category') = 'Deploy'
   GROUP BY i.item_id, s.key),
seen AS (
  SELECT item_id, json_type(configuration, '$.pipeline.stages') AS kept,
         (SELECT count(*) FROM deploy d WHERE d.item_id = item.item_id) AS stages,
         (SELECT name || ' deploys ' || n || ' times' FROM deploy d WHERE d.item_id = item.item_id AND nth = 1 AND n > 1) AS first,
         (SELECT group_concat(name || ' deploys ' || n || ' times', ', ') FROM deploy d WHERE d.item_id = item.item_id AND nth > 1
             AND n > CAST((:parameters ->> '$.deploymentLimit') AS INTEGER)) AS later
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'array' THEN json_array('INSUFFICIENT_DATA', 'pipeline.stages was not recorded')
                    WHEN stages = 0 THEN json_array('NOT_APPLICABLE', 'the pipeline deploys nothing')
                    WHEN first <> '' THEN json_array('NON_COMPLIANT', 'the first stage, ' || first)
                    WHEN trim(:parameters ->> '$.deploymentLimit') <> '' AND later <> ''
                    THEN json_array('NON_COMPLIANT', later || ', more than ' || (:parameters ->> '$.deploymentLimit'))
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
