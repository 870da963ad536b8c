-- rules: ELASTICACHE_AUTOMATIC_BACKUP_CHECK_ENABLED
-- reads: AWS::ElastiCache::ReplicationGroup
-- text: clusters of Redis and Valkey are backed up, for snapshotRetentionPeriod days
WITH replication AS MATERIALIZED (
  SELECT json_extract(configuration, '$.replicationGroupId') AS id, json_extract(configuration, '$.snapshotRetentionLimit') AS days
    FROM estate
   WHERE resource_type = 'AWS::ElastiCache::ReplicationGroup'),
seen AS (
  SELECT item_id, json_extract(item.configuration, '$.engine') AS engine,
         json_extract(item.configuration, '$.replicationGroupId') AS group_,
         max(coalesce(r.days, json_extract(item.configuration, '$.snapshotRetentionLimit')), coalesce(json_extract(item.configuration, '$.snapshotRetentionLimit'), r.days)) AS days,
         CAST(coalesce(nullif(:parameters ->> '$.snapshotRetentionPeriod', ''), '1') AS INTEGER) AS least
    FROM item LEFT JOIN replication r ON r.id = json_extract(item.configuration, '$.replicationGroupId'))
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN engine IS NULL THEN json_array('INSUFFICIENT_DATA', 'engine was not recorded')
                    WHEN engine NOT IN ('redis', 'valkey') THEN json_array('NOT_APPLICABLE', 'not of Redis or Valkey')
                    WHEN days IS NULL THEN json_array('INSUFFICIENT_DATA', 'snapshotRetentionLimit was not recorded')
                    WHEN days = 0 THEN json_array('NON_COMPLIANT', 'automatic backups are off')
                    WHEN days < least THEN json_array('NON_COMPLIANT', 'backups are kept for ' || days || ' days, less than ' || least)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
