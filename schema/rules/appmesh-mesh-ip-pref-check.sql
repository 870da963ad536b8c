-- rules: APPMESH_MESH_IP_PREF_CHECK
-- text: meshes prefer the IP version in ipPreference
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.Spec.ServiceDiscovery.IpPreference')) AS value
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN value IS NULL THEN json_array('INSUFFICIENT_DATA', 'Spec.ServiceDiscovery.IpPreference was not recorded')
                    WHEN value <> upper(:parameters ->> '$.ipPreference') THEN json_array('NON_COMPLIANT', 'the preference is ' || value)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
