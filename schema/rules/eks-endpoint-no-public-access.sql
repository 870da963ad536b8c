-- rules: EKS_ENDPOINT_NO_PUBLIC_ACCESS
-- text: the endpoints of clusters cannot be reached from the internet
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.ResourcesVpcConfig.EndpointPublicAccess') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'ResourcesVpcConfig.EndpointPublicAccess was not recorded')
                    WHEN setting IS NOT 0 THEN json_array('NON_COMPLIANT', 'the endpoint can be reached from the internet')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
