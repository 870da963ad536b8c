-- rules: FSX_OPENZFS_DEPLOYMENT_TYPE_CHECK
-- text: OpenZFS file systems are deployed in one of the ways in deploymentTypes
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.fileSystemType')) AS kind,
         json_extract(configuration, '$.openZFSConfiguration.deploymentType') AS type_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kind IS NULL THEN json_array('INSUFFICIENT_DATA', 'fileSystemType was not recorded')
                    WHEN kind <> 'OPENZFS' THEN json_array('NOT_APPLICABLE', 'not a file system of OpenZFS')
                    WHEN type_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'openZFSConfiguration.deploymentType was not recorded')
                    WHEN type_ NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.deploymentTypes'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the deployment type is ' || type_)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
