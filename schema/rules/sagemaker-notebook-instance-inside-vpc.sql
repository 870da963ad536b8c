-- rules: SAGEMAKER_NOTEBOOK_INSTANCE_INSIDE_VPC
-- text: notebooks are in a VPC, in one of SubnetIds
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.InstanceType') AS whole, coalesce(json_extract(configuration, '$.SubnetId'), '') AS subnet
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL AND subnet = '' THEN json_array('INSUFFICIENT_DATA', 'SubnetId was not recorded')
                    WHEN subnet = '' THEN json_array('NON_COMPLIANT', 'the notebook is in no VPC')
                    WHEN trim(:parameters ->> '$.SubnetIds') <> '' AND subnet NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.SubnetIds'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the notebook is in ' || subnet)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
