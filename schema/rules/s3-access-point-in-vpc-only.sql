-- rules: S3_ACCESS_POINT_IN_VPC_ONLY
-- text: access points are reached from a VPC only
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN origin IS NULL THEN 'the item has no NetworkOrigin' END AS missing,
               CASE WHEN upper(origin) <> 'VPC' THEN 'the access point is reached from the internet' END AS why
          FROM (SELECT item_id, configuration ->> '$.NetworkOrigin' AS origin FROM item))
