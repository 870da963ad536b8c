-- rules: IAM_USER_UNUSED_CREDENTIALS_CHECK
-- reads: Siltstone::IAM::UserCredentials, Siltstone::IAM::AccessKey
-- text: passwords and active access keys were used within the days that are asked for, or are no older
WITH idle(user, what, days) AS MATERIALIZED (
  SELECT configuration ->> '$.userName', 'the password', (:now_ms / 1000 - max(strftime('%s', coalesce(configuration ->> '$.passwordLastUsed', supplementary ->> '$.LoginProfile.createDate')), strftime('%s', supplementary ->> '$.LoginProfile.createDate'))) / 86400
    FROM estate WHERE resource_type = 'Siltstone::IAM::UserCredentials' AND supplementary -> '$.LoginProfile' IS NOT NULL
   UNION ALL
  SELECT configuration ->> '$.userName', 'the access key ' || resource_id, (:now_ms / 1000 - strftime('%s', coalesce(supplementary ->> '$.LastUsed.lastUsedDate', configuration ->> '$.createDate'))) / 86400
    FROM estate WHERE resource_type = 'Siltstone::IAM::AccessKey' AND configuration ->> '$.status' = 'Active')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT i.item_id, CASE WHEN c.configuration IS NULL THEN 'the credentials of the user were not read' END AS missing,
               (SELECT what || ' was not used for ' || days || ' days' FROM idle WHERE idle.user = c.configuration ->> '$.userName' AND days > CAST(:parameters ->> '$.maxCredentialUsageAge' AS INTEGER) ORDER BY days DESC LIMIT 1) AS why
          FROM item i LEFT JOIN estate c ON c.resource_type = 'Siltstone::IAM::UserCredentials' AND c.resource_id = i.resource_id)
