-- rules: FSX_ONTAP_DEPLOYMENT_TYPE_CHECK
-- text: ONTAP file systems are deployed in one of the ways in deploymentTypes
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.fileSystemType')) AS kind,
         json_extract(configuration, '$.ontapConfiguration.deploymentType') AS type_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kind IS NULL THEN json_array('INSUFFICIENT_DATA', 'fileSystemType was not recorded')
                    WHEN kind <> 'ONTAP' THEN json_array('NOT_APPLICABLE', 'not a file system of ONTAP')
                    WHEN type_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'ontapConfiguration.deploymentType was not recorded')
                    WHEN type_ NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.deploymentTypes'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the deployment type is ' || type_)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
