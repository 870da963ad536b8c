-- rules: OPENSEARCH_HTTPS_REQUIRED
-- text: domains are reached by HTTPS only, with one of tlsPolicies
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.DomainEndpointOptions.EnforceHTTPS') AS on_,
         coalesce(json_extract(configuration, '$.DomainEndpointOptions.TLSSecurityPolicy'), '') AS policy
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN on_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'DomainEndpointOptions.EnforceHTTPS was not recorded')
                    WHEN on_ IS NOT 1 THEN json_array('NON_COMPLIANT', 'HTTPS is not enforced')
                    WHEN trim(:parameters ->> '$.tlsPolicies') <> '' AND policy NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.tlsPolicies'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the TLS policy is ' || policy)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
