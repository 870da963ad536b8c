-- rules: NETFW_POLICY_DEFAULT_ACTION_FULL_PACKETS
-- text: policies do with whole packets one of statelessDefaultActions by default
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.firewallPolicy.statelessDefaultActions') AS kept,
         (SELECT group_concat(a.value, ', ') FROM json_each(configuration, '$.firewallPolicy.statelessDefaultActions') a WHERE a.value LIKE 'aws:%'
             AND a.value NOT IN (SELECT trim(value) FROM json_each('['
             || replace(json_quote(:parameters ->> '$.statelessDefaultActions'), ',', '","') || ']'))) AS other
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'array' THEN json_array('INSUFFICIENT_DATA', 'firewallPolicy.statelessDefaultActions was not recorded')
                    WHEN other <> '' THEN json_array('NON_COMPLIANT', 'whole packets are treated by ' || other)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
