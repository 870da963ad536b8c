-- rules: APPMESH_MESH_DENY_TCP_FORWARDING
-- text: proxies of a mesh send nothing to what is not in the mesh
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.Spec.EgressFilter.Type')) AS value
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN value IS NULL THEN json_array('INSUFFICIENT_DATA', 'Spec.EgressFilter.Type was not recorded')
                    WHEN value = 'ALLOW_ALL' THEN json_array('NON_COMPLIANT', 'the egress filter allows everything')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
