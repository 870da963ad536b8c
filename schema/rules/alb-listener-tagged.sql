-- rules: ALB_LISTENER_TAGGED
-- text: the listeners of application load balancers have tags, and those with the keys in requiredKeyTags
-- Tags that begin with aws: are made by the system and do not count. Without requiredKeyTags one tag of any name will do.
WITH seen AS (
  SELECT item_id, tags, coalesce(json_extract(configuration, '$.LoadBalancerArn'), resource_id) AS balancer,
         (SELECT count(*) FROM json_each(tags) WHERE key NOT LIKE 'aws:%') AS own,
         (SELECT group_concat(value, ', ') FROM (SELECT trim(value) AS value FROM json_each('['
             || replace(json_quote(:parameters ->> '$.requiredKeyTags'), ',', '","') || ']')) WHERE value <> '' AND value NOT IN (SELECT key
             FROM json_each(tags) WHERE key NOT LIKE 'aws:%')) AS missing
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN balancer NOT LIKE '%/app/%' THEN json_array('NOT_APPLICABLE', 'not a listener of an application load balancer')
                    WHEN json_type(tags) IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'the tags were not recorded')
                    WHEN missing <> '' THEN json_array('NON_COMPLIANT', 'these tags are missing: ' || missing)
                    WHEN own = 0 THEN json_array('NON_COMPLIANT', 'it has no tags of its own')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
