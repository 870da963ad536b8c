-- rules: APPMESH_VIRTUAL_NODE_CLOUD_MAP_IP_PREF_CHECK
-- text: virtual nodes found by Cloud Map prefer the IP version in ipPreference
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.Spec.ServiceDiscovery.AWSCloudMap.IpPreference')) AS value,
         json_type(configuration, '$.Spec.ServiceDiscovery.AWSCloudMap') AS map, json_type(configuration, '$.Spec') AS spec
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN spec = 'object' AND map IS NULL THEN json_array('NOT_APPLICABLE', 'not found by Cloud Map')
                    WHEN value IS NULL
                    THEN json_array('INSUFFICIENT_DATA', 'Spec.ServiceDiscovery.AWSCloudMap.IpPreference was not recorded')
                    WHEN value <> upper(:parameters ->> '$.ipPreference') THEN json_array('NON_COMPLIANT', 'the preference is ' || value)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
