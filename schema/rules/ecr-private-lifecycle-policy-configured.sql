-- rules: ECR_PRIVATE_LIFECYCLE_POLICY_CONFIGURED
-- text: repositories have a lifecycle policy
WITH seen AS (
  SELECT item_id, json_type(configuration) IS NOT 'object' AS whole,
         coalesce(json_extract(configuration, '$.LifecyclePolicy.LifecyclePolicyText'), '') AS policy
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole THEN json_array('INSUFFICIENT_DATA', 'the configuration was not recorded')
                    WHEN policy = '' THEN json_array('NON_COMPLIANT', 'the repository has no lifecycle policy')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
