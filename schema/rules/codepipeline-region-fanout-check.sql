-- rules: CODEPIPELINE_REGION_FANOUT_CHECK
-- text: a stage deploys to regionFanoutFactor (3) times as many regions as all before it, the first to one
WITH region_of AS (
  SELECT DISTINCT i.item_id, CAST(s.key AS INTEGER) AS stage, json_extract(i.configuration, s.fullkey || '.name') AS name,
         coalesce(json_extract(i.configuration, a.fullkey || '.region'), i.region) AS region
    FROM item i, json_each(i.configuration, '$.pipeline.stages') s, json_each(i.configuration, s.fullkey || '.actions') a
   WHERE json_extract(i.configuration, a.fullkey || '.actionTypeId.category') = 'Deploy'),
stage AS (SELECT item_id, stage, name, count(*) AS n FROM region_of GROUP BY item_id, stage),
fanout AS MATERIALIZED (
  SELECT item_id, name, n, coalesce(sum(n) OVER (PARTITION BY item_id ORDER BY stage ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
    FROM stage),
seen AS (
  SELECT item_id, json_type(configuration, '$.pipeline.stages') AS kept,
         (SELECT count(*) FROM fanout f WHERE f.item_id = item.item_id) AS stages,
         (SELECT group_concat(f.name || ' deploys to ' || f.n || ' regions, '
             || max(1, f.before * CAST(coalesce(nullif(:parameters ->> '$.regionFanoutFactor', ''), '3') AS INTEGER)) || ' are allowed', '; ')
             FROM fanout f WHERE f.item_id = item.item_id AND f.n > max(1, f.before * CAST(coalesce(nullif(:parameters ->> '$.regionFanoutFactor', ''), '3') AS INTEGER))) AS wide
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'array' THEN json_array('INSUFFICIENT_DATA', 'pipeline.stages was not recorded')
                    WHEN stages = 0 THEN json_array('NOT_APPLICABLE', 'the pipeline deploys nothing')
                    WHEN wide <> '' THEN json_array('NON_COMPLIANT', wide)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
