-- rules: SAGEMAKER_DOMAIN_IN_VPC
-- text: apps of SageMaker domains reach out through the VPC of the account
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.AuthMode') AS whole,
         upper(coalesce(json_extract(configuration, '$.AppNetworkAccessType'), 'PublicInternetOnly')) AS mode
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'AppNetworkAccessType was not recorded')
                    WHEN mode <> 'VPCONLY' THEN json_array('NON_COMPLIANT', 'apps may reach the internet without the VPC')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
