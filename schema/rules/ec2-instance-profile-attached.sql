-- rules: EC2_INSTANCE_PROFILE_ATTACHED
-- text: instances have an instance profile, one of those that are named
WITH wanted(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.IamInstanceProfileArnList'), ',', '","') || ']') WHERE trim(value) <> '')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN configuration ->> '$.instanceId' IS NULL THEN 'the item has no instanceId: it was not read' END AS missing,
               CASE WHEN profile IS NULL THEN 'the instance has no instance profile' WHEN EXISTS (SELECT 1 FROM wanted) AND profile NOT IN (SELECT v FROM wanted) THEN 'the instance has the profile ' || profile || ', which is none of those named' END AS why
          FROM (SELECT item_id, configuration, configuration ->> '$.iamInstanceProfile.arn' AS profile
                  FROM item))
