-- rules: ELASTICACHE_REDIS_CLUSTER_AUTOMATIC_BACKUP_CHECK
-- text: clusters and groups of Redis are backed up for snapshotRetentionPeriod days
WITH seen AS (
  SELECT item_id,
         coalesce(json_extract(configuration, '$.engine'), CASE resource_type WHEN 'AWS::ElastiCache::ReplicationGroup' THEN 'redis' END) AS engine,
         CASE resource_type WHEN 'AWS::ElastiCache::CacheCluster' THEN json_extract(configuration, '$.replicationGroupId') END AS group_,
         json_extract(configuration, '$.snapshotRetentionLimit') AS days,
         CAST(coalesce(nullif(:parameters ->> '$.snapshotRetentionPeriod', ''), '15') AS INTEGER) AS least
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN engine IS NULL THEN json_array('INSUFFICIENT_DATA', 'engine was not recorded')
                    WHEN engine NOT IN ('redis', 'valkey') THEN json_array('NOT_APPLICABLE', 'not of Redis or Valkey')
                    WHEN group_ IS NOT NULL
                    THEN json_array('NOT_APPLICABLE', 'backed up with its replication group, which is judged itself')
                    WHEN days IS NULL THEN json_array('INSUFFICIENT_DATA', 'snapshotRetentionLimit was not recorded')
                    WHEN days < least THEN json_array('NON_COMPLIANT', 'backups are kept for ' || days || ' days, less than ' || least)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
