-- rules: ACCOUNT_PART_OF_ORGANIZATIONS
-- reads: Siltstone::Organizations::Organization
-- text: the account is part of an organization, the one of the management account that is named
SELECT 'AWS::::Account' AS resource_type, :account AS resource_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT CASE WHEN there = 1 AND master IS NULL AND :parameters ->> '$.MasterAccountId' <> '' THEN 'the item has no masterAccountId' END AS missing,
               CASE WHEN there IS NULL THEN 'the account is in no organization' WHEN :parameters ->> '$.MasterAccountId' <> '' AND master <> :parameters ->> '$.MasterAccountId' THEN 'the account is in the organization of ' || master END AS why
          FROM (SELECT 1) LEFT JOIN (SELECT 1 AS there, configuration ->> '$.masterAccountId' AS master FROM estate WHERE resource_type = 'Siltstone::Organizations::Organization' LIMIT 1))
