-- rules: APPMESH_VIRTUAL_NODE_DNS_IP_PREF_CHECK
-- text: virtual nodes found by DNS prefer the IP version in ipPreference
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.Spec.ServiceDiscovery.DNS.IpPreference')) AS value,
         json_type(configuration, '$.Spec.ServiceDiscovery.DNS') AS dns, json_type(configuration, '$.Spec') AS spec
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN spec = 'object' AND dns IS NULL THEN json_array('NOT_APPLICABLE', 'not found by DNS')
                    WHEN value IS NULL THEN json_array('INSUFFICIENT_DATA', 'Spec.ServiceDiscovery.DNS.IpPreference was not recorded')
                    WHEN value <> upper(:parameters ->> '$.ipPreference') THEN json_array('NON_COMPLIANT', 'the preference is ' || value)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
