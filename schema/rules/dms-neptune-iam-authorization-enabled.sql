-- rules: DMS_NEPTUNE_IAM_AUTHORIZATION_ENABLED
-- text: endpoints of Neptune are authorized by IAM
WITH seen AS (
  SELECT item_id, lower(json_extract(configuration, '$.EngineName')) AS engine,
         lower(json_extract(configuration, '$.EndpointType')) AS kind,
         json_extract(configuration, '$.NeptuneSettings.IamAuthEnabled') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN engine IS NULL THEN json_array('INSUFFICIENT_DATA', 'EngineName was not recorded')
                    WHEN engine <> 'neptune' THEN json_array('NOT_APPLICABLE', 'not an endpoint of Neptune')
                    WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'NeptuneSettings.IamAuthEnabled was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'the endpoint is not authorized by IAM')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
