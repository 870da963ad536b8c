-- rules: NETFW_POLICY_DEFAULT_ACTION_FRAGMENT_PACKETS
-- text: policies do with packets in fragments one of statelessFragmentDefaultActions by default
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.firewallPolicy.statelessFragmentDefaultActions') AS kept,
         (SELECT group_concat(a.value, ', ') FROM json_each(configuration, '$.firewallPolicy.statelessFragmentDefaultActions') a
             WHERE a.value LIKE 'aws:%' AND a.value NOT IN (SELECT trim(value) FROM json_each('['
             || replace(json_quote(:parameters ->> '$.statelessFragmentDefaultActions'), ',', '","') || ']'))) AS other
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'array'
                    THEN json_array('INSUFFICIENT_DATA', 'firewallPolicy.statelessFragmentDefaultActions was not recorded')
                    WHEN other <> '' THEN json_array('NON_COMPLIANT', 'packets in fragments are treated by ' || other)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
