-- rules: DYNAMODB_AUTOSCALING_ENABLED
-- reads: Siltstone::ApplicationAutoScaling::ScalableTarget, Siltstone::ApplicationAutoScaling::ScalingPolicy
-- text: tables and their indexes are on demand, or scale by themselves within the bounds asked for
WITH target AS MATERIALIZED (
  SELECT json_extract(configuration, '$.resourceId') AS id, json_extract(configuration, '$.scalableDimension') AS dimension,
         json_extract(configuration, '$.minCapacity') AS low, json_extract(configuration, '$.maxCapacity') AS high
    FROM estate
   WHERE resource_type = 'Siltstone::ApplicationAutoScaling::ScalableTarget'),
policy AS MATERIALIZED (
  SELECT json_extract(configuration, '$.resourceId') AS id, json_extract(configuration, '$.scalableDimension') AS dimension,
         max(json_extract(configuration, '$.targetTrackingScalingPolicyConfiguration.targetValue')) AS aim
    FROM estate
   WHERE resource_type = 'Siltstone::ApplicationAutoScaling::ScalingPolicy'
   GROUP BY 1, 2),
part AS MATERIALIZED (
  SELECT i.item_id, 'table/' || json_extract(i.configuration, '$.tableName') AS id, 'dynamodb:table:' AS kind, 'the table' AS name FROM item i
  UNION ALL
  SELECT i.item_id, 'table/' || json_extract(i.configuration, '$.tableName') || '/index/' || json_extract(i.configuration, x.fullkey || '.indexName'),
         'dynamodb:index:', json_extract(i.configuration, x.fullkey || '.indexName')
    FROM item i, json_each(i.configuration, '$.globalSecondaryIndexes') x),
side(word, dimension, low, high, aim) AS (
  VALUES ('reads', 'ReadCapacityUnits', nullif(trim(:parameters ->> '$.minProvisionedReadCapacity'), ''), nullif(trim(:parameters ->> '$.maxProvisionedReadCapacity'), ''), nullif(trim(:parameters ->> '$.targetReadUtilization'), '')),
         ('writes', 'WriteCapacityUnits', nullif(trim(:parameters ->> '$.minProvisionedWriteCapacity'), ''), nullif(trim(:parameters ->> '$.maxProvisionedWriteCapacity'), ''), nullif(trim(:parameters ->> '$.targetWriteUtilization'), ''))),
fault AS MATERIALIZED (
  SELECT p.item_id, group_concat(CASE WHEN t.id IS NULL OR q.id IS NULL THEN s.word || ' of ' || p.name || ' do not scale'
                                      WHEN t.low < CAST(s.low AS REAL) THEN s.word || ' of ' || p.name || ' scale down to ' || t.low
                                      WHEN t.high > CAST(s.high AS REAL) THEN s.word || ' of ' || p.name || ' scale up to ' || t.high
                                      WHEN q.aim <> CAST(s.aim AS REAL) THEN s.word || ' of ' || p.name || ' aim at ' || q.aim
                                          || ' %' END, '; ') AS why
    FROM part p, side s
    LEFT JOIN target t ON t.id = p.id AND t.dimension = p.kind || s.dimension
    LEFT JOIN policy q ON q.id = p.id AND q.dimension = p.kind || s.dimension
   GROUP BY p.item_id),
seen AS (
  SELECT item_id, json_extract(item.configuration, '$.tableName') AS name_,
         json_extract(item.configuration, '$.billingModeSummary.billingMode') AS mode, f.why AS why
    FROM item LEFT JOIN fault f USING (item_id))
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN name_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'tableName was not recorded')
                    WHEN mode = 'PAY_PER_REQUEST' THEN '["COMPLIANT"]'
                    WHEN why <> '' THEN json_array('NON_COMPLIANT', why)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
