-- rules: APPMESH_VIRTUAL_NODE_BACKEND_DEFAULTS_TLS_ON
-- text: virtual nodes talk to backends by TLS only
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.Spec.BackendDefaults.ClientPolicy.TLS.Enforce') AS setting,
         json_extract(configuration, '$.Spec') AS whole
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL AND whole IS NULL
                    THEN json_array('INSUFFICIENT_DATA', 'Spec.BackendDefaults.ClientPolicy.TLS.Enforce was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'TLS is not enforced for backends')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
