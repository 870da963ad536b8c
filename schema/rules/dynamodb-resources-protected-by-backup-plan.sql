-- rules: DYNAMODB_RESOURCES_PROTECTED_BY_BACKUP_PLAN, DYNAMODB_IN_BACKUP_PLAN, EFS_IN_BACKUP_PLAN
-- rules: EFS_RESOURCES_PROTECTED_BY_BACKUP_PLAN, FSX_RESOURCES_PROTECTED_BY_BACKUP_PLAN
-- rules: AURORA_RESOURCES_PROTECTED_BY_BACKUP_PLAN, EBS_RESOURCES_PROTECTED_BY_BACKUP_PLAN
-- rules: EC2_RESOURCES_PROTECTED_BY_BACKUP_PLAN, RDS_RESOURCES_PROTECTED_BY_BACKUP_PLAN
-- rules: S3_RESOURCES_PROTECTED_BY_BACKUP_PLAN, EBS_IN_BACKUP_PLAN, RDS_IN_BACKUP_PLAN
-- reads: AWS::Backup::BackupSelection, AWS::Backup::BackupPlan, AWS::Backup::BackupVault
-- text: a backup plan selects the resource, and a rule of the plan keeps and copies as asked for
-- A selection takes what one of its tags is on, and what one of its ARNs fits if all of its conditions are met; never what it leaves out.
-- Which services may be backed up at all in a region is a setting that is not recorded.
-- Of DB clusters only those of Aurora count.
WITH selection AS MATERIALIZED (
  SELECT json_extract(configuration, '$.BackupPlanId') AS plan, configuration -> '$.BackupSelection' AS s
    FROM estate
   WHERE resource_type = 'AWS::Backup::BackupSelection'),
tagged AS (SELECT item_id, arn, CASE WHEN json_type(tags) = 'object' THEN tags ELSE '{}' END AS tags FROM item),
covered AS MATERIALIZED (
  SELECT i.item_id, x.plan
    FROM tagged i, selection x
   WHERE NOT EXISTS (SELECT 1 FROM json_each(x.s, '$.NotResources') n WHERE i.arn GLOB replace(replace(n.value, '[', '[[]'), '?', '[?]'))
     AND (EXISTS (SELECT 1 FROM json_each(x.s, '$.ListOfTags') c, json_each(i.tags) t
                   WHERE t.key = CASE c.type WHEN 'object' THEN c.value ->> '$.ConditionKey' END AND t.value = CASE c.type WHEN 'object' THEN c.value ->> '$.ConditionValue' END)
          OR EXISTS (SELECT 1 FROM json_each(x.s, '$.Resources') r WHERE i.arn GLOB replace(replace(r.value, '[', '[[]'), '?', '[?]'))
             AND NOT EXISTS (SELECT 1 FROM json_each(x.s, '$.Conditions.StringEquals') c WHERE NOT EXISTS (SELECT 1 FROM json_each(i.tags) t
                 WHERE t.key = substr(CASE c.type WHEN 'object' THEN c.value ->> '$.ConditionKey' END, length('aws:ResourceTag/') + 1) AND t.value = CASE c.type WHEN 'object' THEN c.value ->> '$.ConditionValue' END))
             AND NOT EXISTS (SELECT 1 FROM json_each(x.s, '$.Conditions.StringLike') c WHERE NOT EXISTS (SELECT 1 FROM json_each(i.tags) t
                 WHERE t.key = substr(CASE c.type WHEN 'object' THEN c.value ->> '$.ConditionKey' END, length('aws:ResourceTag/') + 1)
                 AND t.value GLOB replace(replace((CASE c.type WHEN 'object' THEN c.value ->> '$.ConditionValue' END), '[', '[[]'), '?', '[?]')))
             AND NOT EXISTS (SELECT 1 FROM json_each(x.s, '$.Conditions.StringNotEquals') c WHERE EXISTS (SELECT 1 FROM json_each(i.tags) t
                 WHERE t.key = substr(CASE c.type WHEN 'object' THEN c.value ->> '$.ConditionKey' END, length('aws:ResourceTag/') + 1) AND t.value = CASE c.type WHEN 'object' THEN c.value ->> '$.ConditionValue' END))
             AND NOT EXISTS (SELECT 1 FROM json_each(x.s, '$.Conditions.StringNotLike') c WHERE EXISTS (SELECT 1 FROM json_each(i.tags) t
                 WHERE t.key = substr(CASE c.type WHEN 'object' THEN c.value ->> '$.ConditionKey' END, length('aws:ResourceTag/') + 1)
                 AND t.value GLOB replace(replace((CASE c.type WHEN 'object' THEN c.value ->> '$.ConditionValue' END), '[', '[[]'), '?', '[?]'))))),
vault AS MATERIALIZED (
  SELECT json_extract(configuration, '$.BackupVaultName') AS name, json_type(configuration, '$.LockConfiguration') = 'object' AS locked
    FROM estate
   WHERE resource_type = 'AWS::Backup::BackupVault'),
plan_rule AS MATERIALIZED (
  SELECT coalesce(e.configuration ->> '$.BackupPlanId', e.resource_id) AS plan, r.value ->> '$.Lifecycle.DeleteAfterDays' AS days,
         (SELECT v.locked FROM vault v WHERE v.name = r.value ->> '$.TargetBackupVault') AS locked, coalesce(r.value -> '$.CopyActions', '[]') AS copies
    FROM estate e, json_each(coalesce(e.configuration -> '$.BackupPlan.BackupPlanRule', '[]')) r
   WHERE e.resource_type = 'AWS::Backup::BackupPlan' AND r.type = 'object'),
fit AS MATERIALIZED (
  SELECT plan
    FROM plan_rule
   WHERE (coalesce(trim(:parameters ->> '$.minRetentionDays') <> '', 0) = 0 OR days IS NULL
       OR days >= CAST((:parameters ->> '$.minRetentionDays') AS INTEGER))
     AND (coalesce(trim(:parameters ->> '$.maxRetentionDays') <> '', 0) = 0 OR days <= CAST((:parameters ->> '$.maxRetentionDays') AS INTEGER))
     AND (lower(coalesce(:parameters ->> '$.backupVaultLockCheck', 'false')) <> 'true' OR locked)
     AND NOT EXISTS (SELECT 1 FROM json_each('[' || replace(json_quote(coalesce(:parameters ->> '$.crossRegionList', '')), ',', '","') || ']') w
                      WHERE trim(w.value) <> '' AND NOT EXISTS (SELECT 1 FROM json_each(copies) c
                          WHERE CASE c.type WHEN 'object' THEN c.value ->> '$.DestinationBackupVaultArn' END LIKE 'arn:%:backup:' || trim(w.value) || ':%'))
     AND NOT EXISTS (SELECT 1 FROM json_each('[' || replace(json_quote(coalesce(:parameters ->> '$.crossAccountList', '')), ',', '","') || ']') w
                      WHERE trim(w.value) <> '' AND NOT EXISTS (SELECT 1 FROM json_each(copies) c
                          WHERE CASE c.type WHEN 'object' THEN c.value ->> '$.DestinationBackupVaultArn' END LIKE 'arn:%:backup:%:' || trim(w.value) || ':%'))),
plans AS MATERIALIZED (
  SELECT item_id, count(*) AS n, sum(plan IN (SELECT plan FROM fit)) AS fits FROM covered GROUP BY item_id),
seen AS (
  SELECT item.item_id, item.resource_id, item.arn AS arn_,
         EXISTS (SELECT 1 FROM json_each(CASE WHEN json_valid(:parameters ->> '$.resourceTags') THEN (:parameters ->> '$.resourceTags')
             ELSE '{}' END) w WHERE NOT EXISTS (SELECT 1 FROM json_each(item.tags) t WHERE t.key = w.key AND t.value = w.value)) AS untagged,
         coalesce(c.n, 0) AS n, coalesce(c.fits, 0) AS fits,
         (SELECT count(*) FROM selection x WHERE x.s IS NULL) AS thin,
         coalesce(trim(:parameters ->> '$.minRetentionDays') <> '', 0) OR coalesce(trim(:parameters ->> '$.maxRetentionDays') <> '', 0)
             OR coalesce(trim(:parameters ->> '$.crossRegionList') <> '', 0) OR coalesce(trim(:parameters ->> '$.crossAccountList') <> '', 0)
             OR lower(coalesce(:parameters ->> '$.backupVaultLockCheck', 'false')) = 'true' AS more_
    FROM item LEFT JOIN plans c ON c.item_id = item.item_id
   WHERE item.resource_type <> 'AWS::RDS::DBCluster' OR coalesce(item.configuration ->> '$.engine', 'aurora') LIKE 'aurora%')
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN trim(:parameters ->> '$.resourceId') <> '' AND resource_id <> trim(:parameters ->> '$.resourceId')
                    THEN json_array('NOT_APPLICABLE', 'not the resource asked for')
                    WHEN trim(:parameters ->> '$.resourceTags') <> '' AND untagged
                    THEN json_array('NOT_APPLICABLE', 'it does not have the tags asked for')
                    WHEN arn_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'the ARN was not recorded')
                    WHEN n = 0 AND thin > 0 THEN json_array('INSUFFICIENT_DATA', 'what a backup selection selects was not recorded')
                    WHEN n = 0 THEN json_array('NON_COMPLIANT', 'no backup plan selects it')
                    WHEN more_ AND fits = 0
                    THEN json_array('NON_COMPLIANT', 'no rule of its backup plans keeps, locks and copies recovery points as asked for')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
