-- rules: APPMESH_VIRTUAL_NODE_SERVICE_BACKENDS_TLS_ENFORCED
-- text: virtual nodes talk to each virtual service behind them by TLS
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.Spec') AS whole,
         (SELECT group_concat(coalesce(json_extract(configuration, b.fullkey || '.VirtualService.VirtualServiceName'), '?'), ', ')
             FROM json_each(configuration, '$.Spec.Backends') b WHERE coalesce(json_extract(configuration, b.fullkey
             || '.VirtualService.ClientPolicy.TLS.Enforce'), CASE WHEN json_type(configuration, b.fullkey
             || '.VirtualService.ClientPolicy.TLS') = 'object' THEN 1 END) IS NOT 1) AS plain
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'Spec was not recorded')
                    WHEN plain <> '' THEN json_array('NON_COMPLIANT', 'TLS is not enforced for ' || plain)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
