-- rules: LAMBDA_INSIDE_VPC
-- text: functions run in a VPC, in the subnets that are named
WITH wanted(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.subnetIds'), ',', '","') || ']') WHERE trim(value) <> '')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN configuration ->> '$.functionName' IS NULL THEN 'the item has no functionName: it was not read' END AS missing,
               CASE WHEN n = 0 THEN 'the function runs in no VPC' WHEN EXISTS (SELECT 1 FROM wanted) THEN (SELECT 'the function runs in ' || group_concat(value, ', ') || ', not named' FROM json_each(configuration, '$.vpcConfig.subnetIds') WHERE value NOT IN (SELECT v FROM wanted) HAVING count(*) > 0) END AS why
          FROM (SELECT item_id, configuration, coalesce(json_array_length(configuration, '$.vpcConfig.subnetIds'), 0) AS n
                  FROM item))
