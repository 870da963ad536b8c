-- rules: ELASTICSEARCH_IN_VPC_ONLY
-- text: domains of Elasticsearch are in a VPC
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.domainName') AS whole,
         coalesce(json_extract(configuration, '$.vpcoptions.vpcid'), json_extract(configuration, '$.vpcoptions.subnetIds[0]')) AS vpc
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'domainName was not recorded')
                    WHEN vpc IS NULL THEN json_array('NON_COMPLIANT', 'the endpoint of the domain is public')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
